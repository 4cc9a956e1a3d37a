"""Classification networks of torchvision, for larger input than 32x32."""

from __future__ import annotations

from torch import nn

from core.errors import InputError
from core.vision.torchvision_import import import_torchvision

# what keeps auxiliary classifiers and deprecation warnings away
SETTINGS = {
    "googlenet": {"aux_logits": False, "init_weights": True},
    "inception_v3": {"aux_logits": False, "init_weights": True},
}


def build(name: str, *, class_count: int) -> nn.Module:
    """The network `name` of torchvision.models with torchvision's own initialisation.

    Raises:
        InputError: torchvision has no classification model of that name.
    """
    models = import_torchvision("models")
    names = models.list_models(module=models)
    if name not in names:
        raise InputError(
            f"expected a torchvision classification model such as {', '.join(names[:3])} or "
            f"resnet18, found {name!r}"
        )
    settings = SETTINGS.get(name, {})
    network: nn.Module = models.get_model(name, weights=None, num_classes=class_count, **settings)
    return network
