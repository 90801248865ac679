"""Whole decisions against the JSON of random tenants, and the steps that lead to them.

`Plainly` says where a request ends; here every further field of the decision is worked out from
the tenant's JSON, and so is each step of the explanation.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reach_agrees import (
    CUSTOM,
    OF_CLIENTS,
    OIDC,
    OPENID,
    READINGS,
    SERVER,
    UNREAD,
    USERS,
    Json,
    Plainly,
    often,
    org_of,
    tenants,
    unread_of,
)

from auditor.snapshot.org import Org
from auditor.text import listed
from auditor.tokens.caveat import CaveatKind
from auditor.tokens.checks import Check, Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    IMPLICIT,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
)
from auditor.tokens.outcome import Outcome
from auditor.tokens.people import people_gap
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.steps import PolicyStep, RuleStep
from auditor.tokens.wording.steps import explained_steps

FEWER = settings(often, max_examples=60)
SCOPE_SETS = [
    None,
    *({"a"}, {"a", "b"}, {"openid"}, {"openid", "offline_access"}, {"a", "offline_access"}),
    {*CUSTOM, *OPENID},
]


def requests_of(org: Org) -> Iterator[TokenRequest]:
    for app in org.apps:
        for grant in sorted({*app.grant_types, AUTHORIZATION_CODE}):
            for user in [None] if grant == CLIENT_CREDENTIALS else [*USERS, None]:
                for scopes in SCOPE_SETS:
                    yield TokenRequest(
                        server="aus",
                        client=app.client_id,
                        grant=grant,
                        user=user,
                        scopes=None if scopes is None else frozenset(scopes),
                    )


# Every field


@dataclass
class Fields:
    """What the fields of a minted decision should be, from the JSON."""

    tenant: Json
    decision: Decision
    request: TokenRequest

    def __post_init__(self) -> None:
        assert self.decision.rule is not None
        assert self.decision.policy is not None
        self.policy_id, self.rule_id = self.decision.policy.id, self.decision.rule.id
        self.granted = set(self.decision.granted_scopes)
        (self.app,) = (
            app for app in self.tenant["/api/v1/apps"] if app["id"] == self.request.client
        )
        self.oauth = self.app["settings"]["oauthClient"]
        self.refresh: bool | None = (
            "offline_access" in self.granted and REFRESH_TOKEN in self.oauth["grant_types"]
        )
        if self.refresh and self.request.grant == TOKEN_EXCHANGE:
            self.refresh = None

    def lifetimes(self) -> tuple[Any, ...]:
        token = next(r for _, r in self.applicable() if r["id"] == self.rule_id)["actions"]["token"]
        return (
            token["accessTokenLifetimeMinutes"],
            self.refresh,
            token["refreshTokenLifetimeMinutes"] if self.refresh else None,
            token["refreshTokenWindowMinutes"] if self.refresh else None,
            60 if "openid" in self.granted else None,
        )

    def applicable(self) -> list[tuple[Json, Json]]:
        return [
            (policy, rule)
            for policy in self.tenant[f"{SERVER}/policies"]
            for rule in self.tenant[f"{SERVER}/policies/{policy['id']}/rules"]
            if policy["status"] == rule["status"] == "ACTIVE"
            and {"ALL_CLIENTS", self.request.client} & {*policy["conditions"]["clients"]["include"]}
            and self.request.grant in rule["conditions"]["grantTypes"]["include"]
        ]

    def caveats(self) -> set[str]:
        asked, grant = self.request.scopes, self.request.grant
        scopes = [
            scope for scope in self.tenant[f"{SERVER}/scopes"] if scope["name"] in self.granted
        ]
        consent = sorted(s["name"] for s in scopes if s["consent"] in {"REQUIRED", "FLEXIBLE"})
        names = listed(consent)
        asking = self.oauth["consent_method"] == "REQUIRED" and grant != CLIENT_CREDENTIALS
        return {
            caveat
            for caveat, applies in {
                "The client may be used from its network zones only; elsewhere the answer is "
                "403.": (grant != IMPLICIT and self.oauth["network"].get("connection") == "ZONE"),
                "It fails if the sign-on policy of the client asks for more than a password.": (
                    grant == PASSWORD
                ),
                "offline_access brings no refresh token: the client lacks the refresh_token "
                "grant.": "offline_access" in self.granted and self.refresh is False,
                "Okta's guides demand openid with this grant type; what becomes of a request "
                "without it is not published.": grant == PASSWORD and "openid" not in self.granted,
                "The subject token must come from the server itself.": grant == TOKEN_EXCHANGE,
                "A refresh token comes with an exchange for Native SSO; whether one comes with "
                "any other is not published.": self.refresh is None,
                f"The user is asked to consent to {names}, unless that was done before.": (
                    bool(consent) and asking
                ),
                "offline_access is ignored without the response type code.": (
                    grant == IMPLICIT and "offline_access" in (asked or ())
                ),
                "Okta does not document which rule decides when scopes are left out.": (
                    asked is None and len(self.applicable()) > 1
                ),
                "Another rule has the same priority; Okta does not document which is tried "
                "first.": any(self.tied(policy, rule) for policy, rule in self.applicable()),
            }.items()
            if applies
        }

    def tied(self, policy: Json, rule: Json) -> bool:
        """Whether another rule could as well be the one that is tried first."""
        places = {(p["id"], r["id"]): (p, r) for p, r in self.applicable()}
        own_policy, own_rule = places[self.policy_id, self.rule_id]
        if policy["id"] == own_policy["id"]:
            same = rule["id"] != own_rule["id"] and rule["priority"] == own_rule["priority"]
        else:
            same = policy["priority"] == own_policy["priority"]
        scopes = set(rule["conditions"]["scopes"]["include"])
        return same and ("*" in scopes or self.granted <= scopes)


@pytest.mark.parametrize("reading", OidcScopes)
@FEWER
@given(tenant=tenants())
def test_every_field_of_every_decision(reading: OidcScopes, tenant: Json) -> None:
    other = next(one for one in OidcScopes if one is not reading)
    decider, plainly = Decider(org_of(tenant), reading), Plainly(tenant, reading)
    for request in requests_of(decider.org):
        if request.user is None and request.grant != CLIENT_CREDENTIALS:
            continue
        decision = decider.decide(request)
        place = (request.client, request.grant, request.user, request.scopes)
        end, by_other = plainly.end(*place), Plainly(tenant, other).end(*place)
        notes = {c.text for c in decision.caveats if c.kind is not CaveatKind.OIDC_SCOPES}
        assert decision.readings_differ == (end[:2] != by_other[:2]), request
        assert len(decision.caveats) == len(notes) + decision.readings_differ
        got = (
            decision.access_token_minutes,
            decision.refresh_token,
            decision.refresh_token_minutes,
            decision.refresh_window_minutes,
            decision.id_token_minutes,
        )
        if decision.outcome is Outcome.MINTED:
            fields = Fields(tenant, decision, request)
            assert got == fields.lifetimes()
            assert notes == fields.caveats(), request
        else:
            assert got == (None, False, None, None, None)
            assert not notes
            assert (decision.policy, decision.rule, decision.granted_scopes) == (None, None, ())
        assert (decision.failed is not None) == (decision.outcome is Outcome.REJECTED)
        assert (decision.missing is not None) == (decision.outcome is Outcome.INDETERMINATE)


# What a request says besides

BEFORE_SUBJECT_TOKENS = {
    *(Condition.SERVER, Condition.CLIENT, Condition.ZONES, Condition.KEYS, Condition.GRANT)
}
OTHERS = ("trusted", "stranger")


def among_servers(tenant: Json) -> Json:
    """The tenant with an audience, and with two more servers of which one is trusted."""
    (server,) = tenant["/api/v1/authorizationServers"]
    servers = [{**server, "audiences": ["api://aus"]}, *({"id": name} for name in OTHERS)]
    trusted = {f"{SERVER}/associatedServers": [{"id": "trusted"}]}
    return tenant | {"/api/v1/authorizationServers": servers} | trusted


def without(decision: Decision, kind: CaveatKind) -> Decision:
    caveats = tuple(caveat for caveat in decision.caveats if caveat.kind is not kind)
    return replace(decision, caveats=caveats)


@FEWER
@given(tenant=tenants(), reading=READINGS)
def test_a_resource_changes_the_audience_and_nothing_else(
    tenant: Json, reading: OidcScopes
) -> None:
    decider = Decider(org_of(among_servers(tenant)), reading)
    for request in requests_of(decider.org):
        plain = decider.decide(request)
        asking = decider.decide(replace(request, resource="https://mcp.example"))
        alone = request.grant == IMPLICIT and (
            decider.situation("aus", request.client, IMPLICIT).asked(request).access_token is False
        )
        minted = plain.outcome is Outcome.MINTED
        audience = "api://aus" if minted and not alone else None
        assert plain.audience == audience
        assert asking.audience == ("https://mcp.example" if audience else None)
        told = CaveatKind.RESOURCE in {caveat.kind for caveat in asking.caveats}
        assert told is minted
        assert replace(without(asking, CaveatKind.RESOURCE), audience=audience) == plain


@FEWER
@given(tenant=tenants(), reading=READINGS)
def test_only_exchanges_ask_who_issued_the_subject_token(tenant: Json, reading: OidcScopes) -> None:
    decider = Decider(org_of(among_servers(tenant)), reading)
    for request in requests_of(decider.org):
        plain = decider.decide(request)
        named = {
            server: decider.decide(replace(request, subject_server=server))
            for server in ("aus", ORG_SERVER, *OTHERS)
        }
        if request.grant != TOKEN_EXCHANGE or plain.failed in BEFORE_SUBJECT_TOKENS:
            assert set(named.values()) == {plain}
            continue
        own = without(plain, CaveatKind.SUBJECT_TOKEN)
        assert (own != plain) is (plain.outcome is Outcome.MINTED)
        assert named["aus"] == named["trusted"] == own
        unconfigurable = decider.situation("aus", request.client, request.grant).blocking_check
        failed = None if unconfigurable else Condition.SUBJECT_TOKEN
        assert {named[server].failed for server in ("stranger", ORG_SERVER)} == {failed}


# Every step


def explained(explanation: DecisionSteps) -> None:
    """The step that decides is the decision's."""
    decision, steps = explanation.decision, explanation.steps
    last = steps[-1]
    assert not any(step.ends for step in steps[:-1] if not isinstance(step, PolicyStep))
    matching = [s for s in steps if isinstance(s, RuleStep) and s.verdict is Verdict.PASSED]
    unsettled = [s.unsettled for s in steps if isinstance(s, Check) and s.unsettled]
    if decision.outcome is Outcome.MINTED:
        assert matching == [last]
        assert isinstance(last, RuleStep)
        assert last.candidate.rule is decision.rule
        assert last.candidate.policy is decision.policy
        assert last.granted == frozenset(decision.granted_scopes)
        assert not unsettled
    elif decision.outcome is Outcome.REJECTED:
        assert not matching
        assert last.verdict is Verdict.FAILED
        assert last.failed is decision.failed
    elif matching:
        assert matching == [last]
        assert unsettled[0] == decision.missing
    else:
        assert isinstance(last, (Check, RuleStep))
        assert last.verdict is Verdict.UNKNOWN
        assert last.missing == decision.missing


