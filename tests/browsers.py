"""Chromium for tests, and what axe-core says of a page that it shows.

Without them tests are skipped; where CI is set they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""What distributions call it."""

_AXE = Path(__file__).parents[1] / ".tools/node_modules/axe-core/axe.min.js"


def chromium() -> str | None:
    """The path of the first browser there is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser that asks for nothing by itself."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not always installed
    except ImportError:
        unavailable("the Python package playwright is not installed")
    executable = chromium()
    if not executable:
        unavailable("no Chromium is installed: make browser")
    quiet = ("background-networking", "component-update", "sync", "quic", "gpu")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--no-first-run", *(f"--disable-{part}" for part in quiet)],
        )
        yield started
        started.close()


def grave_problems(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core calls serious or critical about a page, with the elements."""
    if not _AXE.exists():
        unavailable("axe-core is not installed: make tools")
    page.evaluate(_AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 10, "it looked at hardly anything"
    return [
        (issue["id"], [node["html"] for node in issue["nodes"]])
        for issue in found["violations"]
        if issue["impact"] in {"serious", "critical"}
    ]
