"""Contexts over a tiny study, without Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from tests.many_classes import write_many_class_study
from tests.study_file import write_study


@pytest.fixture(scope="session")
def tiny_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study(connect(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")), "tiny")


@pytest.fixture
def context_of(tiny_study: Study) -> Callable[..., Context]:
    def make(
        compared: str = "lenet5-random-0.5", class_id: int | None = None, study: Study = tiny_study
    ) -> Context:
        return Context(
            study,
            Combination(str(study.models["name"][0]), "clean"),
            Combination(compared, "clean"),
            class_name=None if class_id is None else study.class_names[class_id],
            sample_filter=SampleFilter(class_id),
        )

    return make


@pytest.fixture
def many_classes(tmp_path: Path) -> Callable[[int], Study]:
    def make(classes: int) -> Study:
        path = write_many_class_study(tmp_path / "many.duckdb", classes=classes)
        return Study(connect(path), f"many {classes}")

    return make
