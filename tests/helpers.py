"""What several tests need: a small tenant, the real command line, a sandbox to call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from schemas import check, check_printed, check_text

from auditor.cli import main
from auditor.lint.examples import example_snapshot
from auditor.sandbox import UNHURRIED, Sandbox, TenantFile
from auditor.snapshot.collections import COLLECTIONS, match
from auditor.snapshot.content_digest import content_digest
from auditor.snapshot.document import document_head, write_snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry
from auditor.snapshot.proof import complete_ledger, expected_lists

TOKEN = "00secretTokenThatMustNeverBeSeen"

SERVERS = "/api/v1/authorizationServers"

TENANT: dict[str, Any] = {
    "/api/v1/org": {
        "id": "00o1",
        "companyName": "Acme",
        "phoneNumber": "+1 202 555 0100",
        "subdomain": "acme",
    },
    "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
    SERVERS: [
        {
            "id": "aus1",
            "name": "Billing",
            "status": "ACTIVE",
            "audiences": ["https://api.acme.example/billing"],
        }
    ],
    f"{SERVERS}/aus1/policies": [
        {
            "id": "00p1",
            "name": "Apps",
            "status": "ACTIVE",
            "priority": 1,
            "conditions": {"clients": {"include": ["0oa1"]}},
        }
    ],
    f"{SERVERS}/aus1/policies/00p1/rules": [
        {
            "id": "0pr1",
            "name": "Readers",
            "status": "ACTIVE",
            "priority": 1,
            "conditions": {
                "people": {"users": {"exclude": []}, "groups": {"include": ["EVERYONE"]}},
                "grantTypes": {"include": ["authorization_code"]},
                "scopes": {"include": ["openid", "billing:read"]},
            },
            "actions": {
                "token": {
                    "accessTokenLifetimeMinutes": 60,
                    "refreshTokenLifetimeMinutes": 0,
                    "refreshTokenWindowMinutes": 10080,
                }
            },
        }
    ],
    f"{SERVERS}/aus1/scopes": [{"id": "scp1", "name": "billing:read", "system": False}],
    "/api/v1/apps": [
        {
            "id": "0oa1",
            "label": "Invoices",
            "name": "oidc_client",
            "status": "ACTIVE",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {
                "oauthClient": {
                    "client_id": "0oa1",
                    "pkce_required": True,
                    "token_endpoint_auth_method": "client_secret_basic",
                }
            },
            "settings": {
                "oauthClient": {
                    "application_type": "web",
                    "grant_types": ["authorization_code"],
                    "response_types": ["code"],
                    "redirect_uris": ["https://invoices.acme.example/callback"],
                }
            },
        },
        {"id": "0oa2", "label": "Payroll", "status": "ACTIVE", "signOnMode": "SAML_2_0"},
    ],
    "/api/v1/apps/0oa1/groups": [{"id": "00g1", "priority": 0}],
    "/api/v1/apps/0oa1/users": [
        {"id": "00u1", "scope": "GROUP", "status": "ACTIVE", "profile": {"ssn": "078-05-1120"}}
    ],
    "/api/v1/groups": [
        {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
        {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}},
    ],
    "/api/v1/groups/00g1/users": [{"id": "00u1", "profile": {"login": "ada@acme.example"}}],
    "/api/v1/users": [
        {
            "id": "00u1",
            "status": "ACTIVE",
            "profile": {"login": "ada@acme.example", "mobilePhone": "+1 202 555 0101"},
        }
    ],
}


def with_everyone(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same groups, of which the first is the one that every org has."""
    first = {**groups[0], "type": "BUILT_IN", "profile": {"name": "Everyone"}}
    return [first, *groups[1:]]


def tenant(**changes: Any) -> dict[str, Any]:
    """The small sound tenant, with resources or directives (`faults=…`) put in its place."""
    directives = {"faults", "rate_limits", "latency_ms", "tokens"}
    named = {f"@{key}" if key in directives else key: value for key, value in changes.items()}
    return {**json.loads(json.dumps(TENANT)), **named}


