"""Asks git about a repository. Nothing of the repository is run or changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_TIMEOUT_S = 60
_SAFE = ("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


class GitError(Exception):
    """There is no git, or it refused."""


def run_git(folder: Path, *words: str) -> bytes:
    """What git prints.

    Args:
        folder: within the repository.
        words: the command and its arguments.

    Raises:
        GitError: there is no git, it refused, or it did not end within a minute.
    """
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed")
    # A variable of a hook that runs us would name another repository.
    environment = {key: value for key, value in os.environ.items() if key != "GIT_DIR"}
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, a ref comes after --end-of-options
            [program, *_SAFE, "-C", str(folder), *words],
            env={**environment, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(lines[-1] if lines else f"git ended with {error.returncode}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(str(error)) from None
    return done.stdout
