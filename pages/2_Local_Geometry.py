"""Where do the samples of a class lie, and why do some of them break?"""

from core.display.local_geometry.change import view as comparison_view
from core.display.local_geometry.scatter import view as local_geometry_view
from core.display.local_geometry.sweep import view as sweep_view
from core.display.shell.page import open_page, stop_without_samples

view = open_page(
    "Local geometry",
    question="Where do the samples of a class lie, and why do some of them break?",
)
stop_without_samples(view)
match local_geometry_view.choose_look():
    case "lie":
        local_geometry_view.where_samples_lie(view)
    case "changed":
        comparison_view.what_changed(view)
    case "ratios":
        sweep_view.over_the_ratios(view)
    case "models":
        sweep_view.over_all_models(view)
