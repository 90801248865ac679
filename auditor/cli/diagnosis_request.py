"""The request that failed, as far as what a person gave to `diagnose` tells of it."""

from __future__ import annotations

from auditor.diagnosis.clues import Clues, RequestClue
from auditor.diagnosis.request_words import RequestWords
from auditor.diagnosis.requests_in_text import likeliest
from auditor.text import quoted


def request_of(clues: Clues) -> RequestClue | None:
    """The request that the first error is the answer to; None if nothing tells of one."""
    error = clues.errors[0] if clues.errors else None
    if error is None:
        return likeliest(clues.requests)
    return likeliest(clues.requests, error.at, error.source)


def words_of(asked: RequestClue | None, clues: Clues) -> RequestWords:
    """What is known of the request, from its own words and from the first token.

    Args:
        asked: the request as its own words tell it.
        clues: all that was given.
    """
    claims = clues.tokens[0].claims if clues.tokens else {}
    of_token = RequestWords(server=_claim(claims, "iss"), client=_claim(claims, "cid"))
    if asked is None:
        return of_token
    return RequestWords(
        server=asked.server,
        client=asked.client,
        grant=asked.grant,
        user=asked.user,
        scopes=asked.scopes,
        scope_omitted=True if asked.scope_omitted and not asked.scopes else None,
        response_type=asked.response_type,
        redirect_uri=asked.redirect_uri,
        logout_redirect_uri=asked.logout_redirect_uri,
        prompt=asked.prompt,
        pkce=asked.pkce,
    ).or_else(of_token)


def parts_of(asked: RequestClue) -> str:
    """What was read of the request, each part with its name."""
    parts = {
        "server": asked.server,
        "client": asked.client,
        "grant type": asked.grant,
        "user": asked.user,
        "scopes": " ".join(asked.scopes) if asked.scopes else None,
    }
    named = [f"{name} {quoted(text)}" for name, text in parts.items() if text]
    if asked.elsewhere:
        named.append("the rest was pushed to /v1/par before (request_uri)")
    return ", ".join(named)


def _claim(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None
