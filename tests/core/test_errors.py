"""What a user can mend is one type, so that one place can say it in one sentence."""

import ast
import builtins
import re
from pathlib import Path

import pytest

from core.errors import InputError, UserError
from core.store.errors import StudyError
from pipelines.cli import FAULT, USAGE_ERROR, explain_mistakes
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


def test_a_fault_of_the_program_is_one_sentence_and_its_traceback_is_kept(capsys):
    def work():
        raise KeyError("a bug\nin two lines")

    assert explain_mistakes(work) == FAULT
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "KeyError: 'a bug" in line
    kept = Path(re.search(r"its traceback is in (\S+);", line)[1])
    assert "in work" in kept.read_text(encoding="utf-8")
    kept.unlink()


@pytest.mark.parametrize(("error", "code"), [(KeyError("a bug"), FAULT), (UserError("x"), 2)])
def test_debugging_prints_the_traceback(error, code, capsys):
    def work():
        raise error

    assert explain_mistakes(work, debug=True) == code
    found = capsys.readouterr().err
    assert "Traceback (most recent call last)" in found
    assert "in work" in found
