"""The same samples under many models, a row of axes each (paper, figure 8)."""
