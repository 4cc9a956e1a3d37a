"""What the open study found, where to look further, and what it holds."""

from core.display.components.part import part
from core.display.home import view
from core.display.home.frames import home_frames
from core.display.home.headline_view import finding
from core.display.home.models_view import models_at_a_glance
from core.display.shell.navigation import HOME
from core.display.shell.page import open_page

context = open_page(HOME, choices=False)
with part():
    rows = context.study.derive(home_frames)
    with part():
        finding(context, rows)
    with part():
        models_at_a_glance(context, rows)
    view.questions(context, rows)
with part():
    view.two_features(context)
with part():
    view.study_contents(context)
with part():
    view.provenance(context)
