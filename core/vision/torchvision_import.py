"""The one place that imports torchvision.

torchvision's Linux wheel is built for CUDA; beside a CPU build of torch its operators cannot be
loaded and the import fails on `torchvision::nms`, although nothing here needs that operator.
Declaring it first lets the import go through. Beside a matching torch nothing is declared.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import torch

from core.errors import InputError

_declared: list[torch.library.Library] = []  # a library undeclares its operators when collected


def import_torchvision(submodule: str) -> ModuleType:
    """The module `torchvision.<submodule>`.

    Raises:
        InputError: torchvision is not installed, or was built for another torch.
    """
    try:
        return importlib.import_module(f"torchvision.{submodule}")
    except ModuleNotFoundError as error:
        raise InputError(
            f"expected torchvision beside torch {torch.__version__}, found no module {error.name}: "
            "pip install -r pipelines/requirements.txt"
        ) from error
    except RuntimeError as error:
        if "torchvision::nms" not in str(error) or _declared:
            raise InputError(
                f"expected a torchvision that matches torch {torch.__version__}, found one whose "
                f"import fails: {error}"
            ) from error
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for operator in ("nms", "qnms"):
        signature = f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(signature)  # type: ignore[no-untyped-call]
    _declared.append(library)
    return importlib.import_module(f"torchvision.{submodule}")
