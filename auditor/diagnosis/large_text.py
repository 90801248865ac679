"""What of a very large text is looked at: the parts around errors and requests, and its two ends.

Dozens of patterns on a log of 100 MB take minutes, and nearly all of it is about requests that
went well. How much was left out is said wherever that happens.
"""

from __future__ import annotations

from collections.abc import Iterator

_LARGEST_WHOLE = 2_000_000
"""Characters. What is smaller is looked at as a whole."""
_LARGEST_PARTS = 2_000_000
_AROUND = 2_000
_END = 20_000
_MOST = 100
"""Places of a sign that are looked at, from either end."""

_SIGNS = (
    "error_description", "errorSummary", "E0000", "access_denied", "invalid_", "unauthorized_",
    "HTTP/1.1 4", "HTTP/2 4", "HTTP/1.1 5", "HTTP/2 5", "not assigned", "ate-limit-remaining: 0",
    "IDX1", "denied", "nvalid", "xpired", "ERROR", "Error", "error", "failed", "grant_type",
    "/v1/authorize", "/v1/token", "client_id", "clientId", "CLIENT_ID", "issuer", "x-rate-limit",
    "X-Rate-Limit", "uthorization",
)  # fmt: skip
"""What stands near an error or a request, the surest first."""


def parts_looked_at(text: str) -> tuple[str, int]:
    """The text, or of a very large one the parts around errors; and how many characters are not.

    Args:
        text: without tokens.
    """
    if len(text) <= _LARGEST_WHOLE:
        return text, 0
    spans = [(0, _END), (len(text) - _END, len(text))]
    size = 2 * _END
    for at in _places(text):
        if size >= _LARGEST_PARTS:
            break
        spans.append((max(0, at - _AROUND), at + _AROUND))
        size += 2 * _AROUND
    parts = [text[start:end] for start, end in _merged(spans)]
    return "\n".join(parts), len(text) - sum(map(len, parts))


def _places(text: str) -> Iterator[int]:
    for sign in _SIGNS:
        at = -1
        for _ in range(_MOST):
            at = text.find(sign, at + 1 if at < 0 else at + _AROUND)
            if at < 0:
                break
            yield at
        first, at = at, len(text)
        for _ in range(_MOST if first >= 0 else 0):
            at = text.rfind(sign, first, max(first, at - _AROUND if at < len(text) else at))
            if at < 0:
                break
            yield at


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
