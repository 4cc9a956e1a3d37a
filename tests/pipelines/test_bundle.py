"""`python -m pipelines.bundle`: an excerpt has the study's own rows, and says what it left out."""

import pytest
from polars.testing import assert_frame_equal

from core.store.connection import connect, query
from pipelines.bundle import bundle
from pipelines.errors import PipelineError
from pipelines.publish import study_contents
from tests.pipelines.imported_study import made

ROWS = """
SELECT * EXCLUDE (model_id, condition_id)
FROM (SELECT model, condition, unnest(s) FROM sample_metrics s
      JOIN (SELECT model_id, name AS model FROM models) USING (model_id)
      JOIN (SELECT condition_id, name AS condition FROM conditions) USING (condition_id))
ORDER BY model, condition, sample_id
"""


@pytest.fixture
def contents(place):
    samples = {key: value for key, value in made().items() if key in {"labels", "sample_ids"}}
    for seed, model in enumerate(("alone", "first", "second")):
        for condition in ("clean", "fog-1", "fog-3"):
            features = made(seed=10 * seed + int(condition[-1] == "3"))["features"]
            arrays = {**made(seed=seed), **samples, "features": features}
            assert place.bring(arrays, model=model, condition=condition) == 0
    assert place.publish() == 0
    return study_contents(place.workspace)


def rows(path):
    with connect(path) as connection:
        described = query(connection, "SELECT description FROM study ORDER BY ALL").item()
        return query(connection, ROWS), described


def test_an_excerpt_has_the_rows_of_the_whole_study_and_says_what_is_missing(contents, place):
    output = place.folder / "excerpt.duckdb"
    bundle(contents, output, sample_count=20, severities=(3,), models=["second", "alone"], seed=0)
    whole, _ = rows((place.folder / "data" / "elsewhere.duckdb").resolve())
    found, description = rows(output)
    kept = found["sample_id"].unique()
    assert len(kept) == 20
    assert set(found["model"]) == {"alone", "second"}
    assert set(found["condition"]) == {"clean", "fog-3"}
    expected = whole.join(found, on=["model", "condition", "sample_id"], how="semi")
    assert expected.height == 20 * 4
    assert_frame_equal(found, expected, check_row_order=False)
    assert description.endswith(
        "An excerpt of the study elsewhere: 2 of its 3 models, 20 of its 60 test samples, clean "
        "and severities 3."
    )


def test_what_the_study_has_not_is_refused(contents, tmp_path):
    output = tmp_path / "excerpt.duckdb"
    with pytest.raises(PipelineError, match="found nobody"):
        bundle(contents, output, sample_count=5, severities=(), models=["nobody"], seed=0)
    with pytest.raises(PipelineError, match=r"expected 1\.\.60, found 61"):
        bundle(contents, output, sample_count=61, severities=(), seed=0)
    assert not output.exists()
