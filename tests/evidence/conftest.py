"""Bundles that several tests need, made by the real command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bundle_forgery import unpacked
from helpers import okta_auditor, snapshot_file, tenant

from auditor.snapshot.document import parse_snapshot, read_document, write_snapshot

FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)


def night(folder: Path, number: int) -> Path:
    """A snapshot of the small tenant, captured on a night; the first is number 0."""
    folder.mkdir(exist_ok=True)
    path = snapshot_file(folder, tenant())
    snapshot = parse_snapshot(read_document(path), path)
    end = FIRST + timedelta(days=number)
    capture = snapshot.capture.model_copy(
        update={"started_at": end - timedelta(minutes=5), "finished_at": end}
    )
    write_snapshot(snapshot.model_copy(update={"capture": capture}), path)
    return path


def series(folder: Path, nights: int, *options: object) -> list[Path]:
    """Bundles of as many nights, each naming the one before."""
    made: list[Path] = []
    for number in range(nights):
        snapshot = night(folder / "snapshots", number)
        target = folder / f"night-{number:02}"
        before = ("--previous", made[-1]) if made else ()
        done = okta_auditor(
            "evidence", "export", snapshot, "-o", target, "--no-config", *before, *options
        )
        assert done.exit_code in {0, 3}, done.shown
        made.append(target)
    return made


@pytest.fixture(scope="module", params=["folders", "zips"])
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three signed nights, the files of zip files below `zips`; `key.pub` lies beside them."""
    folder = tmp_path_factory.mktemp("three") / request.param
    folder.mkdir()
    assert okta_auditor("evidence", "keygen", "-o", folder / "key").exit_code == 0
    key = ("--key", folder / "key")
    if request.param == "folders":
        return series(folder, 3, *key)
    archives = folder / "archives"
    archives.mkdir()
    made = series(archives, 3, *key, "--zip")
    return [unpacked(path, folder / path.name) for path in made]


@pytest.fixture
def copied(three: list[Path], tmp_path: Path) -> Callable[[], list[Path]]:
    """Makes a copy of the three nights that a test may tamper with."""

    def copy() -> list[Path]:
        target = tmp_path / three[0].parent.name
        return [Path(shutil.copytree(item, target / item.name)) for item in three]

    return copy
