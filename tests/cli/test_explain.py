"""`explain`, as a user meets it: the answer, the trace, the advice, the exit code."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, Outcome, okta_auditor, snapshot_file

USER = "authorization_code"
POLICIES = f"{SERVERS}/aus1/policies"


def rule(name: str, scopes: list[str], **people: Any) -> dict[str, Any]:
    return {
        "id": f"0pr-{name}",
        "name": name,
        "conditions": {
            "people": {
                "users": {
                    "include": people.get("users", []),
                    "exclude": people.get("without", []),
                },
                "groups": {
                    "include": people.get("groups", []),
                    "exclude": people.get("outside", []),
                },
            },
            "grantTypes": {"include": people.get("grants", [USER])},
            "scopes": {"include": scopes},
        },
        "actions": {
            "token": {
                "accessTokenLifetimeMinutes": people.get("minutes", 60),
                "refreshTokenLifetimeMinutes": 0,
                "refreshTokenWindowMinutes": 10080,
            }
        },
    }


def app(app_id: str, label: str, grants: list[str], **oauth: Any) -> dict[str, Any]:
    return {
        "id": app_id,
        "label": label,
        "status": oauth.pop("status", "ACTIVE"),
        "credentials": {
            "oauthClient": {"client_id": app_id, "pkce_required": oauth.pop("pkce", False)}
        },
        "settings": {
            "oauthClient": {
                "grant_types": grants,
                "response_types": ["code"],
                "redirect_uris": ["https://checkout.example/callback"],
                **oauth,
            }
        },
    }


EXAMPLE: dict[str, Any] = {
    SERVERS: [
        {"id": "aus1", "name": "Payments"},
        {"id": "aus2", "name": "Orders"},
        {"id": "aus3", "name": "Closed", "status": "INACTIVE"},
    ],
    POLICIES: [
        {"id": "p1", "name": "Checkout", "conditions": {"clients": {"include": ["0oa1", "0oa4"]}}},
        {"id": "p2", "name": "Else", "conditions": {"clients": {"include": ["0oa2", "0oa3"]}}},
    ],
    f"{POLICIES}/p1/rules": [
        rule("Readers", ["openid", "offline_access", "pay:read"], groups=["EVERYONE"]),
        rule("Writers", ["openid", "pay:write"], groups=["g-ops"], minutes=15),
    ],
    f"{POLICIES}/p2/rules": [
        rule("Robots", ["pay:read"], users=["u1"], grants=["client_credentials"]),
        rule("Shared", ["pay:write"], users=["u1"], grants=["client_credentials", USER]),
    ],
    f"{SERVERS}/aus1/scopes": [{"name": "pay:read"}, {"name": "pay:write"}, {"name": "pay:all"}],
    f"{SERVERS}/aus2/policies": [
        {"id": "p3", "name": "All", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
    ],
    f"{SERVERS}/aus2/policies/p3/rules": [rule("Any", ["*"], groups=["EVERYONE"])],
    f"{SERVERS}/aus2/scopes": [{"name": "order:read"}],
    f"{SERVERS}/aus3/policies": [],
    "/api/v1/apps": [
        app("0oa1", "checkout", [USER, "refresh_token"], dpop_bound_access_tokens=True, pkce=True),
        app("0oa2", "robot", ["client_credentials"], application_type="service"),
        app("0oa3", "shelf", [USER]),
        app("0oa4", "old", [USER], status="INACTIVE"),
    ],
    "/api/v1/apps/0oa1/groups": [{"id": "g-staff"}],
    "/api/v1/apps/0oa1/users": [],
    "/api/v1/apps/0oa3/users": [{"id": "u1", "scope": "USER", "status": "ACTIVE"}],
    "/api/v1/groups": [
        {"id": "g-staff", "profile": {"name": "Staff"}},
        {"id": "g-ops", "profile": {"name": "Operators"}},
    ],
    "/api/v1/groups/g-staff/users": ["u1", "u2", "u3", "u4"],
    "/api/v1/groups/g-ops/users": ["u2", "u5"],
    "/api/v1/users": [
        {"id": "u1", "profile": {"login": "ada@acme.example"}},
        {"id": "u2", "profile": {"login": "bob@acme.example"}},
        {"id": "u3", "profile": {"login": "cy@acme.example"}},
        {"id": "u4", "status": "SUSPENDED", "profile": {"login": "dee@acme.example"}},
        {"id": "u5", "profile": {"login": "eve@acme.example"}},
    ],
}


REJECTED = """\
REJECTED  access_denied: Policy evaluation failed for this request, please check the policy \
configurations.
          System Log: eventType eq "app.oauth2.as.authorize" and outcome.reason eq \
