"""The house: which layer may import what, and that the app needs no torch."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TORCH = {"torch", "torchvision"}
APP = {"streamlit", "altair"}
STORE = {"duckdb", "polars"}
LAYERS = {"core.vision", "core.store", "core.display", "pipelines"}

# folder or file -> what nothing in it may import
FORBIDDEN = {
    "Home.py": TORCH | {"core.vision", "core.geometry", "pipelines", "duckdb", "altair"},
    "pages": TORCH | {"core.vision", "core.geometry", "pipelines", "duckdb", "altair"},
    "core/display": TORCH | {"core.vision", "core.geometry", "pipelines", "duckdb"},
    "core/store": TORCH | APP | {"core.vision", "core.display", "core.geometry", "pipelines"},
    "core/vision": APP | STORE | {"core.store", "core.display", "pipelines"},
    "core/corruptions": TORCH | APP | STORE | LAYERS | {"core.geometry", "core.stats"},
    "core/stats": TORCH | APP | LAYERS | {"core.geometry", "core.corruptions", "duckdb", "scipy"},
    "core/errors.py": TORCH | APP | STORE | LAYERS | {"core", "numpy"},
    "core/geometry.py": TORCH | APP | STORE | {"core.store", "core.display", "core.vision"},
    "pipelines": APP | {"core.display"},
}


def modules(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} has a relative import"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("place", FORBIDDEN)
def test_arrows_point_one_way(place):
    files = modules(place)
    assert files
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in sorted(imported(path))
        for forbidden in FORBIDDEN[place]
        if name == forbidden or name.startswith(f"{forbidden}.")
    ]
    assert broken == []


def test_pages_hold_no_sql():
    for path in [ROOT / "Home.py", *modules("pages")]:
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert not [text for text in strings if "SELECT " in text.upper()], path


def test_every_package_says_what_it_is_for():
    for path in [*modules("core"), *modules("pipelines")]:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


NAMED = re.compile(r"\b(core|pipelines|pages|tests|benchmarks)((?:\.\w+)+|(?:/[\w.-]+)+)")


def stands(name: str) -> bool:
    """Whether a path, or the dotted name of a module or of something in one, is there."""
    if "/" in name:
        return (ROOT / name).exists()
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        module = place.with_suffix(".py") if not place.is_dir() else place / "__init__.py"
        if module.exists() or place.is_dir():
            rest = parts[length:]
            return not rest or rest[0] in re.findall(r"\w+", module.read_text(encoding="utf-8"))
    return False


def test_what_texts_and_comments_name_is_there():
    texts = [*modules("core"), *modules("pipelines"), *modules("tests"), *modules("benchmarks")]
    texts += [*(ROOT / "core").rglob("*.sql"), ROOT / "README.md", ROOT / "Makefile"]
    named = {
        (path.relative_to(ROOT), found[0].rstrip("."))
        for path in texts
        for found in NAMED.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 500
    assert sorted((str(path), name) for path, name in named if not stands(name)) == []


CORRUPTIONS_ALONE = """
import sys
from importlib.abc import MetaPathFinder

REFUSED = ("torch", "torchvision", "duckdb", "polars", "streamlit", "sklearn",
           "core.vision", "core.store", "core.display", "core.geometry", "pipelines")

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.startswith(tuple(f"{refused}." for refused in REFUSED)) or name in REFUSED:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
import numpy as np
from core.corruptions import CORRUPTIONS, corrupt
images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
for name in CORRUPTIONS:
    assert (corrupt(images, name, 3) != images).any(), name
    print("corrupted", name)
"""


def test_images_are_corrupted_where_torch_is_not_installed():
    result = subprocess.run(
        [sys.executable, "-c", CORRUPTIONS_ALONE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("corrupted") == 19


APP_WITHOUT_TORCH = """
import sys
from importlib.abc import MetaPathFinder

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "torchvision", "sklearn", "scipy"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
from streamlit.testing.v1 import AppTest
for page in sys.argv[1:]:
    app = AppTest.from_file(page, default_timeout=60).run()
    assert not app.exception, (page, app.exception)
    assert "torch" not in sys.modules
    print("opened", page)
"""


def test_the_app_opens_where_torch_is_not_installed():
    pages = [str(path) for path in [ROOT / "Home.py", *modules("pages")]]
    result = subprocess.run(
        [sys.executable, "-c", APP_WITHOUT_TORCH, *pages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("opened") == len(pages)
