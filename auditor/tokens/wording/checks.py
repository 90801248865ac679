"""Checks of the request as a whole in words. Nothing is judged here: a check says how it ended."""

from __future__ import annotations

from collections.abc import Callable

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens.agents import connections
from auditor.tokens.checks import Check, Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.people import open_to_everybody, user_apps
from auditor.tokens.rejections import ONLY_SERVICE_APPS, UNKNOWN_GRANT, Rejection
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.scopes import AskedScopes


def check_words(explanation: DecisionSteps, check: Check) -> str:
    """What a check found, without a full stop."""
    return _BY_CONDITION[check.condition](explanation, check)


def _is(check: Check) -> str:
    return "is not" if check.verdict is Verdict.FAILED else "is"


def _client_name(explanation: DecisionSteps) -> str:
    return f"client {quoted(explanation.situation.client.title)}"


def _user_name(org: Org, user_id: str | None) -> str:
    user = org.user(user_id or "")
    return quoted(user.title if user else user_id or "")


def _server(explanation: DecisionSteps, check: Check) -> str:
    server = explanation.situation.server
    name = quoted(server.title) if server else "of the org"
    return f"server {name} {_is(check)} active"


def _client(explanation: DecisionSteps, check: Check) -> str:
    name = _client_name(explanation)
    if check.verdict is Verdict.UNKNOWN:
        return f"{name} is Okta's own"
    return f"{name} {_is(check)} active"


def _zones(explanation: DecisionSteps, check: Check) -> str:
    name = _client_name(explanation)
    unknown = "the network zones of the org were not read"
    if check.unsettled:
        unknown = f"whether the network zones of {name} let it in is not known"
    return {
        Verdict.PASSED: f"{name} may be used from its network zones",
        Verdict.FAILED: f"{name} may be used from network zones only that match no address",
    }.get(check.verdict, unknown)


def _keys(explanation: DecisionSteps, check: Check) -> str:
    name = _client_name(explanation)
    remote = explanation.situation.client.oauth.jwks_uri
    keys = "keys behind a jwks_uri" if remote else "an active key"
    return {
        Verdict.PASSED: f"{name} has {keys} to authenticate with",
        Verdict.FAILED: f"{name} has no active key for signatures and no jwks_uri",
    }.get(check.verdict, f"the keys of {name} were not read")


def _grant(explanation: DecisionSteps, check: Check) -> str:
    grant, name = explanation.request.grant, _client_name(explanation)
    if check.rejection is UNKNOWN_GRANT:
        return f"Okta knows no grant type {quoted(grant)}"
    if check.verdict is Verdict.FAILED:
        return f"{name} may not use {grant}"
    if check.verdict is Verdict.UNKNOWN:
        return f"{name} is an AI agent, and no source says whether it may use {grant}"
    return f"{name} is active and may use {grant}"


def _refresh(explanation: DecisionSteps, check: Check) -> str:
    if check.verdict is Verdict.FAILED:
        name = _user_name(explanation.situation.org, explanation.request.user)
        return f"user {name} is gone, suspended or no longer assigned"
    return "whether Okta evaluates the access policy again is not published"


def _response_type(explanation: DecisionSteps, check: Check) -> str:
    name = f"response type {quoted(explanation.request.response_type or '')}"
    own = sorted(set(explanation.situation.client.oauth.response_types))
    return {
        Verdict.PASSED: f"{name} is one of the client's",
        Verdict.FAILED: f"{name} is none of the client's ({listed(own)})",
    }.get(check.verdict, f"{name} is a hybrid one")


def _redirect_uri(explanation: DecisionSteps, check: Check) -> str:
    uri = quoted(explanation.request.redirect_uri or "")
    words = f"redirect URI {uri} {_is(check)} registered"
    if check.verdict is not Verdict.FAILED:
        return words
    registered = explanation.situation.client.oauth.redirect_uris
    names = listed(map(quoted, registered), most=8) if registered else "none"
    return f"{words}; registered: {names}"


def _pkce(explanation: DecisionSteps, check: Check) -> str:
    del explanation
    failed = check.verdict is Verdict.FAILED
    return "the client requires PKCE" if failed else "the client does not require PKCE"


def _dpop(explanation: DecisionSteps, check: Check) -> str:
    del explanation, check
    return "the client requires DPoP"


def _subject_token(explanation: DecisionSteps, check: Check) -> str:
    server, subject_server = explanation.situation.server, explanation.request.subject_server
    name = "the org server"
    if subject_server and subject_server != ORG_SERVER:
        name = f"server {quoted(explanation.situation.org.server(subject_server).title)}"
    own = quoted(server.title) if server else "the org server"
    if check.verdict is Verdict.UNKNOWN:
        return f"whether {own} takes subject tokens of {name} is not known"
    takes = "takes no" if check.verdict is Verdict.FAILED else "takes"
    return f"{own} {takes} subject tokens of {name}"


def _scopes(explanation: DecisionSteps, check: Check) -> str:
    request = explanation.request
    asked = explanation.situation.asked(request)
    named = request.scopes or request.assertion_scopes or frozenset()
    names = listed(sorted(named), most=8) + ("" if request.scopes else " of the assertion")
    scopes = f"scopes {names}" if named else "no scopes"
    if check.rejection is not None:
        return f"{scopes}: {_why_not(asked, check.rejection)}"
    if check.missing is not None:
        return f"{scopes}: not known"
    if asked.unsettled is not None:
        return f"{scopes}: {_UNSETTLED_SCOPES[asked.unsettled]}"
    if asked.omitted:
        return f"no scopes are named, so the defaults: {listed(sorted(asked.scopes))}"
    noun = "scopes" if len(named) > 1 else "scope"
    return f"{noun} {names} can be asked for{_by_connection(explanation)}"


