"""Holds a token against a snapshot: what of it the org would not stand by any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor.diagnosis.clues import TokenClue
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import one_line, quoted
from auditor.tokens.lookup.issuers import DEFAULT_SERVER, server_in_url
from auditor.tokens.request import ORG_SERVER

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class TokenRemark:
    """Something about a token."""

    text: str
    wrong: bool = True
    """Whether it makes the token useless; otherwise it is for information."""


def token_remarks(token: TokenClue, org: Org | None, now: datetime) -> Iterator[TokenRemark]:
    """What there is to say of a token, the worst first.

    Args:
        token: the token.
        org: the snapshot; None if there is none.
        now: the time by which it is judged.
    """
    if token.problem:
        yield TokenRemark(f"The token cannot be used: {token.problem}.")
    if str(token.header.get("alg", "")).lower() == "none":
        yield TokenRemark('It says "alg": "none": nobody signed it, and no Okta token says so.')
    if not token.claims:
        return
    if maker := _other_maker(token):
        yield TokenRemark(maker, wrong=False)
        return
    yield from _times(token.claims, now)
    if org is not None:
        yield from _in_org(token, org)


def _other_maker(token: TokenClue) -> str:
    """What a token is that a client makes, as a sentence; empty for one that a server issued."""
    if str(token.header.get("typ", "")).lower() == "dpop+jwt":
        return "One is a DPoP proof, which the client makes for a single request."
    issuer = token.claims.get("iss")
    if isinstance(issuer, str) and "://" not in issuer:
        return (
            f"One was made by client {quoted(issuer)} itself: a client assertion or a request "
            "object, and no token of Okta's."
        )
    return ""


def _times(claims: dict[str, Any], now: datetime) -> Iterator[TokenRemark]:
    expiry = _moment(claims.get("exp"))
    if expiry is None:
        yield TokenRemark(
            "It does not say when it expires (exp), which every token of Okta's does."
        )
    elif expiry <= now:
        yield TokenRemark(f"It expired on {expiry:%Y-%m-%d at %H:%M:%S} UTC.")
    else:
        yield TokenRemark(f"It is valid until {expiry:%Y-%m-%d at %H:%M:%S} UTC.", wrong=False)
    for name in ("nbf", "iat"):
        moment = _moment(claims.get(name))
        if moment is not None and (moment - now).total_seconds() > 300:  # noqa: PLR2004 - clocks
            yield TokenRemark(
                f"Its {name} lies in the future ({moment:%Y-%m-%d at %H:%M:%S} UTC): a clock is "
                "wrong, here or there."
            )


def _in_org(token: TokenClue, org: Org) -> Iterator[TokenRemark]:
    claims = token.claims
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        yield TokenRemark("It does not say who issued it (iss).")
        return
    key = server_in_url(issuer)
    server = _server(org, key)
    if key == ORG_SERVER:
        yield TokenRemark(
            f"The org authorization server issued it ({quoted(issuer)}): it is for the Okta APIs, "
            "and your own APIs cannot validate it.",
            wrong=False,
        )
    elif server is None:
        known = org.known("authorization_servers")
        unsure = "" if known else ", as far as was read"
        yield TokenRemark(
            f"No authorization server of the org is its issuer {quoted(issuer)}{unsure}.",
            wrong=known,
        )
    else:
        yield from _domain(issuer, server)
        yield from _at_server(token, org, server)
    yield from _parties(claims, org)


def _server(org: Org, key: str | None) -> AuthorizationServer | None:
    for server in org.servers:
        if server.id == key or (key == DEFAULT_SERVER and server.default):
            return server
    return None


def _domain(issuer: str, server: AuthorizationServer) -> Iterator[TokenRemark]:
    """Whether the issuer is at another domain than the server; a dynamic one has several."""
    own = server.issuer
    if own is None or server.issuer_mode == "DYNAMIC" or _host(own) == _host(issuer):
        return
    yield TokenRemark(
        f"Its issuer is {quoted(issuer)}, and the snapshot has {quoted(own)}: another domain of "
        "the org, or another org.",
        wrong=False,
    )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()


def _at_server(token: TokenClue, org: Org, server: AuthorizationServer) -> Iterator[TokenRemark]:
    claims = token.claims
    name = f"authorization server {quoted(server.title)}"
    if not server.active:
        yield TokenRemark(f"Its {name} is not active.")
    own = tuple(audience for audience in _list(claims.get("aud")) if audience in server.audiences)
    if not own and "cid" in claims:
        stated = ", ".join(map(quoted, _list(claims.get("aud")))) or "none"
        audiences = ", ".join(map(quoted, server.audiences)) or "none"
        yield TokenRemark(f"Its audience is {stated}, and the {name} has {audiences} now.")
    keys = org.signing_keys(server) if org.known("server_keys", server) else ()
    kid = token.header.get("kid")
    if keys and isinstance(kid, str) and kid not in {one.kid for one in keys}:
        yield TokenRemark(
            f"No signing key of the {name} has its kid {quoted(kid)}: the key was rotated away, or "
            "another server signed it. A validator that keeps keys too long fails likewise."
        )
    if org.known("scopes", server):
        defined = {scope.name for scope in org.scopes(server)}
        for scope in sorted(set(_list(claims.get("scp"))) - defined):
            yield TokenRemark(f"The {name} has no scope {quoted(scope)} any more.")


def _parties(claims: dict[str, Any], org: Org) -> Iterator[TokenRemark]:
    client = claims.get("cid")
    if isinstance(client, str):
        app = org.client(client)
        if app is None and org.known("apps"):
            yield TokenRemark(f"Its client {quoted(client)} is not there any more.")
        elif app is not None and not app.active:
            yield TokenRemark(f"Its client {quoted(app.title)} is not active.")
    user = claims.get("uid")
    if isinstance(user, str) and org.known("users"):
        record = org.user(user)
        if record is None:
            yield TokenRemark("Its user is not there any more.")
        elif record.shut_out:
            status = one_line(str(record.status))
            yield TokenRemark(f"Its user {quoted(record.title)} is {status}.")


def _list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)
