"""What are angle, length and margin, and what does pruning do to them?"""

from core.display.latent_space.plane.view import feature_plane
from core.display.shell.navigation import LATENT
from core.display.shell.page import open_page, stop_without_samples

context = open_page(LATENT)
stop_without_samples(context)
feature_plane(context)
