"""`python -m pipelines.corrupt`, run on scikit-learn's digits."""

import numpy as np
import pytest

from core.corruptions import corrupt
from core.vision.datasets import load_dataset
from pipelines.corrupt import _names, main


def test_digits_are_written_in_the_official_layout_and_kept_on_a_second_run(tmp_path, capsys):
    arguments = [str(tmp_path), "--dataset", "digits", "--image-size", "32", "--limit", "20"]
    arguments += ["--corruptions", "shot_noise", "frost", "--seed", "2"]
    assert main(arguments) == 0
    assert "2 corruptions of 20 images" in capsys.readouterr().out
    test = load_dataset("digits", image_size=32, test_fraction=0.3).test.take(np.arange(20))
    noisy = np.load(tmp_path / "shot_noise.npy")
    assert noisy.shape == (100, 32, 32, 3)
    expected = corrupt(test.images, "shot_noise", 5, seed=2, indices=test.sample_ids)
    assert (noisy[80:] == expected).all()
    assert main(arguments) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_a_mistake_is_one_sentence_and_exit_code_2(tmp_path, capsys):
    arguments = [str(tmp_path / "out"), "--dataset", "digits", "--image-size", "32"]
    assert main([*arguments, "--corruptions", "fogg"]) == 2
    assert "found 'fogg'" in capsys.readouterr().err
    assert main([*arguments, "--frost-textures", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_benchmark_means_the_fifteen():
    assert len(_names(["benchmark"])) == 15
    assert not set(_names(["benchmark"])) & {
        "speckle_noise",
        "gaussian_blur",
        "spatter",
        "saturate",
    }


def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--help"])
    assert leaving.value.code == 0
    text = capsys.readouterr().out
    for option in ("--dataset", "--folder", "--corruptions", "--seed", "--frost-textures"):
        assert option in text
