import pytest

from tests.pipelines.imported_study import Place


@pytest.fixture
def place(tmp_path):
    """A study without images in a folder of its own."""
    return Place(tmp_path)
