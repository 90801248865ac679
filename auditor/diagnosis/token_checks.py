"""Holds a token against a snapshot: what of it the org would not stand by any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.json_web_token import MASKED
from auditor.diagnosis.signature import Verdict
from auditor.diagnosis.token_issuer import at_domain_of, issuer_remarks, issuing_server
from auditor.diagnosis.token_kind import is_id_token, kind_remarks, other_maker
from auditor.diagnosis.token_remark import TokenRemark
from auditor.diagnosis.token_times import issued_at, time_remarks
from auditor.snapshot.models.servers import OIDC_SCOPES, AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import one_line, quoted


def token_remarks(
    token: TokenClue, org: Org | None, now: datetime, needs: tuple[str, ...] = ()
) -> Iterator[TokenRemark]:
    """What there is to say of a token, the worst first.

    Args:
        token: the token.
        org: the snapshot; None if there is none.
        now: the time by which it is judged.
        needs: scopes that the endpoint asks for.
    """
    if token.problem:
        wrong = token.problem != MASKED
        yield TokenRemark(f"The token cannot be used: {token.problem}.", wrong=wrong)
    if str(token.header.get("alg", "")).lower() == "none":
        yield TokenRemark('It says "alg": "none": nobody signed it, and no Okta token says so.')
    if token.broken:
        yield TokenRemark(
            "It is broken over several lines: whatever sends it must take it as one, or the "
            "header ends at the first.",
            wrong=False,
        )
    if not token.claims:
        return
    if maker := other_maker(token):
        yield TokenRemark(maker, wrong=False)
        return
    yield from time_remarks(token.claims, now)
    yield from kind_remarks(token, needs)
    if token.signature is not None:
        wrong = token.signature.verdict is Verdict.WRONG
        yield TokenRemark(token.signature.text, wrong=wrong)
        if token.signature.stale:
            yield TokenRemark(token.signature.stale)
    yield from issuer_remarks(token, org)
    issuer = token.claims.get("iss")
    if org is not None and isinstance(issuer, str):
        yield from _compared(token, org, issuer)


def _compared(token: TokenClue, org: Org, issuer: str) -> Iterator[TokenRemark]:
    """What a snapshot says of a token; of one that it cannot know, it proves nothing.

    `/oauth2/default` is there in many orgs, and what is newer than a snapshot is not in it.
    """
    server = issuing_server(token, org)
    issued = issued_at(token.claims)
    open_why = "" if at_domain_of(org, issuer) else "the token may be another org's"
    if not open_why and issued is not None and issued > org.captured_at:
        open_why = "the token is newer than the snapshot"
    for remark in (*(_at_server(token, org, server) if server else ()), *_parties(token, org)):
        text = f"{remark.text} But {open_why}." if open_why else remark.text
        yield replace(remark, text=text, wrong=remark.wrong and not open_why)


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
    verified = token.signature is not None and token.signature.verdict is Verdict.VERIFIED
    known = org.known("server_keys", server) and not verified
    keys = org.signing_keys(server) if known else ()
    kid = token.header.get("kid")
    if keys and isinstance(kid, str) and kid not in {one.kid for one in keys}:
        yield TokenRemark(
            f"No signing key of the {name} has its kid {quoted(kid)}: the key was rotated away, or "
            "another server signed it. A validator that keeps keys too long fails likewise."
        )
    if org.known("scopes", server):
        defined = {scope.name for scope in org.scopes(server)}
        for scope in sorted(set(_list(claims.get("scp"))) - defined - OIDC_SCOPES):
            yield TokenRemark(f"The {name} has no scope {quoted(scope)} any more.")


def _parties(token: TokenClue, org: Org) -> Iterator[TokenRemark]:
    claims = token.claims
    client = claims.get("aud" if is_id_token(token) else "cid")
    if isinstance(client, str):
        app = org.client(client)
        if app is None and org.known("apps"):
            # Okta's own apps are no OIDC apps of the org, and agents are not under /api/v1/apps.
            gone = client.startswith("0oa")
            words = "is not there any more" if gone else "is none of the OIDC apps of the org"
            yield TokenRemark(f"Its client {quoted(client)} {words}.", wrong=gone)
        elif app is not None and not app.active:
            yield TokenRemark(f"Its client {quoted(app.title)} is not active.")
    user = claims.get("uid")
    if isinstance(user, str) and org.known("users"):
        record = org.user(user)
        if record is None:
            # Who is created later has no older token; a redacted snapshot has other ids.
            text = "Its user is not in the snapshot: not there any more, unless it is redacted."
            yield TokenRemark(text, wrong=False)
        elif record.shut_out:
            status = one_line(str(record.status))
            yield TokenRemark(f"Its user {quoted(record.title)} is {status}.")


def _list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
