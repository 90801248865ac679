"""Takes a client's own credentials out of what servers answer, in whatever form they echo them.

It stands where answers come in, so that nobody behind it has to think of it: not the snapshot,
the journal, a message or a log.
"""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson
from multidict import CIMultiDict, CIMultiDictProxy, MultiMapping

from auditor.snapshot.credentials_in_text import REDACTED

_SHORTEST_SECRET = 8
"""A shorter one may be a word that stands in answers for other reasons."""
_SHORTEST_PASSWORD = 4

_ESCAPE = re.compile(
    r"%([0-9a-fA-F]{2})|\\{1,4}u([0-9a-fA-F]{4})|&#(\d{1,6});|&#[xX]([0-9a-fA-F]{1,5});|\\{1,4}(?=/)"
)
_BASES = (16, 16, 10, 16)
_MOST_LAYERS = 3


class Scrubber:
    """Replaces credentials by `[redacted]`: as they are, in other case, escaped, in base64.

    Args:
        secrets: what is a credential wherever it stands.
        passwords: what is one where a server says what went wrong, but may be a word elsewhere,
            such as the password of a proxy.
    """

    def __init__(self, secrets: Iterable[str] = (), passwords: Iterable[str] = ()) -> None:
        self._secrets = _Needles()
        self._errors = _Needles()
        self.learn(*secrets)
        for password in passwords:
            if len(password) >= _SHORTEST_PASSWORD:
                self._errors.add(password)

    def learn(self, *secrets: str) -> None:
        """Take further credentials out from now on."""
        for secret in secrets:
            if len(secret) >= _SHORTEST_SECRET:
                self._secrets.add(secret)
                self._errors.add(secret)
            elif len(secret) >= _SHORTEST_PASSWORD:
                self._errors.add(secret)

    def without(self, *secrets: str) -> Scrubber:
        """A scrubber that takes out what this one does, and the credentials of one request."""
        secrets = tuple(secret for secret in secrets if not self._errors.has(secret))
        if not any(secrets):
            return self
        other = Scrubber()
        other._secrets = self._secrets.copy()
        other._errors = self._errors.copy()
        other.learn(*secrets)
        return other

    def words(self, text: str) -> str:
        """What somebody says of an error."""
        return self._errors.scrubbed(text)

    def value(self, value: Any) -> Any:
        """A JSON value; names of members are texts, too."""
        return _mapped(value, self._secrets)

    def headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of an answer."""
        items = headers.items()
        if not any(map(self._secrets.stand_in, headers.values())):
            return headers
        clean = CIMultiDict((name, self._secrets.scrubbed(text)) for name, text in items)
        return CIMultiDictProxy(clean) if isinstance(headers, MultiMapping) else clean

    def body(self, body: bytes, *, error: bool) -> bytes:
        """The body of an answer; JSON stays JSON.

        Args:
            body: as it came.
            error: whether it says what went wrong.
        """
        needles = self._errors if error else self._secrets
        if not needles.stand_in(body.decode("utf-8", "replace")):
            return body
        try:
            return orjson.dumps(_mapped(orjson.loads(body), needles))
        except (ValueError, TypeError, RecursionError):
            return REDACTED.encode()  # no JSON, or none that anybody reads


class _Needles:
    """What is looked for in texts, in lower case."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def copy(self) -> _Needles:
        other = _Needles()
        other._texts = dict(self._texts)
        return other

    def has(self, secret: str) -> bool:
        return secret.lower() in self._texts

    def add(self, secret: str) -> None:
        if not self.has(secret):
            self._texts |= dict.fromkeys(form.lower() for form in _forms(secret))
            vars(self).pop("_pattern", None)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._texts, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def stand_in(self, text: str) -> bool:
        """Whether one of them is in a text, however often it is escaped."""
        for _ in range(_MOST_LAYERS):
            lower = text.lower()
            if any(needle in lower for needle in self._texts):
                return True
            if not any(mark in text for mark in ("%", "\\", "&#")):
                return False
            text = _ESCAPE.sub(_unescaped, text)
        lower = text.lower()
        return any(needle in lower for needle in self._texts)

    def scrubbed(self, text: str) -> str:
        """The text without them."""
        if not self.stand_in(text):
            return text
        text = self._pattern.sub(REDACTED, text)
        return REDACTED if self.stand_in(text) else text


def _mapped(value: Any, needles: _Needles) -> Any:
    if isinstance(value, str):
        return needles.scrubbed(value)
    if isinstance(value, list):
        return [_mapped(item, needles) for item in value]
    if isinstance(value, dict):
        return {needles.scrubbed(key): _mapped(item, needles) for key, item in value.items()}
    return value


def _forms(secret: str) -> Iterator[str]:
    """The secret, and what base64 makes of it at each of the three places it can begin at."""
    yield secret
    data = secret.encode()
    for before in range(3):
        encoded = b64encode(b"\0" * before + data).decode()
        # The first and the last characters depend on what stands beside the secret.
        begin, end = (0, 2, 3)[before], len(encoded) - (4 if (before + len(data)) % 3 else 0)
        core = encoded[begin:end]
        if len(core) >= _SHORTEST_SECRET:
            yield core
            yield core.translate({ord("+"): "-", ord("/"): "_"})


def _unescaped(escape: re.Match[str]) -> str:
    for digits, base in zip(escape.groups(), _BASES, strict=True):
        if digits and (code := int(digits, base)) <= sys.maxunicode:
            return chr(code)
    return "" if escape[0].startswith("\\") else escape[0]
