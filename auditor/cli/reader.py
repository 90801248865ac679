"""Who reads what is printed: how wide their terminal is, and how their shell calls us."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import IO

from auditor.lint.presentation import DEFAULT_WIDTH, PROGRAM, Presentation

_NARROWEST, _WIDEST = 40, 200
"""Columns between which a text is worth laying out."""


def reader(*, show_ids: bool = False) -> Presentation:
    """How whoever reads standard output wants it."""
    return Presentation(columns(), show_ids, program())


def columns(stream: IO[str] | None = None) -> int:
    """How wide a text for a stream may be, standard output unless another is named.

    As wide as COLUMNS says, else as the terminal is, else 80: a log has no width.
    """
    wide = os.environ.get("COLUMNS", "")
    if not (wide.isdecimal() and int(wide)):
        try:
            wide = str(
                os.get_terminal_size((stream or sys.stdout).fileno()).columns or DEFAULT_WIDTH
            )
        except (AttributeError, OSError, ValueError):  # no terminal, or a stream without a file
            wide = str(DEFAULT_WIDTH)
    return min(max(int(wide), _NARROWEST), _WIDEST)


def program() -> str:
    """What to type for `okta-auditor`: its path where the shell would not find it, or another."""
    called = Path(sys.argv[0])
    if called.stem != PROGRAM or not called.is_file():  # as a module, or by a program
        return PROGRAM
    found = shutil.which(PROGRAM)
    if found is not None and Path(found).resolve() == called.resolve():
        return PROGRAM
    return shlex.quote(str(called))
