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
ABOVE = {"core.display", "core.report", "pipelines"}
OURS = {"core", "pipelines", "pages", "Home"}
FACE = {"prunescope"}  # for scripts and notebooks: nothing of ours needs it

# folder or file -> what nothing in it may import
FORBIDDEN = {
    "Home.py": FACE | TORCH | STORE | {"altair", "core.vision", "core.store", "pipelines"},
    "pages": FACE | TORCH | STORE | {"altair", "core.vision", "core.store", "pipelines"},
    "core": FACE | {"pages", "Home"},
    "core/display": TORCH | {"duckdb", "core.vision", "core.geometry", "core.report", "pipelines"},
    "core/report": TORCH | {"streamlit", "duckdb", "core.vision", "core.geometry", "pipelines"},
    "core/store": TORCH | APP | ABOVE | {"core.vision", "core.geometry"},
    "core/stats": TORCH | APP | ABOVE | {"duckdb", "core.store", "core.vision"},
    "core/corruptions": TORCH | APP | ABOVE | STORE | {"core.vision", "core.store"},
    "core/vision": APP | STORE | ABOVE | {"core.store", "core.stats"},
    "core/geometry.py": TORCH | APP | STORE | ABOVE | {"core.store", "core.vision"},
    "core/drawing.py": TORCH | APP | STORE | ABOVE | {"core.store", "core.vision", "core.stats"},
    "core/metrics.py": TORCH | APP | STORE | OURS,
    "core/errors.py": TORCH | APP | STORE | OURS,
    "pipelines": FACE | APP | {"core.display", "pages", "Home"},
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


def test_every_package_says_what_it_is_for():
    for path in [*PAGES, *modules("core"), *modules("pipelines")]:
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
        if name.split(".")[0] in {"torch", "torchvision", "sklearn"}:
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


DISPLAY = ROOT / "core" / "display"
PAGES = [ROOT / "Home.py", *modules("pages")]
SHARED_ROOMS = {"charts", "components", "shell", "state"}
PAGE_ROOMS = sorted(
    path.name
    for path in DISPLAY.iterdir()
    if (path / "__init__.py").exists() and path.name not in SHARED_ROOMS
)
# what needs no Streamlit: frames and charts of every page, and the parts that they share
CHARTS = [
    path
    for path in modules("core/display")
    if path.is_relative_to(DISPLAY / "charts")
    or (path.name.startswith("chart") and not path.is_relative_to(DISPLAY / "components"))
]
FRAMES = [path for path in modules("core/display") if path.stem.endswith("frames")]
# Calls that change a library for the whole process, and thus for every other session.
GLOBAL = re.compile(
    r"alt\.(data_transformers|renderers|themes?)\b|st\.(altair_chart|set_option)$|pl\.Config\b"
    r"|gc\.(disable|freeze|set_threshold)$|warnings\.(filterwarnings|simplefilter)$"
    r"|(np\.)?random\.seed$|locale\.setlocale$|os\.(environ\.(update|setdefault|pop)|putenv)$"
)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.AST) -> str:
    """The name of an attribute of a module, such as `st.session_state`; else nothing."""
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def attributes(path: Path) -> set[str]:
    return {dotted(node) for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}


def ours(name: str) -> Path | None:
    """The file of a module of this repository, by its dotted name."""
    place = ROOT.joinpath(*name.split("."))
    found = [file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()]
    return found[0] if found else None


def reached(path: Path) -> dict[str, str]:
    """Every module that a file imports, itself or through others, with the file that names it."""
    found: dict[str, str] = {}
    waiting, seen = [path], {path}
    while waiting:
        file = waiting.pop()
        for name in imported(file):
            found.setdefault(name, shown(file))
            parts = name.split(".")
            # a package runs before its modules
            packages = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
            further = {one for one in map(ours, packages) if one is not None} - seen
            seen |= further
            waiting += sorted(further)
    return found


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_a_page_is_short_and_takes_all_from_display(path):
    strangers = [
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not re.match(r"(core\.display|streamlit)\b", name)
    ]
    assert strangers == []
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 50


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_an_unanswered_question_takes_no_page_down(path):
    """What a page draws stands in `with part()`, or is guarded where it is defined."""
    guarded = {"open_page", "stop_without_samples", "segments", "next_chapter"} | FRAGMENTS
    bare = [
        ast.unparse(node)
        for node in parsed(path).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.With) and ast.unparse(node.items[0]) == "part()")
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and dotted(call.func).split(".")[-1] not in guarded
    ]
    assert bare == []