def _by_connection(explanation: DecisionSteps) -> str:
    """By which connections an AI agent may ask for scopes."""
    situation = explanation.situation
    if not isinstance(situation.client, AgentClient):
        return ""
    own = connections(situation.org, situation.client, situation.server)
    scopes = explanation.request.scopes or explanation.request.assertion_scopes or frozenset()
    titles = [quoted(each.title) for each in own.allowing(scopes)] if own else []
    return f" by connection {listed(titles)}" if titles else ""


_UNSETTLED_SCOPES = {
    MissingFactKind.AGENT_CONNECTIONS: "whether a connection of the agent allows them is not known",
    MissingFactKind.CONSENT_WITHOUT_PAGE: "one requires consent, and there is no page to ask on",
    MissingFactKind.INTERCLIENT_TRUST: "interclient_access takes an app that trusts the client",
    MissingFactKind.SCOPES_WITH_ASSERTION: (
        "whether they may be named beside this assertion is not known"
    ),
}


def _why_not(asked: AskedScopes, rejection: Rejection) -> str:
    if asked.unconnected:
        unconnected = listed(sorted(asked.unconnected), most=8)
        return f"no resource connection of the agent allows {unconnected}"
    if asked.undefined:
        verb = "is" if len(asked.undefined) == 1 else "are"
        return f"{listed(sorted(asked.undefined), most=8)} {verb} not defined on this server"
    if rejection is ONLY_SERVICE_APPS:
        return "only service apps get tokens without a user from the org server"
    return rejection.description or "is not possible with this grant type"


def _user(explanation: DecisionSteps, check: Check) -> str:
    user_id, org = explanation.request.user, explanation.situation.org
    if user_id is None:
        return "the request names no user"
    user = org.user(user_id)
    if user is not None and check.verdict is Verdict.UNKNOWN:
        open_ends = "whether this grant type needs more is not published"
        return f"user {quoted(user.title)} is {user.status}; {open_ends}"
    if user is not None:
        return f"user {quoted(user.title)} is {user.status}"
    if check.verdict is Verdict.UNKNOWN:
        return f"user {quoted(user_id)} was not read"
    return "the user is deprovisioned or deleted"


def _assignment(explanation: DecisionSteps, check: Check) -> str:
    name = _user_name(explanation.situation.org, explanation.request.user)
    if check.verdict is Verdict.PASSED:
        user = explanation.situation.org.user(explanation.request.user or "")
        active = user is not None and user.status == "ACTIVE"
        return f"user {name}{' is active and' if active else ':'} {_assigned_how(explanation)}"
    if check.verdict is Verdict.FAILED:
        return f"user {name} is not assigned to the client"
    if check.unsettled and check.unsettled.kind is MissingFactKind.EXCHANGE_USER_CHECK:
        undocumented = "whether a token exchange needs that is not published"
        return f"user {name} is not assigned to the client; {undocumented}"
    return f"whether {name} is assigned was not read"


def _assigned_how(explanation: DecisionSteps) -> str:
    org, client = explanation.situation.org, explanation.situation.client
    if open_to_everybody(client):
        return "needs no assignment (Federation Broker Mode)"
    groups = [
        quoted(group.title)
        for app in user_apps(client)
        for assignment in org.assigned_groups(app)
        if (group := org.group(assignment.id))
        and explanation.request.user in org.members(assignment.id)
    ]
    to = f" to {listed(quoted(app.title) for app in user_apps(client) if app is not client)}"
    assigned = f"assigned{to}" if isinstance(client, AgentClient) else "assigned"
    return f"{assigned} through group {listed(groups)}" if groups else f"{assigned} directly"


def _claims(explanation: DecisionSteps, check: Check) -> str:
    assert check.rejection is not None
    server = explanation.situation.server
    name = quoted(server.title) if server else "of the org"
    return f"server {name} has a claim that fails: {check.rejection.description}"


def _consent(explanation: DecisionSteps, check: Check) -> str:
    del check
    name = _client_name(explanation)
    return f"{name} and a scope require consent, and prompt=none lets nobody be asked"


def _no_rule(explanation: DecisionSteps, check: Check) -> str:
    del explanation
    unread = check.verdict is Verdict.UNKNOWN
    return "the access policies were not read" if unread else "nothing matched"


_BY_CONDITION: dict[Condition, Callable[[DecisionSteps, Check], str]] = {
    Condition.SERVER: _server,
    Condition.CLIENT: _client,
    Condition.ZONES: _zones,
    Condition.KEYS: _keys,
    Condition.GRANT: _grant,
    Condition.REFRESH: _refresh,
    Condition.RESPONSE_TYPE: _response_type,
    Condition.REDIRECT_URI: _redirect_uri,
    Condition.PKCE: _pkce,
    Condition.DPOP: _dpop,
    Condition.SUBJECT_TOKEN: _subject_token,
    Condition.SCOPES: _scopes,
    Condition.USER: _user,
    Condition.ASSIGNMENT: _assignment,
    Condition.CLAIMS: _claims,
    Condition.CONSENT: _consent,
    Condition.POLICY: _no_rule,
}
