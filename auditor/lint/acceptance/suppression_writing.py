"""Writing an entry to a file of suppressions, beneath what people have written there."""

from __future__ import annotations

import json
import re

from auditor.lint.acceptance.suppression import Suppression

_CODE_POINT = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""What TOML wants escaped and JSON does not, and what no reviewer would see."""


def with_entry(text: str, suppression: Suppression) -> str:
    """The file's text with one more entry at its end; nothing else changes.

    Args:
        text: the file as it is, which may be empty.
        suppression: the entry.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    values = suppression.model_dump(exclude_none=True)
    lines = ["[[suppression]]", *(f"{key} = {_value(value)}" for key, value in values.items())]
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + gap + newline.join([*lines, ""])


def _value(value: object) -> str:
    return _string(value) if isinstance(value, str) else str(value)


def _string(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for surrogates, which TOML has none of."""
    whole = value.encode("utf-8", "replace").decode()
    return _CODE_POINT.sub(
        lambda character: f"\\U{ord(character[0]):08x}", json.dumps(whole, ensure_ascii=False)
    )
