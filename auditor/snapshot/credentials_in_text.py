"""Credentials in texts: what plainly is one is replaced wherever it stands.

Which fields are kept at all is decided by `kept_fields`; this is for names, descriptions,
addresses and expressions, into which people paste what does not belong there. It is also for
the words of servers, which may echo what a request carried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REDACTED = "[redacted]"
_HIDDEN_USER = "redacted"
"""In an address: brackets before the host would make it none."""

# RFC 7468, cut off or not.
_PEM = (
    r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
# JWS and JWE in compact form (RFC 7515, 7516): the first part is base64url of `{"` or `{ `.
_JWT = r"(?<![\w-])e[yw][A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}"
# Private and symmetric members of a JWK (RFC 7518, 6).
_JWK = r"""((?P<quote>["'])(?:d|p|q|dp|dq|qi|k)(?P=quote)\s*:\s*["'])[A-Za-z0-9_-]{16,}={0,2}"""
# In an Authorization header. Plain words behind the name of a scheme are prose.
_SCHEME = (
    r"\b((?i:SSWS|Bearer|DPoP|Basic)(?:\s+|%20|\+))"
    r"(?![A-Za-z]?[a-z]{0,20}(?:[-_/'][A-Za-z]?[a-z]{0,20})*(?:[\s.,;:!?)\"]|\Z))"
    r"[A-Za-z0-9._~+/=%:-]{8,}"
)
# Okta's API tokens (its ids are shorter), and those of AWS, GitHub, GitLab, Slack and Google.
_KNOWN_FORM = (
    r"(?<![\w-])(?:00[\w-]{40}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{30,}|"
    r"glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{35})(?![\w-])"
)
_USER_OF_ADDRESS = r"(://)[^\s/?#@\"'<>]+@"
_WORD = (
    r"(?:(?:client|shared)[_-]?secret|secret|password|passwd|pwd|(?:api|access|private)[_-]?key|"
    r"(?:access|refresh|id|api|auth)[_-]?token|token|credentials?|client[_-]?assertion)"
)
_QUERY = (
    rf"([?&;#](?i:[\w.-]*{_WORD}|code|sig|signature|jwt|auth|authorization|key|pw|pass)=)"
    r"[^&#;\s\"'<>]+"
)
# A value has a digit, or any word behind a colon would be one.
_ASSIGNMENT = (
    rf"\b((?i:{_WORD})[\"']?\s*[:=]\s*[\"']?)(?=[^\s\"'&;,<>]{{0,200}}\d)[^\s\"'&;,<>]{{6,}}"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of credentials, what replaces them, and marks of which a text with one has any."""

    pattern: re.Pattern[str]
    replacement: str
    marks: tuple[str, ...]
    """In lower case. Nearly all texts have none, and there are millions of texts."""


_MARKS_OF_WORDS = ("secret", "passw", "pwd", "key", "token", "credential", "assertion")
_FORMS = (
    _Form(re.compile(_PEM), REDACTED, ("-----begin",)),
    _Form(re.compile(_JWT), REDACTED, ("ey", "ew")),
    _Form(re.compile(_JWK), rf"\1{REDACTED}", ("'", '"')),
    _Form(re.compile(_SCHEME), rf"\1{REDACTED}", ("ssws", "bearer", "dpop", "basic")),
    _Form(
        re.compile(_KNOWN_FORM),
        REDACTED,
        ("00", "akia", "gh", "github_pat_", "glpat-", "xox", "aiza"),
    ),
    _Form(re.compile(_USER_OF_ADDRESS), rf"\1{_HIDDEN_USER}@", ("://",)),
    _Form(re.compile(_QUERY), rf"\1{REDACTED}", ("=",)),
    _Form(re.compile(_ASSIGNMENT), rf"\1{REDACTED}", _MARKS_OF_WORDS),
)
_LONGEST_ID = 20


def without_credentials(text: str) -> str:
    """The text with everything that is plainly a credential replaced by `[redacted]`."""
    if len(text) <= _LONGEST_ID and text.isalnum() and not text.startswith("AKIA"):
        return text  # nothing else takes so little, and most texts are ids
    lower = text.lower()
    for form in _FORMS:
        for mark in form.marks:
            if mark in lower:
                text = form.pattern.sub(form.replacement, text)
                break
    return text
