"""What are angle, length and margin, and what does pruning do to them?"""

from core.display.components.choices import segments
from core.display.components.part import part
from core.display.latent_space.collapse.view import collapse_of_features
from core.display.latent_space.dimensions.view import many_dimensions
from core.display.latent_space.directions.view import class_geometry
from core.display.latent_space.guide import CHAPTERS, CHOICE, next_chapter
from core.display.latent_space.plane.view import two_features
from core.display.latent_space.view import angle_and_length
from core.display.shell.navigation import LATENT
from core.display.shell.page import open_page, stop_without_samples

context = open_page(LATENT)
stop_without_samples(context)
chapter = segments("Chapter", CHAPTERS, key=CHOICE, labelled=False)
with part():
    match chapter:
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
next_chapter(chapter)