"no_matching_policy"

  ✓ server "Payments" is active
  ✓ client "checkout" is active and may use authorization_code
  ✓ scopes openid and pay:write can be asked for
  ✓ user "ada@acme.example" is active and assigned through group "Staff"
  ✓ policy 1 "Checkout" applies to this client
      ✗ rule 1 "Readers": pay:write is not in {offline_access, openid, pay:read}
      ✗ rule 2 "Writers": "ada@acme.example" is not in group "Operators"
  - policy 2 "Else" does not apply: it names other clients
  ✗ nothing matched

It would pass if either
  · "ada@acme.example" were a member of "Operators" (rule "Writers", access token 15 minutes), or
  · rule "Readers" also allowed pay:write (access token 1 hour, this would reach 1 more person), or
  · the request did without scope pay:write (rule "Readers", access token 1 hour)

The policy is evaluated once, at sign-in: later changes do not affect codes already issued.
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, EXAMPLE)


def explain(
    path: Path, *options: str, server: str = "Payments", client: str = "checkout", grant: str = USER
) -> Outcome:
    return okta_auditor(
        "explain", path, "--server", server, "--client", client, "--grant", grant, *options
    )


def decided(path: Path, *options: str, **where: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        explain(path, *options, "--format", "json", **where).stdout
    )
    return document


def advice(path: Path, *options: str, **where: str) -> list[str]:
    return [item["text"] for item in decided(path, *options, **where)["advice"]]


def asking(user: str, *scopes: str) -> tuple[str, ...]:
    return ("--user", user, *(word for scope in scopes for word in ("--scope", scope)))


def test_a_rejection_comes_with_oktas_words_the_log_filter_the_trace_and_advice(
    example: Path,
) -> None:
    outcome = explain(example, *asking("ada@acme.example", "openid", "pay:write"))

    assert outcome.exit_code == 0
    assert outcome.stdout == REJECTED


def test_a_token_comes_with_policy_rule_and_lifetimes(example: Path) -> None:
    lines = explain(
        example, *asking("ada", "openid offline_access", "pay:read")
    ).stdout.splitlines()

    assert lines[:5] == [
        'MINTED  by rule "Readers" of policy "Checkout"',
        "        scopes         offline_access, openid and pay:read",
        "        access token   1 hour",
        "        refresh token  unlimited, ends when unused for 7 days",
        "        ID token       1 hour",
    ]
    assert '      ✓ rule 1 "Readers": matches' in lines
    assert lines[-1].startswith("The policy is evaluated once")


def test_the_json_has_the_decision_the_request_the_trace_and_the_advice(example: Path) -> None:
    document = decided(example, *asking("ada", "openid", "pay:write"))

    assert document["outcome"] == "rejected"
    assert document["error"] == "access_denied"
    assert document["reason"] == "no_matching_policy"
    assert document["policy"] is None
    assert document["rule"] is None
    assert document["granted_scopes"] == []
    assert document["refresh_token"] is False
    assert document["request"]["server"] == {"id": "aus1", "name": "Payments"}
    assert document["request"]["client"] == {"id": "0oa1", "name": "checkout"}
    assert document["request"]["user"] == {"id": "u1", "name": "ada@acme.example"}
    assert document["request"]["scopes"] == ["openid", "pay:write"]
    assert {frozenset(step) for step in document["trace"]} == {
        frozenset({"kind", "passed", "text", "object_id", "failed"})
    }
    people = next(step for step in document["trace"] if step["failed"] == "people")
    assert people["object_id"] == "0pr-Writers"
    assert document["advice"][0]["rule"] == {"id": "0pr-Writers", "name": "Writers"}
    assert document["advice"][1]["more_people"] == 1

    minted = decided(example, *asking("bob", "pay:write"))
    assert minted["policy"] == {"id": "p1", "name": "Checkout"}
    assert minted["rule"] == {"id": "0pr-Writers", "name": "Writers"}
    assert minted["access_token_minutes"] == 15
    assert minted["refresh_token_minutes"] is None
    assert minted["advice"] == []


