"""What the open study holds, what it found, and where to look further."""

from core.display.home import view as home
from core.display.shell.page import open_page

view = open_page(
    "Prunescope",
    question="What pruning does to an image classifier, sample by sample.",
)
home.study_contents(view)
home.finding(view)
home.questions(view)
home.provenance(view)
