"""What the open study holds, what it found, and where to look further."""

from core.display.components.part import part
from core.display.home import view
from core.display.home.frames import home_frames
from core.display.shell.navigation import HOME
from core.display.shell.page import open_page

context = open_page(HOME)
with part():
    view.study_contents(context)
with part():
    rows = context.study.derive(home_frames)
    view.finding(context, rows)
    with part():
        view.two_features(context)
    view.questions(context, rows)
with part():
    view.provenance(context)
