"""When a token is valid: `exp`, `nbf` and `iat` held against a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.diagnosis.token_remark import TokenRemark
from auditor.text import counted

SKEW = timedelta(minutes=5)
"""By how much clocks differ without anybody being wrong."""

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_MILLISECONDS = 100_000_000_000
"""As seconds a year beyond 5000."""


def issued_at(claims: dict[str, Any]) -> datetime | None:
    """When a token was issued; None if it does not say, or in no seconds of this age."""
    return _moment(claims.get("iat"))


def time_remarks(claims: dict[str, Any], now: datetime) -> Iterator[TokenRemark]:
    """What there is to say of the times of a token.

    Args:
        claims: the token's.
        now: the time by which it is judged.
    """
    value: Any = claims.get("exp")
    expiry = _moment(value)
    if _is_number(value) and value > _MILLISECONDS:
        yield TokenRemark(f"Its exp is {value:,}: these are milliseconds, and exp is in seconds.")
    elif expiry is None:
        yield TokenRemark(
            "It does not say when it expires (exp), which every token of Okta's does."
        )
    elif expiry <= now:
        yield TokenRemark(f"It expired on {_at(expiry)}. That was {_ago(now - expiry)} before.")
    else:
        yield TokenRemark(f"It is valid until {_at(expiry)}.", wrong=False)
        if expiry - now <= SKEW:
            yield TokenRemark(
                f"That is {_ago(expiry - now)} later: where a clock goes ahead by as much, it has "
                "expired already.",
                wrong=False,
            )
    issued = _moment(claims.get("iat"))
    if issued and expiry and expiry <= issued:
        yield TokenRemark("It expires before it was issued (exp, iat): no token of Okta's does.")
    for name in ("nbf", "iat"):
        moment = _moment(claims.get(name))
        if moment is None or moment <= now:
            continue
        sentence = (
            f"Its {name} lies in the future ({_at(moment)}): a clock is wrong, here or there."
        )
        if moment - now <= SKEW:
            sentence = (
                f"Its {name} lies {_ago(moment - now)} in the future: a validator without "
                "tolerance for clocks refuses it until then."
            )
        yield TokenRemark(sentence, wrong=moment - now > SKEW)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d at %H:%M:%S} UTC"


def _ago(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return counted(seconds // length, unit)
    return counted(seconds, "second")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _moment(value: Any) -> datetime | None:
    if not _is_number(value) or not 0 <= value < _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)
