"""Suppressions that stand above a block of HCL.

    # okta-auditor: ignore[OAM301] closed next week, owner ada, expires 2027-01-31

The rules' codes, a reason, who answers for it, a ticket if there is one, and the last day. They
come to the same as an entry of the file of suppressions for the object of the block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_COMMENT = re.compile(
    r"\s*(?:#|//|/\*)\s*okta-auditor:\s*ignore\s*\[([^\]]*)\]\s*(.*?)\s*(?:\*/)?\s*\Z"
)
_MARK = re.compile(r"\s*(?:#|//|/\*)\s*okta-auditor:")
_TERMS = ("owner", "ticket", "expires")


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """One comment, taken apart."""

    codes: tuple[str, ...]
    terms: dict[str, str | date]
    """`reason`, `owner`, `ticket` and `expires`, as far as they are there."""


def ignore_comment(text: str) -> IgnoreComment | None:
    """The suppression in a comment; None if it is none.

    Raises:
        ValueError: it begins as one and cannot be understood; the message says why.
    """
    if not _MARK.match(text):
        return None
    found = _COMMENT.match(text)
    if found is None:
        raise ValueError("write `okta-auditor: ignore[OAM301] reason, owner NAME, expires DATE`")
    codes = tuple(code.strip() for code in found[1].split(",") if code.strip())
    if not codes:
        raise ValueError("no rule is named between the brackets")
    reasons: list[str] = []
    terms: dict[str, str | date] = {}
    for part in found[2].split(","):
        word, _, rest = part.strip().partition(" ")
        if word in _TERMS and rest:
            terms[word] = _day(rest.strip()) if word == "expires" else rest.strip()
        elif part.strip():
            reasons.append(part.strip())
    if reasons:
        terms["reason"] = ", ".join(reasons)
    return IgnoreComment(codes, terms)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"expires: {text!r} is no day such as 2027-01-31") from None
