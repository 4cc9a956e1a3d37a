"""Where do the samples of a class lie, and why do some of them break?"""

from core.display import comparison_view, local_geometry_view, sweep_view
from core.display.widgets import open_page, stop_without_samples

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
