"""Of which servers a token exchange takes subject tokens."""

from __future__ import annotations

from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected
from auditor.tokens.conditions import Condition
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.request import ORG_SERVER


def subject_token_check(org: Org, server: AuthorizationServer | None, subject_server: str) -> Check:
    """Whether the server of the subject token is the exchanging one, or one that it trusts.

    Support article 'Error "subject token is invalid" During OAuth 2.0 Token Exchange Flow'; guide
    "Set up OAuth 2.0 On-Behalf-Of Token Exchange", trusted servers, which are custom ones.

    Args:
        org: the tenant.
        server: the server that is asked to exchange; None for the org server.
        subject_server: the id of the server that issued the subject token, or `org`.
    """
    if subject_server == (ORG_SERVER if server is None else server.id):
        return Check(Condition.SUBJECT_TOKEN)
    if server is None:
        return _unsettled(MissingFactKind.SUBJECT_TOKEN_AT_ORG)
    if subject_server != ORG_SERVER:
        trusted = trusted_servers(org, server)
        if trusted is None:
            return _unsettled(MissingFactKind.TRUSTED_SERVERS)
        if any(other.id == subject_server for other in trusted):
            return Check(Condition.SUBJECT_TOKEN)
    return rejected(Condition.SUBJECT_TOKEN, rejections.SUBJECT_TOKEN_INVALID)


def trusted_servers(
    org: Org, server: AuthorizationServer
) -> tuple[AuthorizationServer, ...] | None:
    """The servers whose tokens a server takes beside its own; None if they were not read."""
    if not org.known("associated_servers", server):
        return None
    return org.trusted_servers(server)


def _unsettled(kind: MissingFactKind) -> Check:
    fact = MissingFact(kind=kind)
    return Check(Condition.SUBJECT_TOKEN, Verdict.UNKNOWN, unsettled=fact)
