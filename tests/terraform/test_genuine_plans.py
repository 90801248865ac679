"""The contract with Terraform: genuine plans of public configurations, if they are at hand.

Each planned object is held against what the plan states, attribute by attribute, by a table that
shares nothing with the code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor

from auditor.snapshot.document import parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

PLANS = Path(__file__).parents[3] / "shared" / "plans"
SECRET = "Passw0rd!x"
"""The made-up password that stands in one of them in clear."""

pytestmark = pytest.mark.skipif(not PLANS.exists(), reason="genuine plans are not at hand")

FILES = sorted(PLANS.glob("*.json"))

OF_OKTA = frozenset(
    {
        MissingFactKind.NOTHING_BUT_IGNORED,
        MissingFactKind.POLICY_ON_REFRESH,
        MissingFactKind.RULE_WITHOUT_PEOPLE,
        MissingFactKind.SCOPES_OF_ASSERTION,
    }
)
"""What Okta does not publish, whatever a plan says."""

STATED: dict[str, dict[str, str]] = {
    "okta_auth_server": {"name": "name", "audiences": "audiences", "status": "status"},
    "okta_auth_server_policy": {
        "name": "name",
        "status": "status",
        "priority": "priority",
        "client_whitelist": "conditions.clients.include",
    },
    "okta_auth_server_policy_rule": {
        "name": "name",
        "status": "status",
        "priority": "priority",
        "grant_type_whitelist": "conditions.grantTypes.include",
        "scope_whitelist": "conditions.scopes.include",
        "group_whitelist": "conditions.people.groups.include",
        "group_blacklist": "conditions.people.groups.exclude",
        "user_whitelist": "conditions.people.users.include",
        "access_token_lifetime_minutes": "actions.token.accessTokenLifetimeMinutes",
        "refresh_token_lifetime_minutes": "actions.token.refreshTokenLifetimeMinutes",
        "refresh_token_window_minutes": "actions.token.refreshTokenWindowMinutes",
    },
    "okta_auth_server_scope": {
        "name": "name",
        "consent": "consent",
        "default": "default",
        "metadata_publish": "metadataPublish",
    },
    "okta_auth_server_claim": {
        "name": "name",
        "value": "value",
        "claim_type": "claimType",
        "value_type": "valueType",
        "always_include_in_token": "alwaysIncludeInToken",
    },
    "okta_app_oauth": {
        "label": "label",
        "status": "status",
        "type": "settings.oauthClient.application_type",
        "grant_types": "settings.oauthClient.grant_types",
        "response_types": "settings.oauthClient.response_types",
        "redirect_uris": "settings.oauthClient.redirect_uris",
        "token_endpoint_auth_method": "credentials.oauthClient.token_endpoint_auth_method",
        "pkce_required": "credentials.oauthClient.pkce_required",
    },
    "okta_group": {"name": "profile.name"},
    "okta_user": {"login": "profile.login", "status": "status"},
    "okta_trusted_origin": {"name": "name", "origin": "origin"},
}


def planned(file: Path, folder: Path) -> dict[str, Any]:
    out = folder / "planned.json"
    outcome = okta_auditor("plan", file, "-o", out)
    assert outcome.exit_code == 3, "it stands alone"
    assert SECRET not in outcome.shown
    assert SECRET not in out.read_text()
    return dict(json.loads(out.read_text()))


def _changes(file: Path) -> Iterator[dict[str, Any]]:
    for entry in json.loads(file.read_text())["resource_changes"]:
        if entry["type"] in STATED and entry["change"]["after"]:
            yield entry


def _field(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return sorted(record) if isinstance(record, list) else record


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_objects_are_what_the_plan_states(file: Path, tmp_path: Path) -> None:
    records = {
        record["id"]: record
        for value in planned(file, tmp_path)["resources"].values()
        if isinstance(value, list)
        for record in value
        if isinstance(record, dict) and "id" in record
    }
    compared = 0
    for entry in _changes(file):
        after = entry["change"]["after"]
        unknown = entry["change"].get("after_unknown") or {}
        record = records[after.get("id") or entry["address"]]
        for attribute, path in STATED[entry["type"]].items():
            mark = unknown.get(attribute)
            if after.get(attribute) is None or mark is True or (mark and any(mark)):
                continue
            value = after[attribute]
            stated = sorted(value) if isinstance(value, list) else value
            assert _field(record, path) == stated, (entry["address"], attribute)
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_decision_is_certain_or_names_what_is_missing(file: Path, tmp_path: Path) -> None:
    planned(file, tmp_path)
    path = tmp_path / "planned.json"
    org = Org.of(parse_snapshot(read_document(path), path))
    decider = Decider(org)
    counts = dict.fromkeys(Outcome, 0)
    for server, client in product(org.servers, org.clients):
        scopes = [frozenset({scope.name}) for scope in org.scopes(server)] or [frozenset("x")]
        for grant, asked in product(client.grant_types, scopes):
            people = (None,) if grant in USERLESS_GRANTS else [user.id for user in org.users]
            for user in people or ("00uNobody",):
                request = TokenRequest(
                    server=server.id, client=client.client_id, grant=grant, user=user, scopes=asked
                )
                decision = decider.decide(request)
                counts[decision.outcome] += 1
                if decision.outcome is Outcome.INDETERMINATE:
                    assert decision.missing is not None
                    assert decision.missing.attribute in decision.missing.text
                    assert decision.missing.attribute or decision.missing.kind in OF_OKTA
    if org.clients:
        assert sum(counts.values()) > 0
