"""The scripts that make a release, run as its workflow runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github/release"


def run_script(
    name: str, *words: object, umask: int = -1, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run one of them with this environment's Python.

    Args:
        name: of the file.
        words: its arguments.
        umask: what the shell had set; as it is if negative.
        variables: of the environment.
    """
    return subprocess.run(
        [sys.executable, SCRIPTS / name, *map(str, words)],
        env={**os.environ, **variables},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
