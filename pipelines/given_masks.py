"""Models under masks that another tool made."""

from __future__ import annotations

import copy

from torch import nn

from core.errors import InputError
from core.vision.mask_files import check_masks, read_masks
from core.vision.masks import apply_masks
from core.vision.pruning import Pruned
from pipelines.errors import PipelineError
from pipelines.study.plan import PrunedModel
from pipelines.workspace.workspace import Workspace


def under_masks(workspace: Workspace, model: PrunedModel, dense: nn.Module) -> Pruned:
    """A copy of the dense network under the masks of the model's own file.

    Raises:
        PipelineError: the masks are not those of this network, in one sentence.
    """
    path = workspace.beside(model.settings.masks)
    assert path is not None, "only such a model is asked for"
    device = next(dense.parameters()).device
    try:
        masks = check_masks(
            read_masks(path),
            dense,
            include_classifier=model.settings.include_classifier,
            ratio=model.ratio,
        )
    except InputError as error:
        raise PipelineError(f"{path.name} for {model.parent.name}: {error}.") from error
    masks = {name: mask.to(device) for name, mask in masks.items()}
    network = copy.deepcopy(dense)
    apply_masks(network, masks)
    return Pruned(network, masks, model.ratio, {"options": {"masks": path.name}})
