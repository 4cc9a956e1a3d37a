import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.networks import Normalisation, normalise
from core.vision.recipe import Recipe
from core.vision.training import TrainingDiverged, TrainingProgress, train_network

torch.set_num_threads(1)
NORMALISATION = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=0.05, augmentation="crop_flip")


class Stopped(Exception):  # noqa: N818
    """Stands in for kill -9 in the middle of an epoch."""


def striped(count: int, *, seed: int = 0) -> ImageSet:
    """Noise of 8x8 pixels, brighter at the left (class 0), the right (1) or nowhere (2)."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 150, (count, 8, 8, 3), dtype=np.uint8)
    labels = np.arange(count, dtype=np.int64) % 3
    images[labels == 0, :, :4] += 60
    images[labels == 1, :, 4:] += 60
    return ImageSet(images, labels, np.arange(count, dtype=np.int64), ("left", "right", "none"))


def small_network(seed: int = 0, *, outputs: int = 3) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(96, outputs),
    )


def some_masks(network: nn.Module) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    weights = dict(network.named_parameters())
    return {
        name: torch.rand(weights[name].shape, generator=generator) < 0.4
        for name in ("0.weight", "6.weight")
    }


def train(network: nn.Module, **changes):
    settings = {
        "train": striped(90),
        "validation": striped(30, seed=1),
        "recipe": RECIPE,
        "normalisation": NORMALISATION,
        "seed": 5,
        **changes,
    }
    return train_network(network, **settings)


def stop_at(epoch: int, step: int):
    def on_step(progress: TrainingProgress) -> None:
        if (progress.epoch, progress.step) == (epoch, step):
            raise Stopped

    return on_step


def assert_same_weights(first: nn.Module, second: nn.Module) -> None:
    for (name, one), two in zip(
        first.state_dict().items(), second.state_dict().values(), strict=True
    ):
        assert torch.equal(one, two), name


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_stopped_twice_ends_with_the_weights_of_one_never_stopped(
    tmp_path, optimiser, masked, precision
):
    recipe = replace(RECIPE, optimiser=optimiser, learning_rate=0.02, precision=precision)
    masks = some_masks(small_network()) if masked else None
    whole = small_network()
    expected = train(whole, recipe=recipe, masks=masks)
    stopped_at = [(2, 3), (4, 1)]
    for place in stopped_at:
        with pytest.raises(Stopped):
            train(
                small_network(),
                recipe=recipe,
                masks=masks,
                resume_path=tmp_path / "run",
                on_step=stop_at(*place),
            )
    resumed = small_network()
    steps = []
    result = train(
        resumed,
        recipe=recipe,
        masks=masks,
        resume_path=tmp_path / "run",
        on_step=lambda progress: steps.append(progress.epoch),
    )
    assert set(steps) == {4}
    assert_same_weights(whole, resumed)
    assert result.best_epoch == expected.best_epoch
    assert [(r.training_loss, r.validation_loss) for r in result.history] == [
        (r.training_loss, r.validation_loss) for r in expected.history
    ]


def test_a_run_killed_outright_goes_on_to_the_same_weights(tmp_path):
    program = (
        "import os, signal, test_training as t\n"
        "from pathlib import Path\n"
        "def on_step(p):\n"
        "    if (p.epoch, p.step) == (3, 2): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"t.train(t.small_network(), resume_path=Path({str(tmp_path / 'run')!r}), on_step=on_step)"
    )
    here = Path(__file__)
    path = os.pathsep.join([str(here.parent), str(here.parents[3])])
    killed = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    whole, resumed = small_network(), small_network()
    train(whole)
    steps = []
    train(
        resumed,
        resume_path=tmp_path / "run",
        on_step=lambda progress: steps.append(progress.epoch),
    )
    assert set(steps) == {3, 4}
    assert_same_weights(whole, resumed)


def test_a_finished_run_is_read_back_without_a_step(tmp_path):
    first, second = small_network(), small_network()
    done = train(first, resume_path=tmp_path / "run")

    def no_step(progress: TrainingProgress) -> None:
        raise AssertionError(progress)

    assert train(second, resume_path=tmp_path / "run", on_step=no_step) == done
    assert_same_weights(first, second)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_weights_left_are_those_of_the_best_epoch_on_validation():
    network, validation = small_network(), striped(60, seed=1)
    result = train(
        network,
        validation=validation,
        recipe=replace(RECIPE, epochs=6, learning_rate=0.3, schedule="constant"),
    )
    accuracies = [record.validation_accuracy for record in result.history]
    assert result.validation_accuracy == max(accuracies)
    assert result.best_epoch == 1 + accuracies.index(max(accuracies))
    assert accuracies[-1] < max(accuracies), "the last epoch is the best: the test shows nothing"
    assert not network.training
    with torch.inference_mode():
        predicted = network(normalise(validation.images, NORMALISATION)).argmax(1).numpy()
    assert np.mean(predicted == validation.labels) == result.validation_accuracy


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_training_learns_what_can_be_learned(precision):
    recipe = replace(RECIPE, epochs=12, augmentation="none", precision=precision)
    result = train(small_network(), recipe=recipe)
    assert result.validation_accuracy > 0.8
    assert result.history[-1].training_loss < result.history[0].training_loss


def test_without_validation_images_the_last_epoch_is_kept():
    nothing = striped(30).take(np.zeros(0, dtype=np.int64))
    result = train(small_network(), validation=nothing)
    assert (result.best_epoch, result.validation_accuracy) == (4, None)


def test_no_epochs_leave_the_first_weights_and_say_how_accurate_they_are(tmp_path):
    network = small_network()
    validation = striped(30, seed=1)
    untrained = replace(RECIPE, epochs=0)
    path = tmp_path / "run.pt"
    result = train(network, recipe=untrained, validation=validation, resume_path=path)
    first = small_network().eval()
    assert_same_weights(network, first)
    assert not network.training
    predicted = first(normalise(validation.images, NORMALISATION)).argmax(1).numpy()
    assert (result.best_epoch, result.history) == (0, ())
    assert result.validation_accuracy == (predicted == validation.labels).mean()


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_removed_weights_stay_zero_and_so_does_their_optimiser_state(tmp_path, optimiser):
    network = small_network()
    masks = some_masks(network)

    def still_zero(progress: TrainingProgress) -> None:
        weights = dict(network.named_parameters())
        for name, kept in masks.items():
            assert torch.all(weights[name][~kept] == 0), progress

    train(
        network,
        masks=masks,
        recipe=replace(RECIPE, optimiser=optimiser),
        resume_path=tmp_path / "run",
        on_step=still_zero,
    )
    weights = dict(network.named_parameters())
    moments = torch.load(tmp_path / "run", weights_only=True)["optimiser"]["state"]
    moments_checked = 0
    for name, kept in masks.items():
        assert torch.all(weights[name][kept] != 0)
        for state in moments.values():
            for value in state.values():
                if isinstance(value, torch.Tensor) and value.shape == kept.shape:
                    assert torch.all(value[~kept] == 0) and torch.any(value[kept] != 0)
                    moments_checked += 1
    assert moments_checked == len(masks) * (2 if optimiser == "adamw" else 1)


def test_a_loss_that_is_not_finite_stops_with_one_sentence():
    with pytest.raises(TrainingDiverged, match=r"by step \d+ of epoch \d with learning rate 1e\+2"):
        train(small_network(), recipe=replace(RECIPE, learning_rate=1e25, schedule="constant"))


def test_the_callers_random_numbers_are_left_alone():
    network = small_network()
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    train(network)
    assert torch.equal(torch.rand(2), expected)


def test_a_network_that_flattens_with_view_is_trained_too():
    class Viewing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.conv = nn.Conv2d(3, 4, 3)
            self.head = nn.Linear(144, 3)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            maps = self.conv(images)
            return self.head(maps.view(len(maps), -1))

    assert len(train(Viewing()).history) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 6},
        {"recipe": replace(RECIPE, weight_decay=0)},
        {"train": striped(60)},
        {"masks": {"6.weight": torch.ones(3, 96, dtype=torch.bool)}},
        {"normalisation": Normalisation((0.4, 0.5, 0.5), (0.25, 0.25, 0.25))},
    ],
)
def test_a_state_of_another_run_is_refused(tmp_path, changes):
    train(small_network(), resume_path=tmp_path / "run", recipe=RECIPE)
    before = (tmp_path / "run").read_bytes()
    with pytest.raises(InputError, match=r"state of this training run in .*run, found that of ano"):
        train(small_network(), **{"resume_path": tmp_path / "run", **changes})
    assert (tmp_path / "run").read_bytes() == before


def test_other_first_weights_are_another_run(tmp_path):
    train(small_network(), resume_path=tmp_path / "run")
    with pytest.raises(InputError, match=r"first weights differ"):
        train(small_network(seed=1), resume_path=tmp_path / "run")


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_a_broken_state_is_refused_and_named(tmp_path, content):
    path: Path = tmp_path / "run"
    train(small_network(), resume_path=path)
    path.write_bytes(path.read_bytes()[:2000] if content is None else content)
    with pytest.raises(InputError, match=r"run, found a file that cannot be read .*delete it"):
        train(small_network(), resume_path=path)


def test_what_does_not_fit_is_refused():
    nothing = striped(3).take(np.zeros(0, dtype=np.int64))
    with pytest.raises(InputError, match=r"expected training images, found a data set with none"):
        train(small_network(), train=nothing)
    with pytest.raises(InputError, match=r"expected 3 outputs, .*found a network with 7"):
        train(small_network(outputs=7))
    with pytest.raises(
        InputError, match=r"parameter 6\.weight of shape \(2, 2\) .*found \(3, 96\)"
    ):
        train(small_network(), masks={"6.weight": torch.ones(2, 2, dtype=torch.bool)})
    with pytest.raises(InputError, match=r"parameter x of shape .*found no such parameter"):
        train(small_network(), masks={"x": torch.ones(2, dtype=torch.bool)})