def in_words(explanation: DecisionSteps) -> None:
    """The words have the verdict of the step, and a reason where one is due."""
    for step, shown in zip(explanation.steps, explained_steps(explanation), strict=True):
        assert (shown.kind, shown.verdict, shown.failed) == (step.kind, step.verdict, step.failed)
        if isinstance(step, RuleStep) and step.candidate.rule is not None:
            assert shown.object_id == step.candidate.rule.id
            assert (": matches" in shown.text) == (step.verdict is Verdict.PASSED)
            org, grant = explanation.situation.org, explanation.request.grant
            gap = people_gap(org, step.candidate.rule, explanation.user, grant)
            if step.failed is Condition.PEOPLE and step.verdict is Verdict.FAILED:
                assert gap is not None
            elif step.verdict is Verdict.PASSED:
                assert gap is None


@pytest.mark.parametrize("reading", OidcScopes)
@FEWER
@given(tenant=tenants(), unread=unread_of((*UNREAD, *OF_CLIENTS, f"{SERVER}/policies")))
def test_the_step_that_decides_is_the_decisions(
    reading: OidcScopes, tenant: Json, unread: list[str]
) -> None:
    decider = Decider(org_of(tenant, unread), reading)
    for request in requests_of(decider.org):
        explanation = decider.explain(request)
        assert explanation.decision == decider.decide(request)
        explained(explanation)
        in_words(explanation)


