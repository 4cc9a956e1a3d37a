import numpy as np
import pytest
from PIL import Image

from core.corruptions import GENERATOR_VERSION, corrupt
from core.errors import InputError
from core.store.rows import ConditionRow
from pipelines.evaluation.conditions import condition_row, study_conditions
from pipelines.publish import corruption_source
from pipelines.study.reader import StudyFileError
from pipelines.workspace.workspace import Workspace

STUDY = """
name = "small"
title = "A small study"
[dataset]
name = "digits"
image_size = 32
test_limit = 20
[conditions]
corruptions = ["contrast", "gaussian_noise"]
severities = [5, 1]
"""


@pytest.fixture
def open_study(tmp_path):
    def opened(added=""):
        (tmp_path / "study.toml").write_text(STUDY + added)
        return Workspace.open(
            tmp_path / "study.toml",
            runs=tmp_path / "runs",
            published=tmp_path / "data",
            device="cpu",
        )

    return opened


def test_conditions_come_clean_first_then_by_category_and_severity(open_study):
    conditions = study_conditions(open_study())
    assert [c.row for c in conditions] == [
        ConditionRow("clean", "clean", "clean", 0, "clean", in_benchmark=False),
        ConditionRow(
            "gaussian_noise-1",
            "gaussian_noise",
            "noise",
            1,
            "generated",
            True,
            GENERATOR_VERSION,
            0,
        ),
        ConditionRow(
            "gaussian_noise-5",
            "gaussian_noise",
            "noise",
            5,
            "generated",
            True,
            GENERATOR_VERSION,
            0,
        ),
        ConditionRow(
            "contrast-1", "contrast", "digital", 1, "generated", True, GENERATOR_VERSION, 0
        ),
        ConditionRow(
            "contrast-5", "contrast", "digital", 5, "generated", True, GENERATOR_VERSION, 0
        ),
    ]
    assert corruption_source(tuple(c.row for c in conditions)) == "generated"
    assert len({c.origin for c in conditions}) == 5


def test_all_means_the_nineteen(open_study):
    workspace = open_study()
    path = workspace.study_file
    path.write_text(path.read_text().replace('["contrast", "gaussian_noise"]', '"all"'))
    again = Workspace.open(path, runs=path.parent, published=path.parent, device="cpu")
    conditions = study_conditions(again)
    assert len(conditions) == 1 + 19 * 2
    assert sum(c.row.in_benchmark for c in conditions) == 15 * 2


@pytest.mark.parametrize(
    ("corruption", "category", "expected"),
    [
        ("fog", None, True),
        ("fog", "weather", True),
        ("fog", "other", False),
        ("spatter", None, False),
        ("rain", None, False),
        ("rain", "weather", False),
    ],
)
def test_a_corruption_of_the_users_own_is_outside_the_benchmark(corruption, category, expected):
    row = condition_row(corruption, 2, source="file", category=category)
    assert row.in_benchmark is expected
    assert row.category == (category or {"rain": "other"}.get(corruption, "weather"))


def test_official_files_are_used_where_they_are_and_the_rest_is_generated(
    open_study, tmp_path, capsys
):
    workspace = open_study('official = "official"')
    everything = workspace.splits.test
    folder = tmp_path / "official"
    folder.mkdir()
    rows = int(everything.sample_ids.max()) + 1
    labels = np.zeros(rows, dtype=np.uint8)
    labels[everything.sample_ids] = everything.labels
    images = np.zeros((5 * rows, 32, 32, 3), dtype=np.uint8)
    for severity in range(5):
        corrupted = corrupt(everything.images, "contrast", severity + 1)
        images[severity * rows + everything.sample_ids] = corrupted
    np.save(folder / "contrast.npy", images)
    np.save(folder / "labels.npy", np.tile(labels, 5))
    conditions = {c.row.name: c for c in study_conditions(workspace)}
    assert conditions["contrast-5"].row.source == "official"
    assert conditions["gaussian_noise-5"].row.source == "generated"
    assert "so generated: gaussian_noise" in capsys.readouterr().out
    test = workspace.test
    np.testing.assert_array_equal(
        conditions["contrast-5"].images[np.arange(3)], corrupt(test.images[:3], "contrast", 5)
    )
    assert corruption_source(tuple(c.row for c in conditions.values())) == "mixed"


def test_files_and_folders_of_the_user_are_conditions_too(open_study, tmp_path):
    added = (
        'folder = "c"\n[[conditions.file]]\nname = "dark"\npath = "dark.npy"\nseverity = 2\n'
        'category = "light"\n'
    )
    workspace = open_study(added)
    test = workspace.test
    np.save(tmp_path / "dark.npy", test.images // 2)
    for number, label in enumerate(test.labels):
        place = tmp_path / "c" / "haze" / "3" / test.class_names[label]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(test.images[number]).save(place / f"{number:03}.png")
    with pytest.raises(InputError, match="labels"):
        study_conditions(workspace)  # class by class is not this test set's order
    for path in sorted((tmp_path / "c").rglob("*.png")):
        path.unlink()
    dark = {
        c.row.name: c for c in study_conditions(open_study(added.replace('folder = "c"\n', "")))
    }
    assert dark["dark-2"].row.category == "light"
    assert dark["dark-2"].row.source == "dark.npy"
    np.testing.assert_array_equal(dark["dark-2"].images[np.arange(4)], test.images[:4] // 2)


def test_two_conditions_of_one_name_are_refused(open_study, tmp_path):
    workspace = open_study('[[conditions.file]]\nname = "contrast"\npath = "a.npy"\nseverity = 5\n')
    np.save(tmp_path / "a.npy", workspace.test.images)
    with pytest.raises(StudyFileError, match=r"each condition once, found contrast-5 twice"):
        study_conditions(workspace)


def test_a_file_that_is_not_there_is_named(open_study, tmp_path):
    workspace = open_study('[[conditions.file]]\nname = "dark"\npath = "dark.npy"\n')
    with pytest.raises(InputError, match=str(tmp_path / "dark.npy")):
        study_conditions(workspace)
