"""Change of each class's recall beyond the mean change, beside its margins when dense."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.correctness import correctness, passing_images
from core.display.dense_models import with_dense
from core.display.robustness.classes.chart import MARGINS
from core.display.robustness.panels import Panel, across, panel_tables, round_ticks
from core.stats.class_disparity import ClassChange, class_changes
from core.stats.correlation import Correlation, spearman
from core.stats.significance import LEVEL, holm_adjusted
from core.store.queries.correct_bits import true_classes
from core.store.queries.predictions import most_frequent_predictions
from core.store.queries.robustness import geometry_of_combinations
from core.store.study import Study
from core.store.subsets.base import SampleFilter

MOST = 60


@dataclass(frozen=True)
class ClassDisparity:
    """What the page shows.

    Attributes:
        rows: class, model (label), images, before, after (recalls), change, excess (fractions),
            low, high, p (Holm), significant.
        margins: class, median, lower, upper (quartiles), images: under the first model's dense one.
        links: model, and the correlation over classes of median margin and excess.
        tables: of the chart.
        names: of the classes that are shown, by rising margin.
        tests: how many the picture makes.
        left_out: classes that are not shown.
        dense: label of the model that the margins are under.
        degenerate: labels of models that predict one class for most of these images.
    """

    rows: pl.DataFrame
    margins: pl.DataFrame
    links: dict[str, Correlation]
    tables: dict[str, pl.DataFrame]
    names: tuple[str, ...]
    tests: int
    left_out: int
    dense: str
    degenerate: tuple[str, ...]


def class_disparity(
    study: Study, names: list[str], condition: str, sample_filter: SampleFilter, *, tested: bool
) -> ClassDisparity | None:
    """Everything that the page needs; None without a pruned model that has a dense one, or images.

    Args:
        study: the open study.
        names: of the models; dense ones are left out.
        condition: of the images.
        sample_filter: images.
        tested: whether intervals and tests are given.
    """
    models = with_dense(study.models).filter(
        pl.col("dense_id").is_not_null(), pl.col("dense_id") != pl.col("model_id")
    )
    wanted = pl.DataFrame({"name": names}, schema={"name": pl.String}).join(
        models, on="name", how="inner", maintain_order="left"
    )
    passing = passing_images(study, sample_filter)
    if wanted.is_empty() or not passing.any():
        return None
    condition_id = study.names.conditions[condition]
    ids = sorted({*wanted["model_id"], *wanted["dense_id"]})
    read = correctness(study, ids, [condition_id], passing)
    if not read.present.all():
        return None
    class_ids = study.run(true_classes)["class_id"].to_numpy()[passing]
    right = {model_id: read.right[i, 0] for i, model_id in enumerate(ids)}
    words = labels.model_labels(study.models)
    changes = {
        words[name]: class_changes(right[dense], right[model], class_ids)
        for name, dense, model in wanted.select("name", "dense_id", "model_id").iter_rows()
    }
    rows = change_rows(changes, study.class_names, tested=tested)
    dense_id = int(wanted["dense_id"][0])
    margins = _margins(study, dense_id, condition_id, sample_filter)
    links = {model: _link(rows.filter(pl.col("model") == model), margins) for model in changes}
    order = margins["class"].to_list()
    shown = order
    if len(order) > MOST:
        extreme = rows.group_by("class").agg(pl.col("excess").abs().max())
        first = set(extreme.sort("excess", "class", descending=[True, False])["class"].head(MOST))
        shown = [name for name in order if name in first]
    flagged = set(
        study.run(most_frequent_predictions)
        .filter(pl.col("degenerate"), pl.col("condition_id") == condition_id)
        .join(study.models, on="model_id")["name"]
    )
    dense_name = study.models.filter(pl.col("model_id") == dense_id)["name"][0]
    return ClassDisparity(
        rows=rows,
        margins=margins,
        links=links,
        tables=_tables(rows, margins, list(changes), shown),
        names=tuple(shown),
        tests=rows["p"].count(),
        left_out=len(order) - len(shown),
        dense=words[dense_name],
        degenerate=tuple(words[name] for name in wanted["name"] if name in flagged),
    )


def change_rows(
    changes: dict[str, list[ClassChange]], class_names: dict[int, str], *, tested: bool
) -> pl.DataFrame:
    """Rows of `ClassDisparity.rows`; Holm corrects over all classes and models together.

    Args:
        changes: of each model's label.
        class_names: by id.
        tested: whether intervals and tests are given.
    """
    found = [
        {
            "class": class_names[one.class_id], "model": model, "images": one.images,
            "before": one.before, "after": one.after, "change": one.after - one.before,
            "excess": one.excess,
            "low": one.interval[0] if tested and one.interval else None,
            "high": one.interval[1] if tested and one.interval else None,
            "p": one.p_value if tested else None,
        }
        for model, each in changes.items()
        for one in each
    ]  # fmt: skip
    schema = {
        "class": pl.String, "model": pl.String, "images": pl.Int64, "before": pl.Float64,
        "after": pl.Float64, "change": pl.Float64, "excess": pl.Float64, "low": pl.Float64,
        "high": pl.Float64, "p": pl.Float64,
    }  # fmt: skip
    rows = pl.DataFrame(found, schema=schema).with_row_index("at")
    known = rows.filter(pl.col("p").is_not_null())
    adjusted = known.select(
        "at", p=pl.Series(holm_adjusted(known["p"].to_list()), dtype=pl.Float64)
    )
    return (
        rows.drop("p")
        .join(adjusted, on="at", how="left", maintain_order="left")
        .drop("at")
        .with_columns(significant=(pl.col("p") < LEVEL).fill_null(value=False))
    )


def _margins(
    study: Study, model_id: int, condition_id: int, sample_filter: SampleFilter
) -> pl.DataFrame:
    """Quartiles of each class's margins, by rising median; classes without a margin first."""
    rows = study.ask(
        geometry_of_combinations,
        model_ids=(model_id,),
        condition_ids=(condition_id,),
        sample_filter=sample_filter,
    )
    all_ids = study.run(true_classes)["class_id"].to_numpy()
    own = all_ids[passing_images(study, sample_filter)]
    names = [study.class_names[one] for one in own]
    quartile = pl.col("margin").quantile
    return (
        rows.with_columns(pl.Series("class", names, dtype=pl.String))
        .group_by("class", maintain_order=True)
        .agg(
            median=quartile(0.5, interpolation="linear"),
            lower=quartile(0.25, interpolation="linear"),
            upper=quartile(0.75, interpolation="linear"),
            images=pl.col("margin").count(),
        )
        .sort("median", "class")
    )


