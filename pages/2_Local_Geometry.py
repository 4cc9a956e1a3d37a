"""Where do the samples of a class lie, and why do some of them break?"""

from core.display import local_geometry_view
from core.display.widgets import open_page, stop_without_samples

view = open_page(
    "Local geometry",
    question="Where do the samples of a class lie, and why do some of them break?",
)
stop_without_samples(view)
local_geometry_view.where_samples_lie(view)
