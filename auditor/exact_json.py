"""JSON without loss: integers of any size stay what they are.

orjson is ten times as fast as Python's own module, but makes a float of an integer that 64 bits
do not hold. So it reads what cannot hold one, which is nearly everything.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import orjson

# 2**63 has 19 digits.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


def loads(document: bytes) -> Any:
    """The value of a JSON document in UTF-8.

    Raises:
        ValueError: it is not JSON, or is nested too deeply.
    """
    value = orjson.loads(document)
    if _LONG_NUMBER.search(document) is None:
        return value
    return json.loads(document, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """A value as JSON on one line; halves of characters are escaped."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def indented(value: Any) -> str:
    """A value as JSON of a member a line, with a line break at its end."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"
    except TypeError:
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
