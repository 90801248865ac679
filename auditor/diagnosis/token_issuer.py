"""Who issued a token, by its `iss`: a custom server, the org server, another domain, or no Okta."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.diagnosis.api_calls import at_okta
from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.token_kind import is_id_token
from auditor.diagnosis.token_remark import TokenRemark
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import quoted
from auditor.tokens.lookup.issuers import DEFAULT_SERVER, server_in_url
from auditor.tokens.request import ORG_SERVER


def issuing_server(token: TokenClue, org: Org) -> AuthorizationServer | None:
    """The custom server of the org that a token says is its issuer; None if it is none."""
    key = server_in_url(str(token.claims.get("iss", "")))
    for server in org.servers:
        if server.id == key or (key == DEFAULT_SERVER and server.default):
            return server
    return None


def issuer_remarks(token: TokenClue, org: Org | None) -> Iterator[TokenRemark]:
    """What there is to say of a token's issuer.

    Args:
        token: one that a server issued.
        org: the snapshot; None if there is none.
    """
    issuer = token.claims.get("iss")
    if not isinstance(issuer, str):
        yield TokenRemark("It does not say who issued it (iss).")
        return
    host = _host(issuer)
    own = _hosts(org) if org is not None else frozenset()
    if not at_okta(host) and host not in own:
        yield TokenRemark(
            f"Its issuer {quoted(issuer)} is at no domain of Okta's, nor at one of the org's that "
            "is known here: unless it is a custom domain, another identity provider issued it.",
            wrong=False,
        )
    if server_in_url(issuer) == ORG_SERVER:
        if at_okta(host) or host in own:
            yield from _of_org_server(token, issuer)
    elif org is not None:
        yield from _of_custom_server(token, org, issuer)
    if own and at_okta(host) and host not in own:
        yield TokenRemark(
            f"Its issuer is {quoted(issuer)}, and the org's servers are at "
            f"{quoted(min(own))}: another domain of the org, or another org. Who compares "
            "issuers refuses it.",
            wrong=False,
        )


def _of_org_server(token: TokenClue, issuer: str) -> Iterator[TokenRemark]:
    if is_id_token(token):
        return
    yield TokenRemark(
        f"The org authorization server issued it ({quoted(issuer)}): it is for the Okta APIs, "
        "and your own APIs cannot validate it. For them, ask a custom authorization server, "
        f"such as {quoted(issuer.rstrip('/') + '/oauth2/default')}.",
        wrong=False,
    )


def _of_custom_server(token: TokenClue, org: Org, issuer: str) -> Iterator[TokenRemark]:
    server = issuing_server(token, org)
    if server is None:
        known = org.known("authorization_servers")
        unsure = "" if known else ", as far as was read"
        yield TokenRemark(
            f"No authorization server of the org is its issuer {quoted(issuer)}{unsure}.",
            wrong=known,
        )
    elif (
        server.issuer is not None
        and server.issuer_mode != "DYNAMIC"
        and _host(server.issuer) != _host(issuer)
    ):
        yield TokenRemark(
            f"Its issuer is {quoted(issuer)}, and the snapshot has {quoted(server.issuer)}: "
            "another domain of the org, or another org.",
            wrong=False,
        )


def at_domain_of(org: Org, issuer: str) -> bool:
    """Whether an issuer is at a domain at which the org is known to be.

    Servers of two orgs can have one address but for the domain: `/oauth2/default`.
    """
    return _host(issuer) in _hosts(org)


def _hosts(org: Org) -> frozenset[str]:
    """The domains at which the org is known to be: that of its snapshot, issuers, custom ones."""
    issuers = {_host(server.issuer) for server in org.servers if server.issuer}
    domains = {one.domain for one in org.custom_domains if one.domain}
    read_at = {_host(org.snapshot.capture.org_url)} - {""}
    return frozenset(host.lower() for host in issuers | domains | read_at)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()
