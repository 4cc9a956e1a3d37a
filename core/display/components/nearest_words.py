"""Why the nearest class direction is not always the prediction, measured, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from core.display import labels


def nearest_words(found: Mapping[str, float | None]) -> str:
    """In how many samples the nearest direction is not the prediction, and why, as Markdown.

    Args:
        found: the row of `core.store.queries.prediction_map.nearest_directions`.

    Returns:
        Nothing where no sample has angles.
    """
    samples, differing = int(found["samples"] or 0), int(found["differing"] or 0)
    if not samples:
        return ""
    of_all = labels.count(samples, "sample")
    count = (
        f"**{differing:,} of {of_all} ({labels.percent(differing / samples)})**"
        if differing
        else f"none of {of_all}"
    )
    ends = [found[f"{what}_{end}"] for what in ("norm", "bias") for end in ("low", "high")]
    sentence = (
        f"Under this combination the nearest class direction is not the prediction in {count}: "
        "the norms and biases of the class directions count as well, and move the boundary between "
        "two classes away from the middle between their directions"
    )
    if None in ends:
        return f"{sentence}."
    words = ["\N{MINUS SIGN}" * (one < 0) + f"{abs(one):.3g}" for one in ends if one is not None]
    return (
        f"{sentence}. Here the norms reach from {words[0]} to {words[1]}, the biases from "
        f"{words[2]} to {words[3]}."
    )
