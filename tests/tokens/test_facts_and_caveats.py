"""Which fact a decision lacks, why policies and rules do not match, and which rules are tied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from test_reach_agrees import org_of

from auditor.tokens.caveat import CaveatKind
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.grants import IMPLICIT, PASSWORD, REFRESH_TOKEN, TOKEN_EXCHANGE
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.outcome import Outcome
from auditor.tokens.reads import CONSULTS, READS
from auditor.tokens.request import TokenRequest
from auditor.tokens.steps import PolicyStep
from auditor.tokens.wording.steps import explained_steps

SERVER = "/api/v1/authorizationServers/aus"
EVERYONE = {"groups": {"include": ["EVERYONE"]}}
MEMBERS = "/api/v1/groups/dev/users"
USERS = "/api/v1/users"
REQUEST = TokenRequest(
    server="aus", client="0oa", grant=PASSWORD, user="ada", scopes=frozenset({"a"})
)


def rule(name: str, *scopes: str, priority: int = 1, people: Any = None) -> dict[str, Any]:
    return {
        "id": name,
        "name": f"Rule {name}",
        "priority": priority,
        "conditions": {
            "people": people or EVERYONE,
            "grantTypes": {"include": [PASSWORD, TOKEN_EXCHANGE, IMPLICIT]},
            "scopes": {"include": list(scopes) or ["*"]},
        },
    }


def policy(name: str, *rules: dict[str, Any], **fields: Any) -> tuple[dict[str, Any], Any]:
    conditions = {"clients": {"include": ["ALL_CLIENTS"]}}
    return {"id": name, "name": f"Policy {name}", "conditions": conditions, **fields}, list(rules)


def decider(*policies: tuple[dict[str, Any], Any], unread: tuple[str, ...] = ()) -> Decider:
    grants = [PASSWORD, TOKEN_EXCHANGE, IMPLICIT, REFRESH_TOKEN]
    oauth = {"grant_types": grants, "response_types": ["token"]}
    tenant = {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [
            {"id": "0oa", "settings": {"implicitAssignment": True, "oauthClient": oauth}}
        ],
        USERS: [
            {"id": "ada"},
            {"id": "eve"},
            {"id": "lou", "status": "LOCKED_OUT"},
            {"id": "sam", "status": "SUSPENDED"},
        ],
        "/api/v1/groups": [{"id": "dev"}],
        MEMBERS: ["eve"],
        f"{SERVER}/scopes": [{"name": "a"}, {"name": "b"}],
        f"{SERVER}/policies": [record for record, _ in policies],
    }
    for record, rules in policies:
        tenant[f"{SERVER}/policies/{record['id']}/rules"] = rules
    return Decider(org_of(tenant, unread))


def kinds(decision: Decision) -> set[CaveatKind]:
    assert decision.outcome is Outcome.MINTED
    return {caveat.kind for caveat in decision.caveats}


# Missing facts


DEVELOPERS = rule("r", people={"groups": {"include": ["dev"]}})


def test_an_exchange_for_a_user_whom_no_rule_names_lacks_what_okta_checks() -> None:
    """The members were read: that the rule does not name her is known, what it means is not."""
    decision = decider(policy("p", DEVELOPERS)).decide(replace(REQUEST, grant=TOKEN_EXCHANGE))
    assert decision.missing
    assert decision.missing.kind is MissingFactKind.EXCHANGE_USER_CHECK
    assert decision.as_json()["missing"] == (
        "whether Okta holds the subject token's user against assignments and the people of a rule"
    )


@pytest.mark.parametrize("grant", [PASSWORD, TOKEN_EXCHANGE])
def test_a_user_of_whom_it_is_not_known_whether_a_rule_names_her(grant: str) -> None:
    unread = decider(policy("p", DEVELOPERS), unread=(MEMBERS,))
    decision = unread.decide(replace(REQUEST, grant=grant))
    assert decision.missing
    assert decision.missing.kind is MissingFactKind.ADMISSION
    assert decision.missing.rule
    assert (decision.missing.rule.id, decision.missing.policy and decision.missing.policy.id) == (
        "r",
        "p",
    )
    assert decision.as_json()["missing"] == (
        'whether rule "Rule r" of policy "Policy p" admits the user'
    )


def test_rules_that_were_not_read_are_named_by_their_policy() -> None:
    unread = decider(policy("p"), unread=(f"{SERVER}/policies/p/rules",))
    missing = unread.decide(REQUEST).missing
    assert missing
    assert missing.kind is MissingFactKind.RULES
    assert missing.text == 'the rules of policy "Policy p"'


@pytest.mark.parametrize(
    ("unread", "missing", "failed"),
    [((), None, Condition.USER), ((USERS,), MissingFactKind.USERS, None)],
)
def test_a_user_whom_the_org_does_not_have_is_rejected_only_if_its_users_were_read(
    unread: tuple[str, ...], missing: MissingFactKind | None, failed: Condition | None
) -> None:
    request = replace(REQUEST, user="nobody")
    decision = decider(policy("p", rule("r")), unread=unread).decide(request)
    assert (decision.missing and decision.missing.kind) is missing
    assert decision.failed is failed


# Users who cannot sign in


@pytest.mark.parametrize(
    ("grant", "user", "error"),
    [
        (PASSWORD, "lou", "invalid_grant"),
        (PASSWORD, "sam", None),
        (PASSWORD, "nobody", None),
        (IMPLICIT, "sam", None),
    ],
)
def test_the_error_is_known_only_for_a_locked_out_user_with_a_password(
    grant: str, user: str, error: str | None
) -> None:
    request = replace(REQUEST, grant=grant, user=user)
    decision = decider(policy("p", rule("r"))).decide(request)
    assert (decision.failed, decision.error) == (Condition.USER, error)


@pytest.mark.parametrize(("listed", "outcome"), [("a", "indeterminate"), ("b", "rejected")])
def test_whether_a_locked_out_user_gets_a_token_is_open_only_where_a_rule_gives_one(
    listed: str, outcome: str
) -> None:
    request = replace(REQUEST, grant=IMPLICIT, user="lou")
    decision = decider(policy("p", rule("r", listed))).decide(request)
    assert decision.outcome == outcome
    assert (decision.missing is not None) is (outcome == "indeterminate")
    assert decision.missing is None or decision.missing.kind is MissingFactKind.USER_STATUS


# Servers of subject tokens

TRUSTED = f"{SERVER}/associatedServers"
EXCHANGE = replace(REQUEST, grant=TOKEN_EXCHANGE)


@pytest.mark.parametrize(("listed", "outcome"), [("a", "indeterminate"), ("b", "rejected")])
def test_whether_a_server_trusts_another_is_open_where_that_was_not_read(
    listed: str, outcome: str
) -> None:
    unread = decider(policy("p", rule("r", listed)), unread=(TRUSTED,))
    decision = unread.decide(replace(EXCHANGE, subject_server="aus2"))
    assert decision.outcome == outcome
    assert decision.missing is None or decision.missing.kind is MissingFactKind.TRUSTED_SERVERS
    own = unread.decide(replace(EXCHANGE, subject_server="aus"))
    assert own.outcome == ("minted" if listed == "a" else "rejected")


def test_a_caveat_says_where_the_trusted_servers_were_not_read() -> None:
    decision = decider(policy("p", rule("r")), unread=(TRUSTED,)).decide(EXCHANGE)
    text = "from the server itself or from one of its trusted servers, which were not read."
    assert any(caveat.text.endswith(text) for caveat in decision.caveats)


@pytest.mark.parametrize("unread", [f"{SERVER}/claims", TRUSTED, "/api/v1/zones"])
def test_what_a_rule_may_consult_need_not_have_been_read(unread: str) -> None:
    """A rule sees only what it declared, and consulting takes asking first."""
    whole = decider(policy("p", rule("r")), unread=(unread,))
    seen = Decider(whole.org.restricted_to(READS, CONSULTS))
    for request in (REQUEST, EXCHANGE, replace(EXCHANGE, subject_server="aus2")):
        assert seen.decide(request) == whole.decide(request)


# Why policies take no part


def test_a_policy_takes_no_part_because_of_its_status_before_its_clients() -> None:
    others = {"clients": {"include": ["0ob"]}}
    explained = decider(
        policy("inactive", status="INACTIVE"),
        policy("others", conditions=others),
        policy("both", status="INACTIVE", conditions=others),
        policy("open", rule("r")),
    ).explain(REQUEST)
    failed = {
        step.candidates.policy.id: step.failed
        for step in explained.steps
        if isinstance(step, PolicyStep)
    }
    assert failed == {
        "inactive": Condition.STATUS,
        "others": Condition.CLIENTS,
        "both": Condition.STATUS,
        "open": None,
    }


# Why rules do not match


@pytest.mark.parametrize(
    ("user", "people", "words"),
    [
        ("ada", {**EVERYONE, "users": {"exclude": ["ada"]}}, 'it excludes "ada"'),
        (
            "eve",
            {"groups": {"include": ["EVERYONE"], "exclude": ["dev"]}},
            'it excludes group "dev", of which "eve" is a member',
        ),
        (
            "ada",
            {"users": {"include": ["eve"]}, "groups": {"exclude": ["dev"]}},
            '"ada" is not among the people it names',
        ),
        ("ada", {"groups": {"include": ["dev"]}}, '"ada" is not in group "dev"'),
    ],
)
def test_a_rule_that_does_not_admit_a_user_says_why(user: str, people: Any, words: str) -> None:
    decisive = decider(policy("p", rule("r", people=people)))
    step = explained_steps(decisive.explain(replace(REQUEST, user=user)))[-2]
    assert (step.failed, step.text) == (Condition.PEOPLE, f'rule 1 "Rule r": {words}')


@pytest.mark.parametrize(
    ("listed", "words"), [("a", "b is not in {a}"), ("c", "a and b are not in {c}")]
)
def test_a_rule_that_lacks_scopes_names_those_only(listed: str, words: str) -> None:
    request = replace(REQUEST, scopes=frozenset({"a", "b"}))
    step = explained_steps(decider(policy("p", rule("r", listed))).explain(request))[-2]
    assert (step.failed, step.text) == (Condition.SCOPES, f'rule 1 "Rule r": {words}')


# Ties


@pytest.mark.parametrize(
    ("policies", "tied"),
    [
        ([policy("p", rule("r"))], False),
        ([policy("p", rule("r"), rule("s"))], True),
        ([policy("p", rule("r"), rule("s", priority=2))], False),
        ([policy("p", rule("r"), rule("s", "b"))], False),
        ([policy("p", rule("r"), rule("s", "a"))], True),
        ([policy("p", rule("r"), priority=1), policy("q", rule("s"), priority=1)], True),
        ([policy("p", rule("r"), priority=1), policy("q", rule("s"), priority=2)], False),
        ([policy("p", rule("r"), priority=1), policy("q", rule("s", "b"), priority=1)], False),
        (
            [policy("p", rule("r"), priority=1), policy("q", rule("s", priority=2), priority=1)],
            True,
        ),
    ],
)
def test_rules_are_tied_where_another_one_of_the_same_priority_gives_the_same(
    policies: list[tuple[dict[str, Any], Any]], *, tied: bool
) -> None:
    decision = decider(*policies).decide(REQUEST)
    assert (CaveatKind.EQUAL_PRIORITY in kinds(decision)) is tied


# What is ignored


@pytest.mark.parametrize(
    ("grant", "scopes", "ignored"),
    [
        (IMPLICIT, {"a", "offline_access"}, True),
        (IMPLICIT, {"a"}, False),
        (PASSWORD, {"a", "offline_access"}, False),
    ],
)
def test_offline_access_is_ignored_in_the_implicit_grant_only(
    grant: str, scopes: set[str], *, ignored: bool
) -> None:
    decision = decider(policy("p", rule("r"))).decide(
        replace(REQUEST, grant=grant, scopes=frozenset(scopes))
    )
    assert (CaveatKind.OFFLINE_ACCESS_IGNORED in kinds(decision)) is ignored
    assert ("offline_access" in decision.granted_scopes) is (
        "offline_access" in scopes and not ignored
    )


# Lifetimes


def test_each_lifetime_of_a_rule_is_told_as_what_it_is() -> None:
    token = {
        "accessTokenLifetimeMinutes": 15,
        "refreshTokenLifetimeMinutes": 2_000,
        "refreshTokenWindowMinutes": 300,
    }
    refreshing = decider(policy("p", rule("r") | {"actions": {"token": token}}))
    decision = refreshing.decide(replace(REQUEST, scopes=frozenset({"a", "offline_access"})))
    assert decision.refresh_token
    assert decision.access_token_minutes == 15
    assert decision.refresh_token_minutes == 2_000
    assert decision.refresh_window_minutes == 300
    assert decision.id_token_minutes is None
