"""The geometry of the last layer, drawn and explained (paper, section 5)."""