def packed_tenant() -> dict[str, Any]:
    """The small tenant with its lists of people as a snapshot holds them, and OIDC apps only."""
    document = tenant()
    document["/api/v1/apps"] = document["/api/v1/apps"][:1]
    document["/api/v1/apps/0oa1/users"] = [{"scope": "USER", "status": "ACTIVE", "ids": ["00u1"]}]
    document["/api/v1/groups/00g1/users"] = ["00u1"]
    return document


def unhurried(document: dict[str, Any]) -> TenantFile:
    """A tenant file with limits that nobody waits for where it names none; Okta's are low."""
    tenant = TenantFile.from_document(document)
    return tenant.model_copy(update={"rate_limits": (*tenant.rate_limits, *UNHURRIED)})


@contextmanager
def served(document: dict[str, Any]) -> Iterator[Sandbox]:
    """A sandbox that serves the document while the block runs; see `unhurried`."""
    with Sandbox(unhurried(document)) as sandbox:
        check("tenant", document, "tenant")
        yield sandbox


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def shown(self) -> str:
        """All that the user saw."""
        return self.stdout + self.stderr


def okta_auditor(*arguments: object, url: str | None = None, **environment: str) -> Outcome:
    """Run the real command line in this process.

    Args:
        arguments: its words.
        url: the org to read with `TOKEN`.
        environment: further variables.
    """
    variables: dict[str, str | None] = {
        "OKTA_CLIENT_ORGURL": url,
        "OKTA_CLIENT_TOKEN": TOKEN if url else None,
        "OKTA_CLIENT_CLIENTID": None,
        "OKTA_CLIENT_PRIVATEKEY": None,
        "CI": "true",
        # Whatever terminal the tests run on; of an answer, each thing that it says is one line.
        "COLUMNS": "200" if arguments and arguments[0] in {"explain", "diff", "test"} else "100",
        **environment,
    }
    result = CliRunner().invoke(main, [str(word) for word in arguments], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    outcome = Outcome(result.exit_code, result.stdout, result.stderr)
    assert "Traceback" not in outcome.shown
    assert TOKEN not in outcome.shown
    check_text(outcome.stdout)
    check_printed([str(word) for word in arguments], outcome.stdout)
    return outcome


def ledger(path: Path) -> dict[str, dict[str, Any]]:
    """The ledger entries of a snapshot file, by collection."""
    return {entry["collection"]: entry for entry in json.loads(path.read_text())["ledger"]}


def write_document(path: Path, document: dict[str, Any]) -> None:
    """Write a snapshot document that was edited, with the digest of what it holds now."""
    digest = content_digest(document_head(document), document["resources"])
    path.write_text(json.dumps({**document, "digest": digest}))


def snapshot_file(folder: Path, document: dict[str, Any], *, unread: tuple[str, ...] = ()) -> Path:
    """A snapshot file of an example, in which some collections were refused."""
    snapshot = example_snapshot(document)
    entries = tuple(
        LedgerEntry(
            collection=entry.collection,
            status=CollectionStatus.REFUSED,
            oauth_scope=f"okta.{entry.collection}.read",
            reason="403 E0000006",
        )
        if entry.collection in unread
        else entry
        for entry in snapshot.ledger.entries
    )
    resources = {
        path: value
        for path, value in snapshot.resources.items()
        if (found := match(path)) and found[0].name not in unread
    }
    for row in COLLECTIONS:  # an exporter reads no list that belongs to nothing
        if row.parent:
            of = {
                name: [p for p in resources if _name(p) == name] for name in (row.name, row.parent)
            }
            expected = expected_lists(row, {path: resources[path] for path in of[row.parent]})
            for path in set(of[row.name]) - expected:
                del resources[path]
    counts = {entry.collection: entry for entry in complete_ledger(resources).entries}
    entries = tuple(
        entry.model_copy(
            update={
                "objects": counts[entry.collection].objects,
                "lists": 0 if entry.collection in unread else counts[entry.collection].lists,
            }
        )
        for entry in entries
    )
    changed = {"ledger": Ledger(entries=entries), "resources": resources}
    path = folder / "example.json"
    write_snapshot(snapshot.model_copy(update=changed), path)
    return path


def _name(path: str) -> str:
    found = match(path)
    return found[0].name if found else ""
