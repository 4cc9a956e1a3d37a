"""What the open study holds, what it found, and where to look further."""

from core.display.home import view
from core.display.home.frames import home_frames
from core.display.shell.navigation import HOME
from core.display.shell.page import open_page

context = open_page(HOME)
rows = context.study.derive(home_frames)
view.study_contents(context)
view.finding(context, rows)
view.two_features(context)
view.questions(context, rows)
view.provenance(context)
