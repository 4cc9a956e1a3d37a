"""What the picture of the prune potential shows and leaves out, in words."""

from __future__ import annotations

from core.display import labels
from core.display.robustness.potential import frames
from core.display.robustness.potential.frames import TOLERATED, PrunePotential
from core.stats.bootstrap import FEW, LEAST


def words() -> str:
    """What a dot is."""
    return (
        "Prune potential: the largest target sparsity (%) whose accuracy stays within "
        f"{' (circle) or '.join(TOLERATED.values())} (diamond) of the dense model that it was made "
        "from, on the same images, whatever smaller sparsities lose; averaged over seeds. Lines "
        "across are the sparsities that were tested, evenly apart; 0 is the dense model."
    )


def notes(found: PrunePotential, untested: str | None) -> list[str]:
    """What intervals are, and what is left out.

    Args:
        found: the picture.
        untested: why nothing is tested; None: it is.
    """
    notes = []
    if untested:
        notes.append(f"Intervals: none ({untested}).")
    else:
        few = f" Fewer than {FEW} images in a row cover less often." if found.fewest < FEW else ""
        notes.append(
            "Lines: 95 % paired bootstrap intervals over images, from one tested sparsity to "
            f"another; none (hollow) for fewer than {LEAST} images.{few}"
        )
    coarse = [words for loss, words in TOLERATED.items() if found.fewest * loss < 1]
    if coarse:
        notes.append(
            f"{coarse[-1]} are less than one image where a row has "
            f"{labels.count(found.fewest, 'image')}: there any image lost breaks it."
        )
    if found.degenerate:
        notes.append(
            "A degenerate model, which predicts one class for most images, counts as broken "
            f"({labels.count(found.degenerate, 'time')} in this picture)."
        )
    if found.left_out:
        notes.append(
            f"The {frames.MOST_CLASSES} classes that break first; {found.left_out:,} are not shown."
        )
    return notes
