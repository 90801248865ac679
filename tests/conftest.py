"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from schemas import check_files


@pytest.fixture(scope="session", autouse=True)
def files_fit_their_schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fails if the tool accepts a file, of those that tests left, which its schema refuses."""
    yield
    check_files(tmp_path_factory.getbasetemp())
