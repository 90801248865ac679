"""Values as TOML, which the standard library only reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


def plain(value: Any) -> Any:
    """A setting's value without our types: a table of typed keys becomes a mapping."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def literal(value: Any) -> str:
    """A setting's value as a TOML value in one line; None, which TOML lacks, as `(not set)`."""
    if isinstance(value, Mapping):
        members = (f"{key(name)} = {literal(item)}" for name, item in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, (str, Path)):
        return _text(value.as_posix() if isinstance(value, Path) else str(value))
    if isinstance(value, bool):
        return str(value).lower()
    return "(not set)" if value is None else str(value)


def key(name: str) -> str:
    """A key, in quotes if it needs them."""
    return name if _BARE.match(name) else _text(name)


def _text(text: str) -> str:
    """JSON's escapes are TOML's, but for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
