"""The picture in the README: small, of the size that the script takes, and told in words too."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from browsers import chromium
from release_scripts import ROOT

PICTURE = ROOT / "docs/images/report.png"


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG file."""
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_the_readme_shows_a_small_picture_with_words_for_who_sees_none() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\((docs/images/[\w.]+)\)", (ROOT / "README.md").read_text())
    assert [path for _, path in shown] == ["docs/images/report.png"]
    assert len(shown[0][0]) > 20
    assert PICTURE.stat().st_size < 200_000


@pytest.mark.slow
@pytest.mark.browser
def test_the_script_takes_such_a_picture(tmp_path: Path) -> None:
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium: make browser")
    out = tmp_path / "images/report.png"

    subprocess.run([sys.executable, ROOT / "docs/screenshot.py", out], check=True)

    assert size(out) == size(PICTURE)
    assert out.stat().st_size < 200_000
