"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from schemas import check_files


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process waits for another at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def files_fit_their_schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fails if the tool accepts a file, of those that tests left, which its schema refuses."""
    yield
    check_files(tmp_path_factory.getbasetemp())