FRAGMENTS = {
    node.name
    for path in modules("core/display")
    for node in ast.walk(parsed(path))
    if isinstance(node, ast.FunctionDef)
    and "fragment" in [ast.unparse(one) for one in node.decorator_list]
}


def test_a_fragment_that_runs_alone_is_guarded_as_a_page_is():
    assert len(FRAGMENTS) >= 5
    using = {
        shown(path)
        for path in [*PAGES, *modules("core")]
        if {"st.fragment", "streamlit.fragment"} & (attributes(path) | imported(path))
    }
    assert using == {"core/display/components/part.py"}


@pytest.mark.parametrize("path", [*FRAMES, *CHARTS], ids=shown)
def test_frames_and_charts_reach_no_streamlit(path):
    assert "streamlit" not in reached(path), f"through {reached(path)['streamlit']}"


@pytest.mark.parametrize("path", modules("core/report"), ids=shown)
def test_the_report_reaches_no_streamlit(path):
    assert "streamlit" not in reached(path), f"through {reached(path)['streamlit']}"


@pytest.mark.parametrize("path", CHARTS, ids=shown)
def test_charts_know_no_store(path):
    assert not [name for name in imported(path) if name.startswith(("core.store", "duckdb"))]


def test_state_has_no_widgets():
    used = {name for path in modules("core/display/state") for name in attributes(path)}
    streamlit = {name.split(".")[1] for name in used if name.startswith("st.")}
    assert streamlit <= {"session_state", "query_params"}
    assert not [
        name
        for path in modules("core/display/state")
        for name in imported(path)
        if name.startswith(("streamlit.", "core.display.components", "core.display.shell"))
    ]


def test_one_module_caches():
    caching = {
        shown(path)
        for path in [*PAGES, *modules("core")]
        for name in attributes(path) | imported(path)
        if re.match(r"(st|streamlit)\.cache_", name)
    }
    assert caching == {"core/display/query_cache.py"}


def test_nothing_of_the_app_changes_a_library():
    changing = [
        f"{shown(path)}: {name}"
        for path in [*PAGES, *modules("core/display"), *modules("core/store")]
        for name in sorted(attributes(path))
        if GLOBAL.match(name)
    ]
    assert changing == []


def test_no_page_knows_another():
    rooms = "|".join(PAGE_ROOMS)
    crossing = [
        f"{shown(path)} imports {name}"
        for path in modules("core/display")
        for name in sorted(imported(path))
        if (found := re.match(rf"core\.display\.({rooms})\b", name))
        and not path.is_relative_to(DISPLAY / found[1])
    ]
    assert crossing == []


def test_the_rooms_of_pages_are_those_of_the_navigation():
    text = (DISPLAY / "shell" / "navigation.py").read_text(encoding="utf-8")
    assert [room for room in PAGE_ROOMS if f'"{room}"' not in text] == []


def test_sql_stands_in_the_store():
    asking = [
        shown(path)
        for path in [*PAGES, *modules("core/display"), *modules("core/stats")]
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\b(SELECT|FROM|WHERE)\s", node.value)
    ]
    assert asking == []


def test_modules_of_the_app_are_no_longer_than_a_few_screens():
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules("core/display")
    }
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}


DRAW = """
import importlib, inspect, sys
sys.modules["streamlit"] = None
drawn = 0
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    for function in vars(module).values():
        if not inspect.isfunction(function) or function.__module__ != name:
            continue
        if function.__name__.startswith("_"):
            continue
        parameters = inspect.signature(function).parameters.values()
        if any(one.default is one.empty for one in parameters):
            continue
        if str(function.__annotations__.get("return")) in {
            "alt.Chart", "alt.LayerChart", "alt.FacetChart", "alt.HConcatChart", "alt.VConcatChart"
        }:
            function().to_dict()
            drawn += 1
print(drawn)
"""


def test_a_plain_script_makes_frames_and_charts():
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FRAMES + CHARTS]
    names = [name.removesuffix(".__init__") for name in names]
    result = subprocess.run(
        [sys.executable, "-c", DRAW, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 0
