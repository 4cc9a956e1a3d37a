"""The app's pages: one table that Home, links and the pages themselves read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageEntry:
    """One page.

    Attributes:
        file: relative to the app's folder.
        title: as people read it.
        icon: Streamlit's name of a Material icon.
        question: what the page answers, in one sentence.
    """

    file: str
    title: str
    icon: str
    question: str


HOME, EVALUATION, LOCAL, GLOBAL = "home", "evaluation", "local_geometry", "global_geometry"
SAMPLES = "samples"
ROBUSTNESS = "robustness"
LATENT = "latent_space"
SQL = "sql"

PAGES: dict[str, PageEntry] = {
    HOME: PageEntry(
        "Home.py",
        "Prunescope",
        ":material/home:",
        "What pruning does to an image classifier, sample by sample.",
    ),
    EVALUATION: PageEntry(
        "pages/1_Evaluation_Table.py",
        "Evaluation table",
        ":material/table_chart:",
        "Which pruning method holds up under which corruption, and up to what sparsity?",
    ),
    LOCAL: PageEntry(
        "pages/2_Local_Geometry.py",
        "Local geometry",
        ":material/scatter_plot:",
        "Where do the samples of a class lie, and why do some of them break?",
    ),
    GLOBAL: PageEntry(
        "pages/3_Global_Geometry.py",
        "Global geometry",
        ":material/ssid_chart:",
        "Which classes are the samples confused with, and how does pruning or corruption change "
        "that?",
    ),
    SAMPLES: PageEntry(
        "pages/4_Samples.py",
        "Samples",
        ":material/photo_library:",
        "Which images break, which ones hold, and where does it come from?",
    ),
    ROBUSTNESS: PageEntry(
        "pages/5_Robustness.py",
        "Robustness",
        ":material/shield:",
        "What foretells robustness, where does it break, and which models can be trusted?",
    ),
    LATENT: PageEntry(
        "pages/6_Latent_Space.py",
        "Latent space",
        ":material/hub:",
        "What are angle, length and margin, and what does pruning do to them?",
    ),
    SQL: PageEntry(
        "pages/7_SQL.py",
        "SQL",
        ":material/database:",
        "What do the numbers say that no other page asks?",
    ),
}
"""By name; each page's package has the same name."""
