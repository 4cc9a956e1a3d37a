import json
from pathlib import Path

import pytest

from pipelines.study.checks import check_plan
from pipelines.study.plan import model_names
from pipelines.study.reader import StudyFileError, read_study

STUDIES = Path(__file__).parents[3] / "pipelines" / "studies"
SMALL = """
name = "small"
title = "A small study"
seed = 3

[dataset]
name = "digits"
image_size = 32

[[network]]
name = "lenet5"
seeds = [0, 1]
training = { epochs = 2 }

[[pruning]]
method = "random"
ratios = [0.5, 0.9]

[[pruning]]
method = "magnitude"
ratios = [0.5]
scope = "layerwise"
include_classifier = false
retrain_epochs = 1

[conditions]
corruptions = ["contrast", "gaussian_noise"]
severities = [5, 1]
"""


def read(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text)
    study = read_study(path)
    check_plan(study)
    return study


@pytest.mark.parametrize("name", sorted(path.name for path in STUDIES.glob("*.toml")))
def test_a_study_that_comes_along_is_valid(name):
    study = read_study(STUDIES / name)
    check_plan(study)
    assert model_names(study)


def test_studies_come_along():
    assert "digits.toml" in {path.name for path in STUDIES.iterdir()}


def test_models_have_stable_names(tmp_path):
    study = read(tmp_path, SMALL)
    assert model_names(study) == (
        "lenet5-seed0",
        "lenet5-seed0-random-0.5-seed0",
        "lenet5-seed0-random-0.9-seed0",
        "lenet5-seed0-magnitude-layerwise-0.5-seed0-dense-classifier-retrained1",
        "lenet5-seed1",
        "lenet5-seed1-random-0.5-seed0",
        "lenet5-seed1-random-0.9-seed0",
        "lenet5-seed1-magnitude-layerwise-0.5-seed0-dense-classifier-retrained1",
    )


def test_an_untrained_network_has_a_name_of_its_own(tmp_path):
    table = '[[network]]\nname = "lenet5"\nfeature_width = 8\n'
    text = f"{SMALL}\n{table}\n{table}training = {{ epochs = 0 }}\n"
    assert {"lenet5-f8-seed0", "lenet5-f8-untrained-seed0"} <= set(
        model_names(read(tmp_path, text))
    )


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        ('["lenet5"]', ["lenet5-seed0", "lenet5-seed1", "lenet5-w0.5-seed0"]),
        ('["lenet5-w0.5"]', ["lenet5-w0.5-seed0"]),
        ('["lenet5-seed1", "lenet5-w0.5"]', ["lenet5-seed1", "lenet5-w0.5-seed0"]),
    ],
)
def test_a_pruning_table_can_be_for_some_networks_only(tmp_path, networks, expected):
    half = '[[network]]\nname = "lenet5"\nwidth_multiplier = 0.5\n\n[[pruning]]'
    text = SMALL.replace("[[pruning]]", half, 1)
    text = text.replace("ratios = [0.5]\n", f"ratios = [0.5]\nnetworks = {networks}\n")
    magnitude = [name for name in model_names(read(tmp_path, text)) if "magnitude" in name]
    assert [name.partition("-magnitude")[0] for name in magnitude] == expected