@pytest.mark.parametrize("reading", OidcScopes)
@FEWER
@given(tenant=tenants())
def test_each_policy_and_rule_is_judged_as_the_json_says(reading: OidcScopes, tenant: Json) -> None:
    decider, plainly = Decider(org_of(tenant), reading), Plainly(tenant, reading)
    for request in requests_of(decider.org):
        explanation = decider.explain(request)
        steps = [step for step in explanation.steps if not isinstance(step, Check)]
        if not steps or explanation.situation.user_check_undocumented:
            continue
        shown = [judged(step) for step in steps]
        expected = list(expected_steps(plainly, explanation))
        ended = next((at for at, step in enumerate(expected) if step[1] in _ENDS), None)
        assert shown == expected[: None if ended is None else ended + 1], request


_ENDS = {"matches", "unknown"}


def judged(step: PolicyStep | RuleStep) -> tuple[str, str]:
    if isinstance(step, PolicyStep):
        assert (step.verdict is Verdict.SKIPPED) == (step.failed is not None)
        return step.candidates.policy.id, step.failed or "applies"
    assert step.candidate.rule is not None
    if step.verdict is Verdict.UNKNOWN:
        return step.candidate.rule.id, "unknown"
    verdict = Verdict.FAILED if step.failed else Verdict.PASSED
    assert step.verdict is (Verdict.SKIPPED if step.failed is Condition.STATUS else verdict)
    return step.candidate.rule.id, step.failed or "matches"