@pytest.mark.parametrize(
    ("options", "where", "words"),
    [
        (asking("eve", "pay:write"), {}, 'were a member of "Staff", which is assigned'),
        (asking("eve", "pay:read"), {}, '"eve@acme.example" were assigned to the client'),
        (asking("dee", "pay:read"), {}, '"dee@acme.example" were active (is SUSPENDED)'),
        (asking("ada", "pay:raed"), {}, "the request asked for pay:read instead of pay:raed"),
        (asking("ada", "pay:read", "pay:new"), {}, "the request did without scope pay:new"),
        (asking("ada", "pay:all"), {}, 'rule "Readers" also allowed pay:all'),
        (asking("ada", "order:read"), {}, 'the request went to authorization server "Orders"'),
        (asking("ada", "profile"), {}, "openid were asked for too"),
        (asking("ada"), {}, "the request named its scopes, such as pay:read"),
        (asking("ada", "pay:read"), {"client": "old"}, 'client "old" were active'),
        (asking("ada", "pay:read"), {"client": "shelf"}, 'policy "Checkout" named the client'),
        (asking("ada", "pay:read"), {"grant": "device_code"}, "the client were allowed urn:"),
        ((*asking("ada", "pay:read"), "--no-pkce"), {}, "the request sent a code challenge"),
        ((*asking("ada", "pay:read"), "--no-dpop"), {}, "the request carried a DPoP proof"),
        (
            (*asking("ada", "pay:read"), "--redirect-uri", "https://checkout.example/callback/"),
            {},
            'the request used the registered redirect URI "https://checkout.example/callback"',
        ),
        (
            (*asking("ada", "pay:read"), "--redirect-uri", "https://other.example/"),
            {},
            'redirect URI "https://other.example/" were registered',
        ),
        (
            (*asking("ada", "pay:read"), "--response-type", "token"),
            {},
            'the request used response type "code"',
        ),
        (
            ("--scope", "pay:read"),
            {"client": "robot", "grant": "client_credentials"},
            'rule "Robots" named no people',
        ),
        (
            ("--scope", "pay:read", "--scope", "openid"),
            {"client": "robot", "grant": "client_credentials"},
            "the request did without scope openid and rule",
        ),
        (
            ("--scope", "openid"),
            {"client": "robot", "grant": "client_credentials"},
            "the request asked for pay:read instead and rule",
        ),
        (asking("ada", "pay:read"), {"server": "org"}, 'went to authorization server "Payments"'),
    ],
)  # fmt: skip
def test_advice(example: Path, options: tuple[str, ...], where: dict[str, str], words: str) -> None:
    document = decided(example, *options, **where)

    assert document["outcome"] == "rejected"
    assert len(document["advice"]) <= 4
    assert any(words in item["text"] for item in document["advice"]), document["advice"]


def test_advice_leaves_the_names_of_a_tenant_alone(tmp_path: Path) -> None:
    tenant = copy.deepcopy(EXAMPLE)
    tenant["/api/v1/groups"][0]["profile"]["name"] = "Brand and Legal"
    uri = "https://x.example/?q=; did you mean "
    tenant["/api/v1/apps"][0]["settings"]["oauthClient"]["redirect_uris"] = [uri]
    path = snapshot_file(tmp_path, tenant)

    (_, joined) = advice(path, *asking("eve", "pay:read"))
    assert 'a member of "Brand and Legal", which is assigned' in joined
    (registered, *_) = advice(path, *asking("ada", "pay:read"), "--redirect-uri", f"{uri}x")
    assert f'the registered redirect URI "{uri}"' in registered


OFFICE = {"id": "z1", "name": "Office", "type": "IP", "gateways": [{"value": "192.0.2.1"}]}
NORWAY = {"id": "z2", "name": "Norway", "type": "DYNAMIC", "status": "INACTIVE"}
EMPTY = {"id": "z3", "name": "Empty", "type": "IP"}


