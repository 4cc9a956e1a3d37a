"""Everything that touches images and networks; may import torch."""
