"""Which classes are the samples confused with, and how does that change?"""

from core.display.global_geometry.confusion import view as global_geometry_confusion
from core.display.global_geometry.parallel import view as global_geometry_view
from core.display.shell.page import open_page, stop_without_samples

view = open_page(
    "Global geometry",
    question="Which classes are the samples confused with, and how does pruning or corruption "
    "change that?",
)
stop_without_samples(view)
global_geometry_view.directions(view)
global_geometry_confusion.confusion(view)
