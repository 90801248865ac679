"""AI agents as clients: what they are called, what they obtain, for whom, and what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, snapshot_file

from auditor.lint.examples import example_snapshot
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.servers import tenant_reach
from auditor.tokens.reach.situations import Reach

AGENTS = "/workload-principals/api/v1/ai-agents"
LINKS = "/workload-principals/api/v1/delegation-links"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CIMD = "https://agent.example/client.json"


def connection(**changes: Any) -> dict[str, Any]:
    return {
        "id": "mcn1",
        "status": "ACTIVE",
        "connectionType": "IDENTITY_ASSERTION_CUSTOM_AS",
        "authorizationServer": {"orn": "orn:okta:idp:00o1:authorization_servers:aus1"},
        "scopeCondition": "INCLUDE_ONLY",
        "scopes": ["crm.read", "crm.delete"],
        **changes,
    }


def tenant(agent: dict[str, Any] | None = None, *connections: Any, **more: Any) -> dict[str, Any]:
    """An agent of the portal's users, a CRM whose policy names it, and three people.

    Ada and Bob are assigned to the portal; the CRM's rule is for Ada and Cy.
    """
    own = {"id": "wlp1", "profile": {"name": "Helper"}, "signOnProvider": {"appInstanceId": "0oaP"}}
    rule = {
        "id": "r1",
        "name": "Support",
        "conditions": {
            "people": {"users": {"include": ["00u1", "00u3"]}},
            "grantTypes": {"include": [JWT_BEARER]},
            "scopes": {"include": ["crm.read", "crm.write"]},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 30}},
    }
    portal = {"application_type": "web", "grant_types": ["authorization_code"]}
    named = {"id": "p1", "name": "Agents", "conditions": {"clients": {"include": ["wlp1", CIMD]}}}
    return {
        "/api/v1/apps": [
            {"id": "0oaP", "label": "Portal", "settings": {"oauthClient": portal}},
        ],
        "/api/v1/apps/0oaP/users": [{"id": "00u1", "scope": "USER"}, {"id": "00u2"}],
        "/api/v1/users": [
            {"id": f"00u{n}", "status": "ACTIVE", "profile": {"login": f"{name}@acme.example"}}
            for n, name in enumerate(["ada", "bob", "cy"], 1)
        ],
        SERVERS: [{"id": "aus1", "name": "CRM", "issuer": "https://acme.okta.com/oauth2/aus1"}],
        f"{SERVERS}/aus1/scopes": [{"name": f"crm.{it}"} for it in ("read", "write", "delete")],
        f"{SERVERS}/aus1/policies": [named],
        f"{SERVERS}/aus1/policies/p1/rules": [rule],
        AGENTS: [own | (agent or {})],
        f"{AGENTS}/wlp1/connections": list(connections) or [connection()],
        **more,
    }


def org_of(document: dict[str, Any]) -> Org:
    return Org.of(example_snapshot(document))


def decided(document: dict[str, Any], **request: Any) -> Decision:
    org = org_of(document)
    usual = {"server": "CRM", "client": "Helper", "grant": "jwt-bearer", "user": "ada"}
    return Decider(org).decide(NamedRequest(**usual | request).resolve(org))


@pytest.mark.parametrize("word", ["Helper", "helper", "wlp1"])
def test_an_agent_is_called_by_its_name_or_id(word: str) -> None:
    decision = decided(tenant(), client=word, assertion_scopes=("crm.read",))

    assert decision.outcome is Outcome.MINTED
    assert decision.rule is not None
    assert decision.rule.title == "Support"
    assert decision.access_token_minutes == 30


def test_an_agent_is_called_by_the_url_of_its_metadata() -> None:
    document = tenant({"oauthClient": {"clientId": CIMD}})

    decision = decided(document, client=CIMD, assertion_scopes=("crm.read",))

    assert decision.outcome is Outcome.MINTED


@pytest.mark.parametrize(
    ("scopes", "user", "failed"),
    [
        (("crm.write",), "ada", "scopes"),  # no connection
        (("crm.read", "crm.write"), "ada", "scopes"),
        (("crm.delete",), "ada", "policy"),  # no rule
        (("crm.read",), "bob", "policy"),  # not one of the rule's people
        (("crm.read",), "cy", "assignment"),  # cannot sign in to the portal
        (("openid",), "ada", "scopes"),
        (("crm.unheard",), "ada", "scopes"),
    ],
)
def test_the_second_leg_takes_a_connection_a_rule_and_people(
    scopes: tuple[str, ...], user: str, failed: str
) -> None:
    decision = decided(tenant(), assertion_scopes=scopes, user=user)

    assert (decision.outcome, decision.failed) == (Outcome.REJECTED, failed)


@pytest.mark.parametrize(
    ("scopes", "outcome", "error"),
    [
        (("crm.read",), Outcome.MINTED, None),
        (("crm.read", "crm.delete"), Outcome.MINTED, None),
        (("crm.write",), Outcome.REJECTED, "invalid_scope"),
        (("openid", "crm.read"), Outcome.REJECTED, "invalid_scope"),
        (None, Outcome.INDETERMINATE, None),
    ],
)
def test_the_first_leg_takes_a_connection(
    scopes: tuple[str, ...] | None, outcome: Outcome, error: str | None
) -> None:
    decision = decided(tenant(), server="org", grant="token-exchange", scopes=scopes)

    assert (decision.outcome, decision.error) == (outcome, error)
    if outcome is Outcome.MINTED:
        assert decision.access_token_minutes == 5
        assert "ID-JAG" in decision.caveats[0].text


def test_okta_names_the_one_scope_that_no_connection_allows() -> None:
    decision = decided(tenant(), server="org", grant="token-exchange", scopes=("crm.write",))

    words = "The following scopes are not allowed for this request: [crm.write]."
    assert decision.error_description == words


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.MINTED),
        ({"scopeCondition": "ALL_SCOPES", "scopes": ["*"]}, Outcome.MINTED),
        ({"scopeCondition": "EXCLUDE", "scopes": ["crm.write"]}, Outcome.MINTED),
        ({"scopeCondition": "EXCLUDE", "scopes": ["crm.read"]}, Outcome.REJECTED),
        ({"scopeCondition": "SOMETHING_NEW"}, Outcome.INDETERMINATE),
        ({"status": "INACTIVE"}, Outcome.REJECTED),
        ({"connectionType": "STS_VAULT_SECRET"}, Outcome.REJECTED),
        ({"authorizationServer": {"orn": "orn:x:authorization_servers:aus2"}}, Outcome.REJECTED),
        ({"authorizationServer": {"issuerUrl": "https://id.acme/oauth2/aus1"}}, Outcome.MINTED),
        ({"authorizationServer": {"issuerUrl": "https://[/oauth2/aus1"}}, Outcome.REJECTED),
        ({"authorizationServer": None}, Outcome.REJECTED),
    ],
)
def test_what_a_connection_allows(changes: dict[str, Any], outcome: Outcome) -> None:
    decision = decided(tenant(None, connection(**changes)), assertion_scopes=("crm.read",))

    assert decision.outcome is outcome


def test_of_two_connections_to_a_server_only_what_both_allow_is_certain() -> None:
    other = connection(id="mcn2", scopes=["crm.read"])
    document = tenant(None, connection(scopes=["crm.read", "crm.write"]), other)

    assert decided(document, assertion_scopes=("crm.read",)).outcome is Outcome.MINTED
    assert decided(document, assertion_scopes=("crm.write",)).outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize("status", ["INACTIVE", "STAGED", None])
def test_an_agent_that_is_not_active_obtains_nothing(status: str | None) -> None:
    document = tenant({"status": status})

    for request in ({"assertion_scopes": ("crm.read",)}, {"server": "org", "scopes": ("x",)}):
        grant = "token-exchange" if "scopes" in request else "jwt-bearer"
        decision = decided(document, grant=grant, **request)
        assert (decision.outcome, decision.failed) == (Outcome.REJECTED, "client")
        assert decision.error is None  # no source gives it


@pytest.mark.parametrize("grant", ["client_credentials", "authorization_code", "password"])
def test_whether_an_agent_may_use_another_grant_type_is_not_known(grant: str) -> None:
    decision = decided(tenant(), grant=grant, scopes=("crm.read",))

    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert decision.missing.text == "whether an AI agent may use the grant type"


def test_an_agent_that_is_bound_to_an_app_has_its_grant_types_and_people() -> None:
    document = tenant({"signOnProvider": None})
    document["/api/v1/apps"][0]["credentials"] = {"oauthClient": {"client_id": "wlp1"}}

    assert decided(document, assertion_scopes=("crm.read",)).outcome is Outcome.MINTED
    assert decided(document, assertion_scopes=("crm.read",), user="cy").failed == "assignment"
    assert decided(document, grant="password", scopes=("crm.read",)).failed == "grant"
    assert decided(document, client="0oaP", grant="authorization_code").failed == "scopes"


def test_an_app_that_needs_no_assignment_has_everybody_as_its_users() -> None:
    document = tenant()
    document["/api/v1/apps"][0]["settings"]["implicitAssignment"] = True

    assert decided(document, assertion_scopes=("crm.read",), user="cy").outcome is Outcome.MINTED


def test_apps_that_delegate_to_an_agent_are_those_of_its_users() -> None:
    link = {
        "from": {"clientOrn": "orn:okta:idp:00o1:apps:oidc_client:0oaP"},
        "to": {"resourceOrn": "orn:okta:directory:00o1:workload-principals:ai-agents:wlp1"},
    }
    without = tenant({"signOnProvider": None})

    unknown = decided(without, assertion_scopes=("crm.read",))
    known = decided({**without, LINKS: [link]}, assertion_scopes=("crm.read",))

    assert unknown.missing is not None
    assert unknown.missing.text == "the assignments of the client"
    assert known.outcome is Outcome.MINTED


def test_whom_an_agent_acts_for_is_not_known_if_another_agent_calls_it() -> None:
    call = {
        "connectionType": "IDENTITY_ASSERTION_A2A_SERVER",
        "resource": {"orn": "orn:okta:directory:00o1:resource-servers:a2a:wlp1"},
    }
    document = tenant(**{f"{AGENTS}/wlp2/connections": [call]})

    assert decided(document, assertion_scopes=("crm.read",)).outcome is Outcome.MINTED
    decision = decided(document, assertion_scopes=("crm.read",), user="cy")
    assert decision.outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize(
    ("unread", "missing"),
    [
        ("agent_connections", "resource connections"),
        ("app_users", "the assignments of the client"),
    ],
)
def test_what_was_not_read_leaves_it_open(tmp_path: Path, unread: str, missing: str) -> None:
    path = snapshot_file(tmp_path, tenant(), unread=(unread,))

    outcome = okta_auditor(
        "explain", path, "--server", "CRM", "--client", "Helper", "--grant", "jwt-bearer",
        "--user", "ada", "--assertion-scope", "crm.read",
    )  # fmt: skip

    assert outcome.exit_code == 3
    assert outcome.stdout.startswith("INDETERMINATE")
    assert missing in outcome.stdout
    assert f"grant okta.{unread}.read" in outcome.stdout


@pytest.mark.parametrize("unread", [(), ("ai_agents", "agent_connections")])
@pytest.mark.parametrize("word", ["wlp9", "https://other.example/c.json"])
def test_an_unknown_workload_principal_is_not_missing(
    tmp_path: Path, unread: tuple[str, ...], word: str
) -> None:
    path = snapshot_file(tmp_path, tenant(), unread=unread)

    outcome = okta_auditor(
        "explain", path, "--server", "CRM", "--client", word, "--grant", "jwt-bearer",
    )  # fmt: skip

    assert outcome.exit_code == 3
    assert "is not known" in outcome.stderr
    assert "There is no" not in outcome.stderr


def test_a_misspelt_agent_is_suggested(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())

    outcome = okta_auditor(
        "explain", path, "--server", "CRM", "--client", "Helpr", "--grant", "jwt-bearer"
    )

    assert outcome.exit_code == 2
    assert "did you mean Helper?" in outcome.stderr


def test_without_the_scopes_of_the_assertion_the_option_is_named(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())
    words = ("--server", "CRM", "--client", "Helper", "--grant", "jwt-bearer", "--user", "ada")

    outcome = okta_auditor("explain", path, *words)

    assert outcome.exit_code == 3
    assert "--assertion-scope SCOPE" in outcome.stdout
    named = okta_auditor("explain", path, *words, "--assertion-scope", "crm.read")
    assert named.stdout.startswith("MINTED")
    assert 'assigned to "Portal" directly' in named.stdout
    assert 'scope crm.read of the assertion can be asked for by connection "mcn1"' in named.stdout


def test_access_counts_the_people_of_an_agent(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())

    rows = json.loads(okta_auditor("access", path, "--format", "json").stdout)

    assert [(row["client"], row["scope"], row["people"], row["uncertain"]) for row in rows] == [
        ("Helper", "crm.read", 1, False)
    ]
    assert rows[0]["access_token_minutes"] == 30
    assert json.loads(
        okta_auditor("access", path, "--client", "wlp1", "--user", "bob", "--format", "json").stdout
    ) == []  # fmt: skip


def test_expectations_name_agents_and_what_an_assertion_carries(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())
    case = {
        "server": "CRM", "client": "Helper", "grant": "jwt-bearer", "user": "ada",
        "assertion_scopes": ["crm.read"], "expect": "minted", "rule": "Support",
    }  # fmt: skip
    unknown = {**case, "client": "wlp9", "expect": "indeterminate", "rule": None}
    (tmp_path / "cases.json").write_text(json.dumps([case, unknown]))

    outcome = okta_auditor("test", path, tmp_path / "cases.json")

    assert outcome.exit_code == 0, outcome.shown


def test_a_rule_is_reached_by_an_agent_and_of_an_unknown_one_nothing_is_said() -> None:
    known, unknown = tenant(), tenant(**{AGENTS: [], f"{AGENTS}/wlp1/connections": []})
    del unknown[f"{AGENTS}/wlp1/connections"]
    known[f"{SERVERS}/aus1/policies"][0]["conditions"]["clients"]["include"] = ["wlp1"]

    for document, reached, write in ((known, True, False), (unknown, None, None)):
        org = org_of(document)
        reach = tenant_reach(org).server(org.servers[0])
        assert [each.reached for each in reach.rules] == [reached]
        assert reach.scopes["crm.write"] is write
    witness = tenant_reach(org_of(known)).server(org_of(known).servers[0]).rules[0].witness
    assert witness is not None
    assert (witness.scopes, witness.assertion_scopes) == (None, frozenset({"crm.read"}))


def test_diff_shows_what_more_an_agent_obtains(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = snapshot_file(tmp_path / "old", tenant())
    new = snapshot_file(tmp_path, tenant(None, connection(scopes=["crm.read", "crm.write"])))

    outcome = okta_auditor("diff", old, new)

    assert "Helper" in outcome.stdout
    assert "crm.write" in outcome.stdout


def test_diff_counts_people_who_are_newly_assigned_to_the_app_of_an_agent(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = snapshot_file(tmp_path / "old", tenant())
    changed = tenant()
    changed["/api/v1/apps/0oaP/users"].append({"id": "00u3"})
    new = snapshot_file(tmp_path, changed)

    outcome = okta_auditor("diff", old, new, "--client", "Helper")

    assert "crm.read" in outcome.stdout
    assert "cy@acme.example" in outcome.stdout


def test_advice_says_to_which_app_a_user_of_an_agent_is_to_be_assigned(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())

    outcome = okta_auditor(
        "explain", path, "--server", "CRM", "--client", "Helper", "--grant", "jwt-bearer",
        "--user", "cy", "--assertion-scope", "crm.read",
    )  # fmt: skip

    assert outcome.stdout.startswith("REJECTED")
    assert '"cy@acme.example" were assigned to "Portal"' in outcome.stdout


def test_pictures_name_agents(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())

    page = okta_auditor("audit", path, "-O", "html", "--no-config", "--exit-zero").stdout

    assert "1 client" in page or "2 clients" in page
    assert "AI agent" in page
    assert "Helper" in page


OTHER_POLICY = {
    "id": "p2",
    "name": "Everybody",
    "conditions": {"clients": {"include": ["ALL_CLIENTS"]}},
}


def other_rule(*scopes: str, people: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "r2",
        "conditions": {
            "people": people,
            "grantTypes": {"include": [JWT_BEARER]},
            "scopes": {"include": list(scopes)},
        },
    }


@pytest.mark.parametrize("condition", ["ALL_SCOPES", "INCLUDE_ONLY", "EXCLUDE", "NEW"])
@pytest.mark.parametrize("second", [None, ["crm.read"], ["crm.write"]])
@pytest.mark.parametrize("app", ["0oaP", None])
@pytest.mark.parametrize(
    "rule",
    [
        other_rule("*", people={"groups": {"include": ["EVERYONE"]}}),
        other_rule("crm.write", people={"users": {"include": ["00u2"]}}),
        other_rule("crm.delete", people={}),
    ],
)
def test_reach_says_of_each_person_and_scope_what_single_decisions_say(
    condition: str, second: list[str] | None, app: str | None, rule: dict[str, Any]
) -> None:
    others = [connection(id="mcn2", scopes=second)] if second else []
    document = tenant(
        {"signOnProvider": {"appInstanceId": app}}, connection(scopeCondition=condition), *others
    )
    document[f"{SERVERS}/aus1/policies"].append(OTHER_POLICY)
    document[f"{SERVERS}/aus1/policies/p2/rules"] = [rule]
    org = org_of(document)
    reach = Reach(org)
    situation = reach.situation("aus1", "wlp1", JWT_BEARER)
    for scope in ("crm.read", "crm.write", "crm.delete"):
        people = situation.access(scope).people
        for user in ("00u1", "00u2", "00u3"):
            one = reach.populations.users.of([user])
            request = situation.request(user, frozenset({scope}))
            outcome = reach.decider.decide(request).outcome
            assert (outcome is Outcome.MINTED) == bool(people.sure & one), (scope, user)
            # A decision that lacks the assignments does not look at policies any more.
            if outcome is Outcome.REJECTED:
                assert not people.possible & one, (scope, user)
