"""The table of rights that Okta's endpoints need: how it is made, and what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.diagnosis.api_rights.endpoints import (
    documents,
    endpoint_of,
    endpoints,
    endpoints_of,
)
from auditor.snapshot.collections import COLLECTIONS

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "auditor/diagnosis/api_rights/endpoints.tsv"
BOTH = [{"apiToken": []}, {"oauth2": ["okta.things.read"]}]


def document(**info: Any) -> dict[str, Any]:
    return {
        "info": {"title": "Things", "version": "1.2", "license": {"name": "Apache-2.0"}, **info},
        "security": [{"apiToken": []}],
        "paths": {
            "/api/v1/things": {
                "parameters": [],
                "post": {
                    "description": "Copied by nobody",
                    "security": [{"oauth2": ["b", "a"]}, {"oauth2": ["c"]}],
                    "x-okta-iam-admin-roles": ["SUPER_ADMIN", "APP_ADMIN"],
                    "x-okta-iam-permissions": ["okta.things.manage"],
                },
                "get": {"security": BOTH},
            },
            "/api/v1/default": {"get": {}},
            "/api/v1/open": {"get": {"security": []}},
            "/api/v1/token": {"post": {"security": [{"Client_authentication_jwt": []}]}},
        },
    }


def written(folder: Path, *made: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    paths = []
    for number, each in enumerate(made):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_text(yaml.safe_dump(each))
    words = [sys.executable, ROOT / "docs/api_rights.py", folder / "table.tsv", *paths]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_a_document_becomes_a_table(tmp_path: Path) -> None:
    outcome = written(tmp_path, document())
    assert outcome.returncode == 0, outcome.stderr
    lines = (tmp_path / "table.tsv").read_text().splitlines()
    assert [line.split("\t") for line in lines if not line.startswith("# ")] == [
        ["GET", "/api/v1/default", "ssws", "-", "-", "-"],
        ["GET", "/api/v1/open", "-", "-", "-", "-"],
        ["GET", "/api/v1/things", "oauth ssws", "okta.things.read", "-", "-"],
        ["POST", "/api/v1/things", "oauth", "a b|c", "APP_ADMIN SUPER_ADMIN", "okta.things.manage"],
        ["POST", "/api/v1/token", "client", "-", "-", "-"],
    ]
    assert "# document\tThings\t1.2" in lines
    assert "Copied" not in "".join(lines)


def test_a_document_of_another_licence_is_refused(tmp_path: Path) -> None:
    outcome = written(tmp_path, document(license={"name": "Proprietary"}))
    assert outcome.returncode == 1
    assert "its licence is Proprietary, not Apache-2.0" in outcome.stderr
    assert not (tmp_path / "table.tsv").exists()


def test_the_table_is_in_order_and_names_its_sources() -> None:
    rows = [(endpoint.path, endpoint.method) for endpoint in endpoints()]
    assert rows == sorted(set(rows))
    assert len(rows) > 900
    assert {each.title: each.version for each in documents()}["Okta Admin Management API"]
    assert TABLE.read_text().count("\n") == len(rows) + len(documents()) + 4


def test_what_a_snapshot_reads_takes_the_scope_that_the_collections_name() -> None:
    unpublished = []
    for row in COLLECTIONS:
        endpoint = endpoint_of("GET", row.path.replace("{}", "an-id"))
        if endpoint is None:
            unpublished.append(row.name)
        else:
            assert endpoint.scopes == (frozenset({row.oauth_scope}),), row.name
    # The API of AI agents is in no document that Okta publishes.
    assert unpublished == ["ai_agents", "agent_connections", "delegation_links"]


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/api/v1/users", "okta.users.read"),
        ("GET", "/api/v1/groups/rules", "okta.groups.read"),
        ("POST", "/api/v1/groups/rules/0pr1/lifecycle/activate", "okta.groups.manage"),
        ("GET", "/oauth2/v1/clients", "okta.clients.read"),
        ("GET", "/oauth2/v1/clients/0oa1/roles", "okta.roles.read"),
        ("GET", "/api/v1/users/", "okta.users.read"),
    ],
)
def test_a_call_is_looked_up(method: str, path: str, scopes: str) -> None:
    endpoint = endpoint_of(method, path)
    assert endpoint is not None
    assert endpoint.scopes == (frozenset(scopes.split()),)


def test_the_path_that_is_spelt_out_furthest_counts() -> None:
    assert endpoints_of("/api/v1/groups/rules")[0].path == "/api/v1/groups/rules"
    assert endpoints_of("/api/v1/groups/00g1")[0].path == "/api/v1/groups/{groupId}"


def test_what_is_in_no_document_has_no_rights() -> None:
    assert endpoint_of("GET", "/api/v1/nothing") is None
    assert endpoint_of("DELETE", "/api/v1/users") is None
    assert endpoint_of("", "/api/v1/users") is None  # several methods, several scopes
    assert endpoint_of("", "/api/v1/iam/assignees/users") is not None
    assert endpoint_of("GET", "/api/v1/users//factors") is None
