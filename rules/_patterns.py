"""Names that a rule's options describe by patterns."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache
from typing import Annotated

from pydantic import StringConstraints

Patterns = tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...]
"""Shell-style patterns, as an option's type."""


def matches(patterns: tuple[str, ...], *names: str) -> bool:
    """Whether one of the names is described by one of the patterns; capitals do not count.

    >>> matches(("full?access", "[*]"), "Full_Access"), matches(("admin",), "administer")
    (True, False)
    """
    compiled = _compiled(patterns)
    return any(compiled.match(name) for name in names)


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)", re.IGNORECASE)
