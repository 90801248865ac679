"""Scopes that a request cannot ask for, or lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_client
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import (
    FAILED_REQUESTS,
    KnownError,
    of_rejection,
    request,
    setting,
)
from auditor.diagnosis.request_words import RequestWords
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import OIDC_SCOPES, AuthorizationServer
from auditor.text import closest, listed, quoted
from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import CIBA, CLIENT_CREDENTIALS, JWT_BEARER, TOKEN_EXCHANGE
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.scopes import LATER_SCOPES

_WITHOUT_DEFINITION = OIDC_SCOPES | LATER_SCOPES


def _names(case: Case, server: AuthorizationServer) -> frozenset[str]:
    return frozenset(scope.name for scope in case.org.scopes(server))


_Undefined: TypeAlias = tuple[AuthorizationServer | None, frozenset[str], CauseVerdict | None]


def _undefined(case: Case) -> _Undefined:
    """The server that was asked, the scopes that it lacks, and a verdict where that is open."""
    server = case.server
    if case.at_org:
        return None, frozenset(), not_so("the org server has another answer to scopes of yours")
    if server is None:
        return None, frozenset(), unknown("which server it was is not known", "--server")
    if case.scopes is None:
        return None, frozenset(), unknown("which scopes were asked for is not known", "--scope")
    if not case.org.known("scopes", server):
        return None, frozenset(), unknown(case.unread("scopes"))
    lacking = case.scopes - _WITHOUT_DEFINITION - _names(case, server)
    if not lacking:
        scopes = listed(map(quoted, sorted(case.scopes)), most=5)
        return server, lacking, not_so(f"{case.server_name} has {scopes}")
    return server, lacking, None


def _elsewhere(case: Case, scope: str) -> list[AuthorizationServer]:
    """Other servers that define a scope, those that are active first."""
    others = [one for one in case.org.servers if one is not case.server]
    defining = [
        one for one in others if case.org.known("scopes", one) and scope in _names(case, one)
    ]
    return sorted(defining, key=lambda one: not one.active)


def _misspelt(case: Case, server: AuthorizationServer, scope: str) -> str | None:
    return closest(scope, sorted(_names(case, server) | OIDC_SCOPES))


def _kind(case: Case, server: AuthorizationServer, scope: str) -> str:
    """Which cause it is that a server lacks a scope."""
    if _elsewhere(case, scope):
        return "scope-of-another-server"
    return "scope-misspelt" if _misspelt(case, server, scope) else "scope-not-defined"


def _chosen(case: Case, kind: str) -> tuple[str, AuthorizationServer] | CauseVerdict:
    """The first scope that is lacking, if it is lacking in one way; else the verdict."""
    server, lacking, verdict = _undefined(case)
    if verdict is not None or server is None:
        return verdict or unknown("which server it was is not known", "--server")
    scope = min(lacking)
    if _kind(case, server, scope) != kind:
        return not_so(f"scope {quoted(scope)} is lacking in another way")
    return scope, server


def _of_another_server(case: Case) -> CauseVerdict:
    chosen = _chosen(case, "scope-of-another-server")
    if isinstance(chosen, CauseVerdict):
        return chosen
    scope, server = chosen
    others = _elsewhere(case, scope)
    names = listed([quoted(one.title) for one in others], most=3, word="or")
    text = f"{case.server_name} has no scope {quoted(scope)}; authorization server {names} has it"
    shown = [evidence(one, "scopes", [scope]) for one in others[:3]]
    issuer = others[0].issuer
    at = f": {quoted(issuer)}" if issuer else f" {quoted(others[0].title)}"
    return proven(text, evidence(server, "scopes", _names(case, server)), *shown).fixed_by(
        f"ask the server that has the scope, by its own issuer{at}",
        f"define the scope on authorization server {quoted(server.title)}",
    )


def _is_misspelt(case: Case) -> CauseVerdict:
    chosen = _chosen(case, "scope-misspelt")
    if isinstance(chosen, CauseVerdict):
        return chosen
    scope, server = chosen
    meant = quoted(_misspelt(case, server, scope) or "")
    text = f"{case.server_name} has no scope {quoted(scope)}, and has {meant}"
    return proven(text, evidence(server, "scopes", _names(case, server))).fixed_by(
        f"ask for {meant}", f"define scope {quoted(scope)}"
    )


def _not_defined(case: Case) -> CauseVerdict:
    chosen = _chosen(case, "scope-not-defined")
    if isinstance(chosen, CauseVerdict):
        return chosen
    scope, server = chosen
    text = f"no authorization server that was read has a scope {quoted(scope)}"
    return proven(text, evidence(server, "scopes", _names(case, server))).fixed_by(
        f"define scope {quoted(scope)} on authorization server {quoted(server.title)}",
        "correct its name in the request",
    )


def _no_default(case: Case) -> CauseVerdict:
    if case.at_org:
        return not_so("the org server has no default scopes to define")
    if case.scopes is not None:
        return not_so("the request names scopes")
    if case.server is not None and not case.org.known("scopes", case.server):
        return unknown(case.unread("scopes"))
    candidates = [case.server] if case.server else list(dict.fromkeys(_covering(case)))
    if not candidates or not all(case.org.known("scopes", one) for one in candidates):
        return unknown("which server it was is not known", "--server")
    machine = case.grant == CLIENT_CREDENTIALS
    without = [one for one in candidates if not _defaults(case, one, machine=machine)]
    if not without:
        names = listed([quoted(one.title) for one in candidates], most=3)
        return not_so(f"authorization server {names} has a default scope")
    server = without[0]
    make = proven if len(without) == len(candidates) else likely
    text = (
        f"no scope of authorization server {quoted(server.title)} is a default one, and the "
        "request names none"
    )
    return make(text, evidence(server, "scopes with default: true", [])).fixed_by(
        "name scopes in the request", "make a scope of the server the default"
    )


def _covering(case: Case) -> Iterator[AuthorizationServer]:
    for situation in case.situations:
        if situation.server is not None:
            yield situation.server


def _defaults(case: Case, server: AuthorizationServer, *, machine: bool) -> list[str]:
    scopes = [scope.name for scope in case.org.scopes(server) if scope.default]
    return [name for name in scopes if not machine or name not in OIDC_SCOPES]


def _sent_to_org(case: Case) -> CauseVerdict:
    """The text says that the org server was asked; which server has the scopes is looked up."""
    text = "the request went to the org authorization server, which has no scopes of yours"
    if case.scopes is None:
        return proven(text)
    own = sorted(case.scopes - _WITHOUT_DEFINITION)
    if not own:
        return proven(text)
    having = [one for one in case.org.servers if one.active and _names(case, one) >= set(own)]
    if not having:
        return proven(text)
    issuer = having[0].issuer
    at = f" by its issuer {quoted(issuer)}" if issuer else ""
    shown = evidence(having[0], "scopes", own)
    return proven(text, shown).fixed_by(
        f"ask authorization server {quoted(having[0].title)}, which has the scope,{at or ' for it'}"
    )


@of_client
def _only_openid_allowed(case: Case, client: App) -> CauseVerdict:
    """Whether the client can obtain nothing but OpenID scopes, so that it asks for them."""
    rules = [
        candidate.rule
        for situation in case.situations
        for candidate in situation.applicable
        if candidate.rule is not None
    ]
    allowed = [rule for rule in rules if not set(rule.scopes) <= OIDC_SCOPES]
    if allowed or not rules:
        return not_so(f"rules for client {quoted(client.title)} allow other scopes as well")
    text = f"no rule allows client {quoted(client.title)} anything but OpenID scopes"
    shown = [evidence(rule, "conditions.scopes.include", rule.scopes) for rule in rules[:3]]
    return likely(text, *shown)


def _named_openid(case: Case) -> CauseVerdict:
    asked = sorted((case.scopes or frozenset()) & OIDC_SCOPES)
    what = listed(map(quoted, asked), most=5) if asked else "an OpenID scope"
    return proven(f"the request asks for {what}, and client_credentials has no user")


def _openid_left_out(case: Case) -> CauseVerdict:
    asked = sorted(case.scopes or ())
    if "openid" in asked:
        return not_so("openid is among the scopes that are named")
    what = f": it asks for {listed(map(quoted, asked), most=5)}" if asked else ""
    return proven(f"the request does not ask for openid{what}")


def _not_connected(case: Case) -> CauseVerdict:
    decided = case.decision
    if decided is not None and decided.decision.failed is Condition.SCOPES:
        fixes = tuple(f"it would pass if {way}" for way in case.ways_out)
        return proven("no resource connection of the agent allows the scopes").fixed_by(*fixes)
    if case.client is None:
        return unknown("which agent it was is not known", "--client")
    return unknown("the request is not wholly known", "--server", "--grant", "--scope")


ROWS: tuple[KnownError, ...] = (
    of_rejection(
        "undefined-scope",
        rejections.UNDEFINED_SCOPE,
        "A scope of the request does not exist on the authorization server that was asked.",
        setting(
            "scope-not-defined",
            "the scope is not defined there",
            "define it, or correct its name",
            _not_defined,
        ),
        request(
            "scope-of-another-server",
            "the request goes to another server than meant",
            "use the server's own issuer",
            _of_another_server,
        ),
        request("scope-misspelt", "its name is misspelt", "correct it", _is_misspelt),
    ),
    of_rejection(
        "no-default-scopes",
        rejections.NO_DEFAULT_SCOPES,
        "The request names no scope, and the server has no default scope.",
        setting("no-default", "no scope is a default one", "make one the default", _no_default),
        request("no-scope-named", "the request has no scope parameter", "name scopes"),
        tells=RequestWords(scope_omitted=True),
    ),
    of_rejection(
        "no-scopes-requested",
        rejections.NO_SCOPES_REQUESTED,
        "The endpoint demands the scope parameter, and the request has none.",
        request("no-scope-named", "the request has no scope parameter", "name scopes"),
        tells=RequestWords(scope_omitted=True, grant=CIBA),
        status="400",
    ),
    of_rejection(
        "custom-scope-at-org",
        rejections.CUSTOM_SCOPE_AT_ORG,
        "The org authorization server has no scopes of yours.",
        request(
            "sent-to-org-server",
            "the request goes to the org server",
            "use a custom authorization server",
            _sent_to_org,
        ),
        tells=RequestWords(server=ORG_SERVER),
    ),
    of_rejection(
        "openid-without-user",
        rejections.OPENID_WITHOUT_USER,
        "client_credentials has no user, and OpenID scopes are about one.",
        request(
            "openid-named",
            "the request asks for openid and the like",
            "leave OpenID scopes out",
            _named_openid,
        ),
        setting(
            "only-openid-allowed",
            "the client's rules allow nothing but OpenID scopes",
            "define a scope for machines, and allow it in a rule",
            _only_openid_allowed,
        ),
        pattern=r"Cannot request 'openid' scopes? using client credentials",
        tells=RequestWords(grant=CLIENT_CREDENTIALS),
        status="400",
    ),
    of_rejection(
        "openid-with-assertion",
        rejections.OPENID_WITH_ASSERTION,
        "An assertion (JWT bearer) brings no ID token, so OpenID scopes are refused beside it.",
        request(
            "openid-named",
            "the request, or the ID-JAG, asks for openid, profile or email",
            "leave these scopes out",
        ),
        pattern=r"\bopenid not allowed",
        tells=RequestWords(grant=JWT_BEARER),
        status="400",
    ),
    of_rejection(
        "openid-missing",
        rejections.OPENID_MISSING_AT_AUTHORIZE,
        "profile, email, address and phone are only given together with openid.",
        request(
            "openid-left-out", "openid is not asked for", "ask for openid as well", _openid_left_out
        ),
        pattern=r"require the .?openid.? scope",
    ),
    KnownError(
        name="scopes-not-connected",
        error="invalid_scope",
        text="The following scopes are not allowed for this request: [crm.read].",
        pattern=r"following scopes are not allowed for this request",
        status="400",
        meaning="No resource connection of the AI agent allows the scopes that its ID-JAG is for.",
        causes=(
            setting(
                "scope-not-connected",
                "no active resource connection of the agent allows the scope",
                "add the scope to the agent's connection to the server",
                _not_connected,
            ),
        ),
        tells=RequestWords(grant=TOKEN_EXCHANGE, server=ORG_SERVER),
        log_filter=FAILED_REQUESTS,
        source="observed; guide on AI agent token exchange",
    ),
)
