"""Which classes are the samples confused with, and how does that change?"""

from core.display import global_geometry_confusion, global_geometry_view
from core.display.widgets import open_page, stop_without_samples

view = open_page(
    "Global geometry",
    question="Which classes are the samples confused with, and how does pruning or corruption "
    "change that?",
)
stop_without_samples(view)
global_geometry_view.directions(view)
global_geometry_confusion.confusion(view)
