"""What a user can mend is one type, so that one place can say it in one sentence."""

import ast
import builtins
from pathlib import Path

import pytest

from core.errors import InputError, UserError
from core.store.connection import StudyError
from pipelines.cli import USAGE_ERROR, explain_mistakes
from pipelines.errors import PipelineError
from tests.test_architecture import modules

BUILT_IN = {name for name, value in vars(builtins).items() if isinstance(value, type)}


def bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def error_classes() -> dict[str, tuple[Path, list[str]]]:
    """Every exception class of the product: its name, file and base classes."""
    classes = {
        node.name: (path, bases(node))
        for place in ("core", "pipelines")
        for path in modules(place)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }

    def is_error(name: str) -> bool:
        if name in classes:
            return any(is_error(base) for base in classes[name][1])
        return name in BUILT_IN and issubclass(getattr(builtins, name), BaseException)

    return {name: found for name, found in classes.items() if is_error(name)}


def test_every_error_that_leaves_its_module_is_a_users():
    classes = error_classes()
    assert {"UserError", "InputError", "StudyError", "PipelineError", "TrainingDiverged"} <= set(
        classes
    )

    def derives(name: str) -> bool:
        return name == "UserError" or any(
            derives(base) for base in classes.get(name, (None, []))[1]
        )

    others = {
        name: str(path)
        for name, (path, _) in classes.items()
        if not name.startswith("_") and not derives(name)
    }
    assert others == {}


def test_a_private_error_is_caught_where_it_is_raised():
    for name, (path, _) in error_classes().items():
        if name.startswith("_"):
            assert path.read_text(encoding="utf-8").count(name) >= 3, f"{name} in {path}"


@pytest.mark.parametrize("error", [UserError, InputError, StudyError, PipelineError])
def test_a_command_says_a_users_mistake_in_one_sentence(error, capsys):
    def work():
        raise error("x: expected a, found b.")

    assert explain_mistakes(work) == USAGE_ERROR
    assert capsys.readouterr().err == "x: expected a, found b.\n"


def test_a_mistake_of_the_program_keeps_its_traceback():
    def work():
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        explain_mistakes(work)
