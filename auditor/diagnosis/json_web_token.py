"""Takes JSON Web Tokens out of a text and apart, here and now: nothing is sent."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.signature import PublicKey, check_signature

LONGEST = 100_000
"""Characters. Okta's own limit for a token is far below; headers hold 8,000 to 16,000."""
MASKED = "somebody masked or shortened it: only its beginning is here"
"""The problem of a token that is not at fault itself."""
IN_ITS_PLACE = "(a-token)"
"""What stands for a token in the text that is searched further."""

_PARTS_OF_SIGNED, _PARTS_OF_ENCRYPTED = 3, 5
_MOST = 20
_JWT = re.compile(
    r"\b(?:eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}"
    r"|e(?:yA|wo|w0)[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4})"
)
"""A header is JSON, which begins with a brace, and then a quotation mark or white space."""
_REST = re.compile(
    r"(?:\r?\n[ \t>|]{0,40}[A-Za-z0-9_.-]{16,})+(?:\r?\n[ \t>|]{0,40}[A-Za-z0-9_.-]+)?"
)
"""Further lines of a token that was broken to fit a terminal, a mail or a YAML file."""
_BEHIND = re.compile(r"\b((?i:bearer|dpop))\s{1,4}$")
_SCHEMES = {"bearer": "Bearer", "dpop": "DPoP"}
_BEGINNINGS = ("eyJhbGci", "eyJraWQi", "eyJ0eXAi")
"""How the header of a token begins, in base64: `{"alg`, `{"kid`, `{"typ`."""
_MASK = re.compile(
    r"\*{3,}|(?:\.\.\.|\u2026)(?=[\sA-Za-z0-9_\"'-]|$)|\[(?i:redacted|truncated|snip)"
)
_MASKED_PART = re.compile(r"[xX]{6,}|[-_]{6,}")
_NOT_OF_TOKENS = re.compile(r"[\s|>]+")


def take_tokens(text: str) -> tuple[dict[str, str], str]:
    """The tokens of a text, each once, with their schemes; and the text without any of them.

    Args:
        text: any text.
    """
    tokens: dict[str, str] = {}
    pieces: list[str] = []
    end = 0
    for match in _JWT.finditer(text):
        if match.start() < end:
            continue
        pieces.append(text[end : match.start()])
        # Beyond that nobody looks, so that the time grows with the text's length alone.
        looked_at = len(pieces) < 2 * _MOST
        token, end = _whole(text, match) if looked_at else (match[0], match.end())
        pieces.append(IN_ITS_PLACE)
        if ("." in token or token.startswith(_BEGINNINGS)) and len(tokens) < _MOST:
            behind = _BEHIND.search(text, max(0, match.start() - 12), match.start())
            tokens.setdefault(token, _SCHEMES[behind[1].lower()] if behind else "")
    pieces.append(text[end:])
    return tokens, "".join(pieces)


def _whole(text: str, match: re.Match[str]) -> tuple[str, int]:
    """A token, with its further lines if it was broken, and where it ends."""
    token, end = match[0], match.end()
    complete = token.count(".") >= _PARTS_OF_SIGNED - 1 and len(token) - token.rindex(".") > 40  # noqa: PLR2004 - the shortest signature has 43
    if complete or len(token) > LONGEST:
        return token, end
    if rest := _REST.match(text, end, end + LONGEST):
        lines = token + rest[0]
        if read_token(_NOT_OF_TOKENS.sub("", lines)).problem == "":
            return lines, rest.end()
    if token.endswith(".."):
        return f"{token.rstrip('.')}…", end
    if mask := _MASK.match(text, end):
        return f"{token}…", mask.end()
    return token, end


def token_clue(text: str, scheme: str, keys: Sequence[PublicKey]) -> TokenClue:
    """A token taken apart, and its signature checked.

    Args:
        text: the token, without a scheme; with an ellipsis at its end if it was masked; with line
            breaks if it was broken.
        scheme: the scheme that it stands behind.
        keys: public keys that are known.
    """
    broken = "\n" in text
    text = _NOT_OF_TOKENS.sub("", text) if broken else text
    clue = replace(read_token(text), scheme=scheme, broken=broken)
    unsigned = str(clue.header.get("alg", "")).lower() == "none"
    if clue.problem or unsigned or not keys:
        return clue
    return replace(clue, signature=check_signature(text, clue.header, keys))


def read_token(text: str) -> TokenClue:  # noqa: PLR0911 - each problem ends the reading
    """The header and the claims of a token.

    Args:
        text: as for `token_clue`, in one line.
    """
    if len(text) > LONGEST:
        return TokenClue({}, {}, f"it has {len(text):,} characters, which no token has")
    parts = text.split(".")
    header = _object(parts[0])
    if text.endswith("…") or any(map(_MASKED_PART.fullmatch, parts[1:])):
        return TokenClue(header or {}, {}, MASKED)
    if header is None:
        return TokenClue({}, {}, "its header is not JSON: it is cut off, or no token")
    if len(parts) == _PARTS_OF_ENCRYPTED:
        return TokenClue(header, {}, "it is encrypted, so that only its audience can read it")
    if len(parts) != _PARTS_OF_SIGNED:
        return TokenClue(header, {}, "it is cut off: a token has three parts, with dots between")
    claims = _object(parts[1])
    if claims is None:
        if str(header.get("cty", "")).lower() == "jwt" or parts[1].startswith("ZXlK"):
            return TokenClue(
                header, {}, "it holds another token (nested), which no token of Okta's does"
            )
        return TokenClue(header, {}, "its claims are not JSON: it is cut off or was changed")
    unsigned = str(header.get("alg", "")).lower() == "none"
    problem = "" if parts[2] or unsigned else "its signature is missing: it is cut off"
    return TokenClue(header, claims, problem)


def _object(part: str) -> dict[str, Any] | None:
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = orjson.loads(decoded)
    except (binascii.Error, ValueError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None
