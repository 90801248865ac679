"""Keyed hashes in place of people: with the same key the same person has the same pseudonym.

Without the key nobody can try out who it is. Evidence and files of log events use the same ones, so
that they fit together.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

from auditor.errors import UsageError

SHORTEST_KEY = 32
"""Bytes. A shorter key could be found by trying, with a login that is known."""

KEY_VARIABLE = "OKTA_AUDITOR_REDACTION_KEY"

_WORD = re.compile(r"""[^\s"'`<>()\[\]{},;:/\\|?&=#$!]+""")
_ADDRESS = re.compile(r"[^@%]+(?:@|%40)[^@%]+\.[^@%.]+", re.IGNORECASE)
_USER_ID = re.compile(r"00u[0-9A-Za-z]{17}")


def check_key(key: bytes, where: str) -> bytes:
    """The key without the line end that editors add.

    Raises:
        UsageError: it is too short to keep anything secret.
    """
    key = key.rstrip(b"\r\n")
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"{where} has fewer than {SHORTEST_KEY} bytes, too few for a key.",
            remedy="Make one with: openssl rand -hex 32 > FILE, and keep it for later nights.",
        )
    return key


class Pseudonyms:
    """The pseudonyms that a key makes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def key_mark(self) -> str:
        """What tells keys apart, and says nothing of the key."""
        return self._hashed("key", "").removeprefix("key-")[:8]

    def person(self, identity: str) -> str:
        """The pseudonym of an id."""
        return self._hashed("person", identity)

    def login(self, login: str) -> str:
        """The pseudonym of a login or an address; letters' case does not matter."""
        return self._hashed("login", login.lower().replace("%40", "@"))

    def text(self, text: str, known: Callable[[str], str | None] = lambda _: None) -> str:
        """The text with ids of users and addresses replaced.

        Args:
            text: any text.
            known: gives the pseudonym of a word that is another name of a person.
        """
        return _WORD.sub(lambda word: self._word(word[0], known), text)

    def _word(self, word: str, known: Callable[[str], str | None]) -> str:
        bare = word.rstrip(".")
        rest = word[len(bare) :]
        if (pseudonym := known(bare)) is not None:
            return pseudonym + rest
        if _USER_ID.fullmatch(bare):
            return self.person(bare) + rest
        if _ADDRESS.fullmatch(bare):
            return self.login(bare) + rest
        return word

    def _hashed(self, kind: str, value: str) -> str:
        digest = hmac.digest(self._key, f"{kind}\0{value}".encode(errors="surrogatepass"), "sha256")
        return f"{kind}-{digest.hex()[:32]}"
