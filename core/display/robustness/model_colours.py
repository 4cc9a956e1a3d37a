"""Colours of a few chosen models in one chart: reference grey, compared yellow, then others."""

from __future__ import annotations

from collections.abc import Sequence

from core.display import theme

MOST = 6
_OTHERS = (theme.ACCENT, "#b40367", "#8f3dff", "#8a5f2b", "#13a0bc", "#839f00")


def model_colours(names: Sequence[str], *, reference: str, compared: str) -> dict[str, str]:
    """A colour for each of at most MOST models, in the order of the names.

    Args:
        names: of the models.
        reference: name of the reference's model.
        compared: name of the compared's model.
    """
    fixed = {compared: theme.COMPARED, reference: theme.REFERENCE}
    others = iter(_OTHERS)
    return {name: fixed.get(name) or next(others) for name in names}
