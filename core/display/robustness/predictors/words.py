"""What the picture of the predictors shows, in words."""

from __future__ import annotations

import polars as pl

from core.display import labels
from core.display.robustness.predictors.frames import Prediction


def words(found: Prediction, outcome: str) -> str:
    """What a dot is.

    Args:
        found: the picture.
        outcome: what is foretold, `corruption` or `pruning`.
    """
    samples = int(found.rows["samples"].max())  # type: ignore[arg-type]
    if outcome == "corruption":
        return (
            f"Robustness of an image: the share of its corrupted versions that a model gets right. "
            f"Correlation over up to {labels.count(samples, 'image')} with the metric of the clean "
            "image under the same model: Pearson (circle) and Spearman (diamond)."
        )
    return (
        "Flip: a pruned model predicts another class than its dense model for a clean image. "
        "AUROC: the chance that of a flipped and an unflipped image the flipped one has the larger "
        "angle, the shorter feature, the lower margin, the smaller distance to the boundary or the "
        f"lower confidence under the dense model; 0.5 is chance. Up to "
        f"{labels.count(samples, 'image')} for each model."
    )


def notes(found: Prediction, untested: str | None) -> list[str]:
    """What intervals are, and what is left out.

    Args:
        found: the picture.
        untested: why nothing is tested; None: it is.
    """
    notes = []
    if untested:
        notes.append(f"Intervals: none ({untested}).")
    elif found.rows["measure"][0] == "AUROC":
        notes.append(
            "Lines: 95 % intervals over images (DeLong et al. 1988, on log odds). Hollow: no "
            "interval, since fewer than five images flipped or the metric makes no error."
        )
    else:
        notes.append(
            "Lines: 95 % intervals over images (jackknife, on Fisher's scale). Where a few images "
            "far out decide Pearson's correlation, its interval is too narrow, as a bootstrap's "
            "is; Spearman's is not."
        )
    unknown = found.rows.filter(pl.col("value").is_null())["model_id"].n_unique()
    if unknown:
        notes.append(
            f"{labels.count(unknown, 'model')} without a number: the metric or the outcome is the "
            "same for all images."
        )
    undefined = found.rows.filter(pl.col("undefined") > 0)["model_id"].n_unique()
    if undefined:
        notes.append(
            f"Under {labels.count(undefined, 'model')} some images have no such metric (a zero "
            "feature has no angle); they are left out there."
        )
    return notes
