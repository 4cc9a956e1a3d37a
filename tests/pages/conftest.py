"""A folder of studies for each test, and no memory of the test before."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRUNESCOPE_STUDIES", str(tmp_path))
    monkeypatch.delenv("PRUNESCOPE_STUDY", raising=False)
    return tmp_path
