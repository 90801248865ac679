"""The request that failed, as far as what a person gave to `diagnose` tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.cli.diagnosis.inputs import NamedText
from auditor.diagnosis.clues import Clues, LogCounts, RequestClue
from auditor.diagnosis.request_words import RequestWords
from auditor.diagnosis.requests_in_text import likeliest
from auditor.errors import AuditorError
from auditor.snapshot.org import Org
from auditor.text import counted, quoted
from auditor.tokens.lookup.records import find_client


def request_of(clues: Clues, org: Org | None, client: str | None) -> RequestClue | None:
    """The request that the first error is the answer to; None if nothing tells of one.

    Args:
        clues: all that was given.
        org: the snapshot; None if there is none.
        client: the client that was named; requests of others are not looked at then.
    """
    requests = clues.requests
    if client:
        named = {None, client, _client_id(org, client)}
        requests = tuple(one for one in requests if one.client in named)
    error = clues.errors[0] if clues.errors else None
    if error is None:
        return likeliest(requests)
    return likeliest(requests, error.at, error.source)


def _client_id(org: Org | None, word: str) -> str | None:
    try:
        return find_client(org, word).client_id if org else None
    except AuditorError:  # said where the request is decided
        return None


def words_of(asked: RequestClue | None, clues: Clues) -> RequestWords:
    """What is known of the request, from its own words and from the first token.

    Args:
        asked: the request as its own words tell it.
        clues: all that was given.
    """
    issued = (one.claims for one in clues.tokens if "://" in str(one.claims.get("iss")))
    first = clues.tokens[0].claims if clues.tokens else {}
    claims = next(issued, first)
    of_token = _of_token(claims)
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


def _of_token(claims: dict[str, object]) -> RequestWords:
    """What a token says of the request; an assertion is made by the client, which it names."""
    issuer = _claim(claims, "iss")
    if issuer is not None and "://" not in issuer:
        return RequestWords(client=issuer)
    return RequestWords(server=issuer, client=_claim(claims, "cid"))


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
    if asked.elsewhere == "request_uri":
        named.append("the rest was pushed to /v1/par before (request_uri)")
    return ", ".join(named)


def answer_time(clues: Clues) -> datetime | None:
    """When the first answer was made, by its own header."""
    return datetime.fromtimestamp(clues.date, UTC) if clues.date else None


def input_lines(
    clues: Clues, inputs: tuple[NamedText, ...], answered: datetime | None, client: str | None
) -> Iterator[str]:
    """What is to be said of the inputs themselves.

    Args:
        clues: what they hold.
        inputs: all of them.
        answered: the time by which tokens are judged, if it is that of an answer.
        client: the client that was named.
    """
    if answered and clues.tokens:
        yield f"Tokens are judged by the time of the answer, {answered:%Y-%m-%d %H:%M} UTC."
    if clues.left_out:
        yield (
            f"{clues.left_out:,} characters were not looked at: what stands far from any error or "
            "request."
        )
    clients = {one.client for one in clues.requests if one.client and one.grant}
    if len(clients) > 1 and not client:
        yield f"Requests of {counted(len(clients), 'client')} are in it: --client chooses one."
    if clues.log is not None:
        yield _log_line(clues.log, inputs)


def _log_line(counts: LogCounts, inputs: tuple[NamedText, ...]) -> str:
    """How much of a log is looked at, and where the rest is.

    Args:
        counts: what the log has.
        inputs: all inputs.
    """
    name = counts.source or inputs[0].name
    line = (
        f"{counted(counts.refusals, 'refused request')} of {counted(counts.kinds, 'kind')} in "
        f"{name}"
    )
    if counts.kinds > 1:
        line += f"; the most frequent kind ({counts.first:,}) is looked at"
        line += f", and all by okta-auditor logs {name}"
    if counts.unread:
        line += f"; {counted(counts.unread, 'line')} could not be read"
    return f"{line}."


def _claim(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None