def turned_away(
    folder: Path, zones: list[dict[str, Any]], network: Any, *keys: dict[str, Any]
) -> dict[str, list[str]]:
    """What would help a client at the token endpoint, by the fault."""
    found = {}
    parts: dict[str, dict[str, Any]] = {
        "keys": {"token_endpoint_auth_method": "private_key_jwt"},
        "zones": {"network": network},
    }
    for fault, part in parts.items():
        tenant = copy.deepcopy(EXAMPLE)
        robot = tenant["/api/v1/apps"][1]
        side = robot["credentials"] if fault == "keys" else robot["settings"]
        side["oauthClient"].update(part)
        tenant[f"{POLICIES}/p2/rules"][0]["conditions"]["people"] = {}
        tenant["/api/v1/zones"] = zones
        if fault == "keys":
            tenant["/api/v1/apps/0oa2/credentials/jwks"] = list(keys)
        where = {"client": "robot", "grant": "client_credentials"}
        document = decided(snapshot_file(folder, tenant), "--scope", "pay:read", **where)
        assert document["outcome"] == "rejected"
        assert document["trace"][-1]["failed"] == fault
        found[fault] = [item["text"].partition(" (")[0] for item in document["advice"]]
    return found


def test_advice_for_a_client_that_is_turned_away_names_what_it_lacks(tmp_path: Path) -> None:
    zone = {"connection": "ZONE", "include": ["z2", "z3", "gone"]}
    spare = {"kid": "k1", "use": "sig", "status": "INACTIVE"}
    for_encryption = {"kid": "k2", "use": "enc"}
    found = turned_away(tmp_path, [OFFICE, NORWAY, EMPTY], zone, spare, for_encryption)

    assert found["keys"] == [
        'key "k1" of the client were active',
        "the client had an active key for signatures",
    ]
    assert found["zones"] == [
        'network zone "Norway" were active',
        'network zone "Empty" had addresses',
        'the client could be used from network zone "Office"',
        "the client could be used from anywhere",
    ]
    bare = turned_away(tmp_path, [], {"connection": "ZONE"})
    assert bare["keys"] == ["the client had an active key for signatures"]
    assert bare["zones"] == ["the client could be used from anywhere"]


def test_no_advice_widens_a_rule_for_people_so_that_a_robot_passes(example: Path) -> None:
    options = ("--scope", "pay:write")
    for text in advice(example, *options, client="robot", grant="client_credentials"):
        assert '"Shared" named no people' not in text


def test_following_the_advice_leads_to_a_token(tmp_path: Path, example: Path) -> None:
    first, second, *_ = advice(example, *asking("ada", "openid", "pay:write"))
    assert "member of" in first
    assert "also allowed pay:write" in second
    joined, widened = copy.deepcopy(EXAMPLE), copy.deepcopy(EXAMPLE)
    joined["/api/v1/groups/g-ops/users"].append("u1")
    conditions = widened[f"{POLICIES}/p1/rules"][0]["conditions"]
    conditions["scopes"]["include"].append("pay:write")
    for changed in (joined, widened):
        path = snapshot_file(tmp_path, changed)
        assert explain(path, *asking("ada", "openid", "pay:write")).stdout.startswith("MINTED")


def test_the_log_filter_names_the_event_of_the_grant_and_the_server(example: Path) -> None:
    def found(**where: str) -> str:
        options = asking("eve", "openid")
        if where.get("grant") == "client_credentials":
            options = ("--scope", "pay:read")
        return str(decided(example, *options, **where)["system_log_filter"])

    assert 'eq "app.oauth2.as.authorize" and outcome.reason eq "user_not_assigned"' in found()
    assert 'eq "app.oauth2.authorize" and' in found(server="org")
    robot = found(client="robot", grant="client_credentials")
    assert 'eq "app.oauth2.as.token.grant" and outcome.reason eq "no_matching_policy"' in robot


def test_the_two_readings_and_the_caveat_where_they_differ(example: Path) -> None:
    options = asking("ada", "openid", "email", "pay:read")
    listed, granted = (
        decided(example, *options),
        decided(example, *options, "--oidc-scopes", "granted"),
    )

    assert (listed["outcome"], granted["outcome"]) == ("rejected", "minted")
    assert listed["readings_differ"]
    assert granted["readings_differ"]
    assert "Note: Okta's documents disagree" in explain(example, *options).stdout


def test_a_user_is_needed_and_asked_for(example: Path) -> None:
    outcome = explain(example, "--scope", "pay:read")

    assert outcome.exit_code == 3
    assert outcome.stdout.startswith("INDETERMINATE  not known: a user")
    assert "Name a user: --user LOGIN" in outcome.stdout


