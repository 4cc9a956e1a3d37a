"""The per-sample metrics: one table that every layer reads.

A new metric is a line here, a column of `sample_metrics` (or an expression over its columns), and
what measures it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number that a sample has under a model and a condition.

    Attributes:
        name: as data, the URL and subsets spell it.
        label: as people read it.
        axis_title: what stands along an axis with room.
        short_title: the same where there is little room.
        unit: goes right after a number.
        digits: decimals on screen.
        bounds: smallest and largest value that can occur, None for no bound.
        good_direction: 1 where larger is better for the true class, -1 where smaller is, 0 where
            neither is so.
        geometric: it is part of a sample's position in the last layer (paper, section 5): it has
            densities, changes and a range in the table `metric_range`.
        expression: SQL over a row of `sample_metrics` called `{row}`.
    """

    name: str
    label: str
    axis_title: str
    short_title: str
    unit: str
    digits: int
    bounds: tuple[float | None, float | None]
    good_direction: int
    geometric: bool
    expression: str

    def sql(self, row: str) -> str:
        """The metric as DOUBLE of the row of `sample_metrics` with this alias."""
        return f"{self.expression.format(row=row)}::DOUBLE"

    def number(self, value: float) -> str:
        """A value with its unit, rounded as on screen."""
        return f"{value:.{self.digits}f}{self.unit}"


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="angle",
            label="Angle",
            axis_title="angle to the class's direction (degrees)",
            short_title="angle (degrees)",
            unit="°",
            digits=1,
            bounds=(0.0, 180.0),
            good_direction=-1,
            geometric=True,
            expression="{row}.angle",
        ),
        Metric(
            name="length",
            label="Length",
            axis_title="length of the feature vector",
            short_title="length",
            unit="",
            digits=2,
            bounds=(0.0, None),
            good_direction=0,
            geometric=True,
            expression="{row}.length",
        ),
        Metric(
            name="margin",
            label="Margin",
            axis_title="margin: distance to the decision boundary",
            short_title="margin",
            unit="",
            digits=2,
            bounds=(None, None),
            good_direction=1,
            geometric=True,
            expression="{row}.margin",
        ),
        Metric(
            name="confidence",
            label="Confidence",
            axis_title="confidence: probability of the prediction",
            short_title="confidence",
            unit="",
            digits=3,
            bounds=(0.0, 1.0),
            good_direction=0,
            geometric=False,
            expression="{row}.confidence",
        ),
        Metric(
            name="true_probability",
            label="True-class probability",
            axis_title="true-class probability",
            short_title="true-class probability",
            unit="",
            digits=3,
            bounds=(0.0, 1.0),
            good_direction=1,
            geometric=False,
            expression="{row}.true_probability",
        ),
    )
}

GEOMETRIC: tuple[str, ...] = tuple(name for name, metric in METRICS.items() if metric.geometric)
"""Names of the metrics that make a sample's position: angle, length, margin."""

HISTOGRAMS: tuple[str, ...] = (*GEOMETRIC, "true_probability")
"""Names of the metrics whose values and changes get a histogram in a comparison."""