def test_a_study_survives_the_round_trip_through_json(tmp_path):
    study = read(tmp_path, SMALL)
    content = json.loads(study.as_json())
    assert content["pruning"][0]["ratios"] == [0.5, 0.9]
    assert content["dataset"]["validation_fraction"] == study.dataset.validation_fraction


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("seed = 3", "sed = 3", r"sed: expected one of the keys name.* found 'sed' \(did you mean"),
        ("seed = 3", 'seed = "a"', "seed: expected a valid integer, found 'a'"),
        ("seed = 3", "seed = -1", "seed: expected greater than or equal to 0, found -1"),
        ("seed = 3", "seed = true", "seed: expected a valid integer, found True"),
        (
            "0.5, 0.9",
            "0.5, 1.5",
            r"pruning\[0\]\.ratios\[1\]: .*less than or equal to 1, found 1.5",
        ),
        ("0.5, 0.9", "0.5, 0.5", r"pruning\[0\]\.ratios: expected each value once"),
        ("0.5, 0.9", "", r"pruning\[0\]\.ratios: .*at least 1 item"),
        ('"random"', '"rndm"', r"pruning\[0\]\.method: expected one of .*magnitude.*'rndm'"),
        ('"contrast"', '"contrst"', r"corruptions\[0\]: expected one of gaussian_noise.*'contrst'"),
        ("[5, 1]", "[0]", r"severities\[0\]: expected greater than or equal to 1, found 0"),
        ("[5, 1]", "[6]", r"severities\[0\]: expected less than or equal to 5, found 6"),
        ('"lenet5"', '"lenet6"', r"network\[0\]\.name: expected one of lenet5.*found 'lenet6'"),
        ("image_size = 32", "image_size = 8", "dataset.image_size: .*equal to 28, found 8"),
        ("image_size = 32", "size = 32", r"dataset\.size: expected one of the keys name, folder"),
        ('name = "digits"', 'name = "digts"', r"dataset\.name: expected one of .*found 'digts'"),
        ("epochs = 2", "epoch = 2", "network.training of lenet5: expected keys among epochs"),
        ("epochs = 2", "epochs = 2.5", "network.training.epochs of lenet5: expected int.*2.5"),
        ("[dataset]", "[datset]", r"datset: expected one of the keys .*did you mean dataset"),
        ("[[network]]", "[network]", "network: expected a valid array"),
        ("retrain_epochs = 1", "options = {a = 1}", r"pruning\[1\]\.options of magnitude: .*'a'"),
        (
            'method = "random"',
            'method = "taylor"\noptions = {gradient = "mean"}',
            r"pruning\[0\]\.options of taylor: expected gradient batches or full .*'mean'\.",
        ),
        (
            'method = "random"\nratios = [0.5, 0.9]',
            'method = "dense"\nratios = [0]\nretrain_epochs = 1\noptions = {a = 1}',
            r"pruning\[0\]\.options of dense: expected none, found 'a'\.",
        ),
        (
            "retrain_epochs = 1",
            'networks = ["lenet5-seed2"]',
            r"pruning\[1\]\.networks: .* \(lenet5, .*lenet5-seed1\), found 'lenet5-seed2'",
        ),
        ("retrain_epochs = 1", "networks = []", r"pruning\[1\]\.networks: .*at least 1 item"),
        ('method = "magnitude"', 'method = "random"', None),
        ("title =", "title", "expected a TOML file"),
        ('title = "A small study"', "", "title: expected a value, found none"),
    ],
)
def test_each_mistake_gets_one_sentence_with_file_and_key(tmp_path, old, new, sentence):
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if sentence is None:
        read(tmp_path, text)
        return
    with pytest.raises(StudyFileError, match=sentence) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_model_asked_for_twice_is_refused(tmp_path):
    again = SMALL.replace(
        "[conditions]", '[[pruning]]\nmethod = "random"\nratios = [0.9]\n[conditions]'
    )
    with pytest.raises(StudyFileError, match=r"each model once, found lenet5-seed0-random-0.9"):
        read(tmp_path, again)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyFileError, match=r"nowhere\.toml: expected a study file, found no"):
        read_study(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_byte_order_mark_is_no_content(tmp_path, newline):
    text = 'name = "a"\ntitle = "Ä"\n[dataset]\nname = "digits"\n'.replace("\n", newline)
    plain, marked = tmp_path / "plain.toml", tmp_path / "marked.toml"
    plain.write_bytes(text.encode("utf-8"))
    marked.write_bytes(text.encode("utf-8-sig"))
    assert read_study(marked) == read_study(plain)
    assert read_study(marked).title == "Ä"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-16", "found UTF-16; save it as UTF-8"),
        ("utf-16-be", "found UTF-16; save it as UTF-8"),
        ("latin-1", "found a byte that is none in line 2; save it as UTF-8"),
    ],
)
def test_another_encoding_is_named(tmp_path, encoding, found):
    path = tmp_path / "study.toml"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + 'name = "a"\ntitle = "Ä"\n'.encode(encoding))
    with pytest.raises(StudyFileError, match=found):
        read_study(path)