def _link(rows: pl.DataFrame, margins: pl.DataFrame) -> Correlation:
    known = rows.join(margins, on="class").filter(pl.col("median").is_not_null())
    return spearman(known["median"].to_numpy(), known["excess"].to_numpy())


def _tables(
    rows: pl.DataFrame, margins: pl.DataFrame, models: list[str], shown: list[str]
) -> dict[str, pl.DataFrame]:
    known = margins.filter(pl.col("class").is_in(shown))
    ends = [float(one) for one in (*known["lower"].drop_nulls(), *known["upper"].drop_nulls(), 0.0)]
    low, high = min(ends), max(ends)
    high = high if high > low else low + 1.0
    sizes = rows.filter(pl.col("class").is_in(shown)).select(
        pl.max_horizontal(pl.col("excess", "low", "high").abs())
    )
    limit = 1.05 * float(sizes.to_series().max() or 0.05)  # type: ignore[arg-type]
    ticks = round_ticks(-limit, limit, _points)
    margin_ticks = round_ticks(low, high, lambda margin: f"{margin:.3g}".replace("-", "−"))
    panels = [Panel(MARGINS, margin_ticks, (low, high))]
    panels += [Panel(model, ticks, (-limit, limit)) for model in models]
    margin_dots = known.filter(pl.col("median").is_not_null()).select(
        row="class", series=pl.lit(MARGINS), panel=pl.lit(0, pl.Int64), value="median",
        low="lower", high="upper", fill=pl.lit(1, pl.Int8),
        words=pl.format(
            "median margin {} (quartiles {} to {})",
            *(pl.col(name).round(2).cast(pl.String) for name in ("median", "lower", "upper")),
        ),
        images="images",
    )  # fmt: skip
    order = {model: i + 1 for i, model in enumerate(models)}
    words = [
        pl.col(name).map_elements(_points, return_dtype=pl.String)
        for name in ("excess", "low", "high")
    ]
    change_dots = rows.filter(pl.col("class").is_in(shown)).select(
        row="class", series="model",
        panel=pl.col("model").replace_strict(order, return_dtype=pl.Int64), value="excess",
        low="low", high="high", fill=pl.col("significant").cast(pl.Int8),
        words=pl.when(pl.col("low").is_null())
        .then(pl.format("{} points (no test)", words[0]))
        .otherwise(pl.format("{} points ({} to {})", *words)),
        images="images",
    )  # fmt: skip
    dots = pl.concat([margin_dots.cast({"images": pl.Int64}), change_dots])
    titles = {i: panel.title for i, panel in enumerate(panels)}
    place = pl.col("panel")
    drawn = dots.select(
        pl.col("row", "series", "fill", "words"),
        measure=pl.lit("value"),
        x=across(panels, pl.col("value"), place),
        x_low=across(panels, pl.col("low"), place),
        x_high=across(panels, pl.col("high"), place),
        column=place.replace_strict(titles, return_dtype=pl.String),
        over=pl.format("{} images", "images"),
    )
    return {"dots": drawn, **panel_tables(panels)}


def _points(fraction: float) -> str:
    return f"{100 * fraction:+.1f}".replace("-", "−")
