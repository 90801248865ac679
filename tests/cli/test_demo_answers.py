"""The demo tenant: commands, pictures and rules give one answer about the same client.

weather-station has no key, visitors-register may be used from a zone that is gone, and
shopping-agent exchanges the tokens of users who are not assigned to it.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import Outcome, okta_auditor, snapshot_file

from auditor.access_overview.model import AccessOverview, ClientServerAccess, Obtains, RuleUse
from auditor.lint.engine import audit
from auditor.lint.examples import CAPTURED_AT
from auditor.lint.result import AuditResult
from auditor.plugins import load_rules
from auditor.sandbox.northwind import northwind
from auditor.snapshot.document import Source, dump_snapshot

sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox"))
from test_northwind import snapshot_of

STATION = ("--server", "Fleet Telemetry", "--client", "weather-station")
STATION += ("--grant", "client_credentials", "--scope", "telemetry:publish")
VISITORS = ("--server", "Parts Catalog", "--client", "visitors-register")
VISITORS += ("--grant", "authorization_code", "--user", "keiko", "--scope", "openid")
AGENT = ("--server", "Baskets", "--client", "shopping-agent", "--grant", "token-exchange")
AGENT += ("--user", "ada", "--scope", "baskets:write")


@cache
def tenant() -> dict[str, Any]:
    return snapshot_of(northwind(CAPTURED_AT)).resources


@cache
def result() -> AuditResult:
    snapshot = snapshot_of(northwind(CAPTURED_AT))
    return audit(snapshot, load_rules(), Source("s.json", dump_snapshot(snapshot)))


def demo(folder: Path, *unread: str) -> Path:
    return snapshot_file(folder, tenant(), unread=unread)


def explained(path: Path, options: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        okta_auditor("explain", path, *options, "--format", "json").stdout
    )
    return found


def access(path: Path, *options: str) -> Outcome:
    return okta_auditor("access", path, *options)


def pictures() -> AccessOverview:
    found = result().access
    assert found is not None
    return found


def cells(client: str) -> dict[str, ClientServerAccess]:
    (found,) = (item for item in pictures().clients if item.name == client)
    names = [server.name for server in pictures().servers]
    return dict(zip(names, found.cells, strict=True))


def findings(client: str) -> dict[str, str]:
    return {f.rule.code: f.message for f in result().findings if f.object.name == client}


def test_a_client_without_a_key_gets_nothing(tmp_path: Path) -> None:
    path = demo(tmp_path)
    outcome = okta_auditor("explain", path, *STATION)

    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "REJECTED  invalid_client: The client does not have a JWKSet configured, but the "
        "client_assertion requires one.\n\n"
        '  ✓ server "Fleet Telemetry" is active\n'
        '  ✗ client "weather-station" has no active key for signatures and no jwks_uri\n\n'
        "It would pass if\n"
        '  · the client had an active key for signatures (rule "Report", access token 1 hour)\n'
    )
    assert access(path, "--client", "weather-station").stdout.startswith("Nobody can obtain")
    assert "its token requests fail with invalid_client" in findings("weather-station")["OAM511"]
    fleet = cells("weather-station")["Fleet Telemetry"]
    assert fleet.obtains is Obtains.NOTHING
    assert fleet.failure == "it has no active key to authenticate with"
    (server,) = (item for item in pictures().servers if item.name == "Fleet Telemetry")
    (report,) = (
        r for p in server.policies for r in p.rules if r.name == "Report" and p.name == "Weather"
    )
    assert report.use is RuleUse.NEVER
    assert report.why.startswith("its clients are turned away at the token endpoint")


def test_a_client_whose_zones_are_gone_gets_nothing(tmp_path: Path) -> None:
    path = demo(tmp_path)
    found = explained(path, VISITORS)

    assert (found["outcome"], found["error"]) == ("rejected", "access_denied")
    assert found["error_description"] == (
        "The request is made from outside the client's permitted network zones."
    )
    assert found["trace"][-1]["failed"] == "zones"
    advice = [item["text"] for item in found["advice"]]
    assert advice
    assert all("network zone" in text or "anywhere" in text for text in advice)
    assert not any("were active" in text or "had addresses" in text for text in advice)
    assert access(path, "--client", "visitors-register").stdout.startswith("Nobody can obtain")
    assert "all its requests fail" in findings("visitors-register")["OAM515"]
    found_cells = cells("visitors-register").values()
    assert {cell.obtains for cell in found_cells} == {Obtains.NOTHING}
    assert {cell.failure for cell in found_cells} == {"", "no address is within its network zones"}


def test_a_token_exchange_for_somebody_who_is_not_assigned_is_not_known(tmp_path: Path) -> None:
    path = demo(tmp_path)
    outcome = okta_auditor("explain", path, *AGENT)

    assert outcome.exit_code == 3
    assert outcome.stdout.startswith(
        "INDETERMINATE  not known: whether Okta holds the subject token's user against "
        "assignments and the people of a rule\n"
    )
    assert '? user "ada@northwind.example" is not assigned to the client' in outcome.stdout
    table = access(path, "--server", "Baskets", "--scope", "baskets:write")
    assert table.exit_code == 0
    assert "not known" in table.stdout
    row = json.loads(access(path, "--server", "Baskets", "--format", "json").stdout)[0]
    assert (row["people"], row["uncertain"], row["rule"]) == (0, True, "On behalf of users")


def test_what_may_be_exchanged_is_nowhere_called_dead() -> None:
    (server,) = (item for item in pictures().servers if item.name == "Baskets")
    (rule,) = server.policies[0].rules
    said = {f.rule.code for f in result().findings if f.object.name == rule.name}
    dead = [f for f in result().findings if f.rule.code in {"OAM206", "OAM318"}]

    assert "OAM526" in said
    assert rule.use is RuleUse.UNKNOWN
    assert not rule.why
    assert {"baskets:read", "baskets:write"} <= set(server.unknown)
    assert cells("shopping-agent")["Baskets"].obtains is Obtains.UNKNOWN
    assert not any("Baskets" in finding.message for finding in dead)
    assert any("token exchange" in note for note in pictures().notes)


@pytest.mark.parametrize(
    ("options", "unread", "caveat"),
    [
        (STATION, "app_jwks", "The client's keys were not read"),
        (VISITORS, "network_zones", "The network zones were not read"),
    ],
)
def test_what_was_not_read_blames_no_client(
    tmp_path: Path, options: tuple[str, ...], unread: str, caveat: str
) -> None:
    path = demo(tmp_path, unread)
    user = options.index("--user") if "--user" in options else None
    if user is not None:  # somebody who is assigned
        options = (*options[:user], "--user", assigned(), *options[user + 2 :])
    found = explained(path, options)

    assert found["outcome"] == "minted"
    assert any(item.startswith(caveat) for item in found["caveats"])
    unknown = [step for step in found["trace"] if step["passed"] == "unknown"]
    assert len(unknown) == 1
    assert "not read" in unknown[0]["text"]
    outcome = access(path, "--client", options[3])
    assert outcome.exit_code == 3
    assert "Not completely read" in outcome.stderr
    assert access(path, "--client", "orders-portal").exit_code == 3, "complete is one thing"


def assigned() -> str:
    """The login of somebody who is assigned to visitors-register."""
    (app,) = (a for a in tenant()["/api/v1/apps"] if a["label"] == "visitors-register")
    groups = [item["id"] for item in tenant()[f"/api/v1/apps/{app['id']}/groups"]]
    members = {user for group in groups for user in tenant()[f"/api/v1/groups/{group}/users"]}
    users = tenant()["/api/v1/users"]
    found = [u["profile"]["login"] for u in users if u["id"] in members and u["status"] == "ACTIVE"]
    return str(found[0])


def test_expectations_follow(tmp_path: Path) -> None:
    file = tmp_path / "expectations.yaml"
    lines = []
    for options, expected in (
        (STATION, "expect: rejected\n  error: invalid_client\n  reason: null"),
        (VISITORS, "expect: rejected\n  error: access_denied\n  reason: null"),
        (AGENT, "expect: indeterminate"),
    ):
        pairs = dict(zip(options[::2], options[1::2], strict=True))
        scope = pairs.pop("--scope")
        lines.append(f"- name: {pairs['--client']}")
        lines += [f"  {key[2:]}: {value}" for key, value in pairs.items()]
        lines += [f'  scopes: ["{scope}"]', f"  {expected}"]
    file.write_text("\n".join(lines) + "\n")

    outcome = okta_auditor("test", demo(tmp_path), file)

    assert outcome.exit_code == 0, outcome.shown
