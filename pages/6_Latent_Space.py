"""What are angle, length and margin, and what does pruning do to them?"""

from core.display.components.choices import segments
from core.display.latent_space.collapse.view import collapse_of_features
from core.display.latent_space.dimensions.view import many_dimensions
from core.display.latent_space.directions.view import class_geometry
from core.display.latent_space.plane.view import two_features
from core.display.latent_space.view import angle_and_length
from core.display.shell.navigation import LATENT
from core.display.shell.page import open_page, stop_without_samples

VIEWS = {
    "plane": "Two features",
    "position": "Angle and length",
    "dimensions": "Many dimensions",
    "directions": "Class directions",
    "collapse": "Neural collapse",
}

context = open_page(LATENT)
stop_without_samples(context)
match segments("View", VIEWS, key="latent"):
    case "plane":
        two_features(context)
    case "position":
        angle_and_length(context)
    case "dimensions":
        many_dimensions(context)
    case "directions":
        class_geometry(context)
    case "collapse":
        collapse_of_features(context)