def expected_steps(plainly: Plainly, explanation: DecisionSteps) -> Iterator[tuple[str, str]]:
    """Every policy and rule of the server, and what is wrong with it."""
    tenant, request = plainly.tenant, explanation.request
    wanted = explanation.situation.asked(request).scopes
    for policy in sorted(tenant[f"{SERVER}/policies"], key=lambda p: (p["priority"], p["id"])):
        named = {"ALL_CLIENTS", request.client} & {*policy["conditions"]["clients"]["include"]}
        failed = "status" if policy["status"] != "ACTIVE" else ("" if named else "clients")
        yield policy["id"], failed or "applies"
        rules = tenant[f"{SERVER}/policies/{policy['id']}/rules"] if not failed else []
        for rule in sorted(rules, key=lambda r: (r["priority"], r["id"])):
            conditions = rule["conditions"]
            allowed = set(conditions["scopes"]["include"])
            if allowed and plainly.reading is OidcScopes.GRANTED:
                allowed |= OIDC
            part = wanted if "*" in allowed else wanted & allowed
            if rule["status"] != "ACTIVE":
                yield rule["id"], "status"
            elif request.grant not in conditions["grantTypes"]["include"]:
                yield rule["id"], "grant"
            elif not part or (request.scopes is not None and part != wanted):
                yield rule["id"], "scopes"
            else:
                admitted = plainly.admits(conditions["people"], request.grant, explanation.user)
                yield rule["id"], {True: "matches", False: "people", None: "unknown"}[admitted]


# Every order


@FEWER
@given(tenant=tenants(), reading=READINGS, seed=st.integers(0, 2**16))
def test_no_answer_depends_on_what_was_asked_before(
    tenant: Json, reading: OidcScopes, seed: int
) -> None:
    org = org_of(tenant)
    requests = list(requests_of(org))
    random.Random(seed).shuffle(requests)
    decider = Decider(org, reading)
    for request in requests[:60]:
        assert decider.decide(request) == Decider(org, reading).decide(request), request


def test_caveats_belong_to_the_request_and_not_to_the_one_before_it() -> None:
    oauth = {"grant_types": [IMPLICIT], "response_types": ["token"]}
    conditions = {
        "people": {"groups": {"include": ["EVERYONE"]}},
        "grantTypes": {"include": [IMPLICIT]},
        "scopes": {"include": ["*"]},
    }
    clients = {"clients": {"include": ["ALL_CLIENTS"]}}
    tenant = {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [
            {"id": "0oa0", "settings": {"implicitAssignment": True, "oauthClient": oauth}}
        ],
        "/api/v1/users": [{"id": "ada"}],
        f"{SERVER}/scopes": [{"name": "a"}],
        f"{SERVER}/policies": [{"id": "p", "conditions": clients}],
        f"{SERVER}/policies/p/rules": [{"id": "r", "conditions": conditions}],
    }
    decider = Decider(org_of(tenant))

    def caveats(*scopes: str) -> tuple[str, ...]:
        asked = frozenset(scopes)
        request = TokenRequest(
            server="aus", client="0oa0", grant=IMPLICIT, user="ada", scopes=asked
        )
        return tuple(caveat.text for caveat in decider.decide(request).caveats)

    assert caveats("a", "offline_access") == (
        "offline_access is ignored without the response type code.",
    )
    assert caveats("a") == ()


def test_readings_that_come_to_different_rules_differ() -> None:
    """A rule that lists no OpenID scope comes first; both readings mint, by different rules."""
    rules = [
        {
            "id": name,
            "priority": priority,
            "conditions": {
                "people": {"groups": {"include": ["EVERYONE"]}},
                "grantTypes": {"include": [PASSWORD]},
                "scopes": {"include": scopes},
            },
        }
        for priority, (name, scopes) in enumerate({"narrow": ["a"], "wide": ["*"]}.items())
    ]
    clients = {"clients": {"include": ["ALL_CLIENTS"]}}
    oauth = {"grant_types": [PASSWORD]}
    tenant = {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [
            {"id": "0oa0", "settings": {"implicitAssignment": True, "oauthClient": oauth}}
        ],
        "/api/v1/users": [{"id": "ada"}],
        f"{SERVER}/scopes": [{"name": "a"}],
        f"{SERVER}/policies": [{"id": "p", "conditions": clients}],
        f"{SERVER}/policies/p/rules": rules,
    }
    request = TokenRequest(
        server="aus", client="0oa0", grant=PASSWORD, user="ada", scopes=frozenset({"a", "openid"})
    )
    for reading, name in ((OidcScopes.LISTED, "wide"), (OidcScopes.GRANTED, "narrow")):
        decision = Decider(org_of(tenant), reading).decide(request)
        assert decision.rule is not None
        assert decision.rule.id == name
        assert decision.readings_differ
