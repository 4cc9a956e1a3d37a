import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.vision.recipe import Recipe


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"optimiser": "adam"}, r"expected optimiser among sgd, adamw, found 'adam'"),
        ({"schedule": "step"}, r"expected schedule among one_cycle, cosine, constant"),
        ({"augmentation": "mixup"}, r"expected augmentation among none, shift, crop_flip"),
        ({"precision": "half"}, r"expected precision among auto, float32, bfloat16, found 'half'"),
        ({"epochs": -1}, r"expected epochs in 0\.\.inf, found -1"),
        ({"momentum": 1.5}, r"expected momentum in 0\.\.1, found 1.5"),
        ({"learning_rate": float("nan")}, r"expected learning_rate in 0\.\.inf, found nan"),
    ],
)
def test_a_wrong_setting_is_named(settings, sentence):
    with pytest.raises(InputError, match=sentence):
        Recipe(**settings)


def test_one_cycle_climbs_to_the_learning_rate_and_falls_to_zero():
    recipe = Recipe(learning_rate=0.2, warmup_share=0.25)
    assert recipe.learning_rate_at(0.25) == pytest.approx(0.2)
    assert recipe.learning_rate_at(0) == pytest.approx(0.008)
    assert recipe.learning_rate_at(0.625) == pytest.approx(0.1)
    assert recipe.learning_rate_at(1) == pytest.approx(0, abs=1e-9)


@given(progress=st.floats(0, 1), schedule=st.sampled_from(["one_cycle", "cosine", "constant"]))
def test_no_schedule_leaves_the_range_up_to_the_learning_rate(progress, schedule):
    rate = Recipe(learning_rate=0.3, schedule=schedule).learning_rate_at(progress)
    assert 0 <= rate <= 0.3 + 1e-12


def test_weight_decay_spares_biases_and_batch_norm():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    groups = Recipe(weight_decay=0.01).build_optimiser(network.parameters()).param_groups
    decayed = {p.ndim for group in groups if group["weight_decay"] for p in group["params"]}
    spared = {p.ndim for group in groups if not group["weight_decay"] for p in group["params"]}
    assert (decayed, spared) == ({4}, {1})


def test_frozen_parameters_are_not_trained():
    layer = torch.nn.Linear(2, 2)
    layer.weight.requires_grad_(requires_grad=False)
    groups = Recipe().build_optimiser(layer.parameters()).param_groups
    assert [p is layer.bias for group in groups for p in group["params"]] == [True]
