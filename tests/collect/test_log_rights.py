"""A service app asks for the scope of the log and no other; what is missing is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpers import Outcome, okta_auditor, served
from pulled_logs import LOGS, event, uuids
from service_app import KEY, pem, with_service_app

SCOPE = "okta.logs.read"


def pulled(path: Path, document: dict[str, Any], **variables: str) -> Outcome:
    with served(document | {LOGS: [event(1)]}) as sandbox:
        return okta_auditor(
            "logs", "-o", path,
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY), **variables,
        )  # fmt: skip


def test_only_the_scope_of_the_log_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    # It has this one only, so that asking for another would be refused.
    document = with_service_app((SCOPE,))
    outcome = pulled(path, document, OKTA_CLIENT_SCOPES="okta.apps.read,okta.users.read")
    assert outcome.exit_code == 0, outcome.stderr
    assert len(uuids(path)) == 1


def test_a_scope_that_is_not_granted_is_named(tmp_path: Path) -> None:
    outcome = pulled(tmp_path / "log.jsonl", with_service_app(("okta.apps.read",)))
    assert outcome.exit_code == 3
    assert f"Grant the service app the scope {SCOPE} under Applications" in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_a_role_that_is_missing_is_named(tmp_path: Path) -> None:
    refused = {"path": "^/api/v1/logs", "status": 403}
    document = with_service_app((SCOPE,), faults=[refused])
    outcome = pulled(tmp_path / "log.jsonl", document)
    assert outcome.exit_code == 3
    assert "error: The System Log could not be read: Okta refused it (403 " in outcome.stderr
    assert "Read-only Administrator and Report Administrator may" in outcome.stderr
