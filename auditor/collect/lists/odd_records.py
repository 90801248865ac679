"""Records that are set aside, because they cannot be understood or not be kept.

One odd record never costs more than itself: it is named in the ledger, nothing is asked for with
its id, and all others of its list are as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from auditor.collect.fetch.bounds import LONGEST_ID
from auditor.collect.fetch.json_values import UnreadableItem
from auditor.snapshot.credentials_in_text import REDACTED, without_credentials
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.users import plain
from auditor.text import one_line

NO_ID = "id: missing or not a string"
CREDENTIAL = "id: holds a credential"
ODD_ID = "id: not one of Okta's, so nothing is asked for with it"
ODD_KEY = "the key of its {}: not one of Okta's ids, so nothing is asked for with it"
HALF = "its text holds half a character (a lone surrogate)"
TWIN = "id: another record of the same page has it"
_LONGEST_NAME = 80

# What a segment of a path may hold (RFC 3986), but for escapes, and no dots alone.
_IDENTIFIER = re.compile(rf"(?!\.{{1,2}}\Z)[A-Za-z0-9._~!$&'()*+,;=:@-]{{1,{LONGEST_ID}}}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class OddRecordError(Exception):
    """A record that is set aside.

    Args:
        name: its id or its position.
        reason: why.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


def packable(position: int, value: Any) -> Any:
    """A record that is fit to be packed.

    Raises:
        OddRecordError: it is not.
    """
    bad = unreadable(value)
    identity = value.get("id") if isinstance(value, dict) else None
    if bad is not None:
        raise OddRecordError(shown_name(bad.record, position), bad.reason)
    if not isinstance(identity, str):
        raise OddRecordError(f"#{position}", NO_ID)
    if REDACTED in without_credentials(identity):
        raise OddRecordError(f"#{position}", CREDENTIAL)
    if not is_identifier(identity):
        raise OddRecordError(shown_name(identity, position), ODD_ID)
    if not all(whole(value.get(key)) for key in ("scope", "status")):
        raise OddRecordError(shown_name(identity, position), HALF)
    return value


def unreadable(value: Any) -> Quarantined | None:
    """Why an item of a list could not be read; None for one that was."""
    if not isinstance(value, UnreadableItem):
        return None
    return Quarantined(path="", record=value.identity or "", reason=value.reason)


def plainly_a_user(value: Any) -> bool:
    """Whether a record is a user of the usual shape, with an id that may be asked for."""
    return plain(value) and is_identifier(value["id"])


def is_identifier(text: str) -> bool:
    """Whether a text may stand in an address as it is."""
    return _IDENTIFIER.fullmatch(text) is not None


def shown_name(identity: str, position: int) -> str:
    """How a record that is set aside is called."""
    shown = one_line(without_credentials(identity[:_LONGEST_NAME]))
    return shown or f"#{position}"


def whole(value: Any) -> bool:
    """Whether the texts of a JSON value hold whole characters only."""
    try:
        orjson.dumps(value)
    except TypeError:  # that, or an integer that 64 bits do not hold
        return not any(_SURROGATE.search(text) for text in _texts(value))
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
