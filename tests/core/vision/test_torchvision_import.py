import subprocess
import sys

import pytest

from core.errors import InputError
from core.vision.torchvision_import import import_torchvision


def test_torchvision_is_imported_beside_whatever_torch_there_is():
    # in a process of its own, where nothing has imported torchvision or declared its operators
    program = (
        "from core.vision.torchvision_import import import_torchvision\n"
        "models = import_torchvision('models')\n"
        "assert models is import_torchvision('models')\n"
        "assert models.get_model('resnet18', weights=None)\n"
        "assert import_torchvision('datasets').MNIST\n"
        "import torchvision\n"
        "assert torchvision.models is models\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_torchvision_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.delitem(sys.modules, "torchvision.models", raising=False)
    with pytest.raises(InputError, match=r"expected torchvision beside torch .*pip install"):
        import_torchvision("models")