@pytest.mark.parametrize(
    ("unread", "missing"),
    [
        ("users", "the users of the org"),
        ("policies", "the access policies of the authorization server"),
        ("policy_rules", 'the rules of policy "Checkout"'),
        ("scopes", "the scopes of the authorization server"),
        ("app_groups", "the assignments of the client"),
        ("group_members", "the assignments of the client"),
    ],
)
def test_what_was_not_read_is_named(tmp_path: Path, unread: str, missing: str) -> None:
    dependents = {"policies": ("policies", "policy_rules")}.get(unread, (unread,))
    path = snapshot_file(tmp_path, EXAMPLE, unread=dependents)

    outcome = explain(path, *asking("ada@acme.example", "pay:write"))

    assert outcome.exit_code == 3
    assert outcome.stdout.splitlines()[0] == f"INDETERMINATE  not known: {missing}"
    assert "  ? " in outcome.stdout
    assert f"grant okta.{unread}.read" in outcome.stdout


def test_what_does_not_bear_on_the_answer_may_be_missing(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("app_grants", "zones", "claims"))
    outcome = explain(path, *asking("ada", "pay:read"))

    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("MINTED")


@pytest.mark.parametrize(
    ("options", "where", "words"),
    [
        ((), {"server": "Paymets"}, 'There is no authorization server "Paymets"; did you mean Pay'),
        ((), {"client": "chekout"}, 'There is no client "chekout"; did you mean checkout?'),
        ((), {"grant": "implcit"}, 'There is no grant type "implcit"; did you mean implicit?'),
        (("--user", "zed@nowhere"), {}, 'There is no user "zed@nowhere"'),
        (("--format", "yaml"), {}, "yaml"),
        (("--oidc-scopes", "maybe"), {}, "maybe"),
    ],
)
def test_wrong_usage(
    example: Path, options: tuple[str, ...], where: dict[str, str], words: str
) -> None:
    outcome = explain(example, *options, **where)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert not outcome.stdout


def test_an_empty_snapshot(tmp_path: Path) -> None:
    outcome = explain(snapshot_file(tmp_path, {}))

    assert outcome.exit_code == 2
    assert "the snapshot has no authorization server at all" in outcome.stderr


def test_a_snapshot_without_its_servers_is_incomplete_and_not_wrong_usage(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, {}, unread=("authorization_servers",))
    outcome = explain(path)

    assert outcome.exit_code == 3
    assert "not all authorization servers were read" in outcome.stderr
    assert "okta.authorization_servers.read" in outcome.stderr


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    hostile = copy.deepcopy(EXAMPLE)
    name = "\x1b[2J\u202eevil\nMINTED by me"
    hostile[SERVERS][0]["name"] = hostile["/api/v1/apps"][0]["label"] = name
    hostile["/api/v1/groups"][1]["profile"]["name"] = name
    hostile[POLICIES][0]["name"] = hostile[f"{POLICIES}/p1/rules"][0]["name"] = name
    hostile[f"{POLICIES}/p1/rules"][0]["conditions"]["scopes"]["include"].append(name)
    hostile[f"{SERVERS}/aus1/scopes"].append({"name": name})
    path = snapshot_file(tmp_path, hostile)

    for form in ("text", "json"):
        for scopes in (("pay:write",), (name,), ("\x1b[31mred",)):
            outcome = explain(
                path, *asking("ada", *scopes), "--format", form, server="aus1", client="0oa1"
            )
            assert outcome.exit_code == 0
            assert "\x1b" not in outcome.shown
            assert "\u202e" not in outcome.shown
            assert not any(line.startswith("MINTED") for line in outcome.stdout.splitlines()[1:])


def test_a_long_list_of_policies_for_others_is_one_line(tmp_path: Path) -> None:
    many = copy.deepcopy(EXAMPLE)
    many[POLICIES] += [
        {"id": f"x{n}", "name": f"Other {n}", "conditions": {"clients": {"include": ["0oa9"]}}}
        for n in range(40)
    ]
    outcome = explain(snapshot_file(tmp_path, many), *asking("ada", "pay:write"))

    assert "  - 41 policies name other clients" in outcome.stdout


def test_what_decides_loads_neither_the_sdk_nor_the_rules(example: Path) -> None:
    words = ["explain", str(example), "--server", "Payments", "--client", "checkout"]
    words += ["--grant", USER, "--user", "ada", "--scope", "pay:write"]
    code = (
        "import sys; from auditor.cli import main\n"
        f"try: main({words!r})\n"
        "except SystemExit: pass\n"
        "names = ('okta', 'aiohttp', 'rich', 'jinja2', 'yaml', 'auditor.plugins')\n"
        "print([m for m in names if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
