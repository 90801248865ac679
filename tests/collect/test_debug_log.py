"""`--debug`: it says what happened, and none of the secrets that were in play."""

from __future__ import annotations

import json
import logging
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from faulty import WINDOW, hasten, large_tenant
from helpers import TOKEN, Outcome, okta_auditor, served
from service_app import KEY, jwk, pem, with_service_app

from auditor.cli.commands import audit
from auditor.collect.http.transport import Transport

HARMLESS = {"GET", "POST", "application/json", "client_credentials"}
KEY_LINES = pem(KEY).splitlines()[1:-1]
LOGIN, NAME = "ada.lovelace@northwind.example", "Secret Project"
BODY = "words of an answer"


def faults() -> list[dict[str, Any]]:
    """One of each kind, each once: what they answer holds secrets, too."""
    body = {"errorCode": "E0000009", "errorSummary": f"{BODY} for {LOGIN}"}
    return [
        {"path": "^/api/v1/zones", "times": 1, "status": 500, "body": body},
        {"path": "^/api/v1/groups$", "times": 1, "status": 429, "headers": WINDOW},
        {"path": "^/api/v1/apps$", "times": 1, "drop": True},
        {"path": "^/api/v1/groups/00g0/users", "times": 1, "status": 403, "body": body},
    ]


def tenant_of_secrets() -> dict[str, Any]:
    document = json.loads(json.dumps(large_tenant()))
    document["/api/v1/users"][0] |= {"profile": {"login": LOGIN}}
    document["/api/v1/groups"][0] |= {"profile": {"name": NAME}}
    document["@faults"] = faults()
    return document


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every value that a request carried: credentials, proofs, assertions."""
    values: set[str] = set()
    answer = Transport._answer

    async def recorded(self: Any, method: str, url: str, headers: Any, form: Any) -> Any:
        for name, value in [*headers.items(), *(form or {}).items()]:
            if name not in {"User-Agent", "scope", "client_assertion_type"}:
                values.update([value, value.rpartition(" ")[2]])
        return await answer(self, method, url, headers, form)

    monkeypatch.setattr(Transport, "_answer", recorded)
    return values


def run(document: dict[str, Any], folder: Path, *words: object, **variables: str) -> Outcome:
    with served(document) as sandbox:
        outcome = okta_auditor(*words, "-o", folder / "s.json", url=sandbox.url, **variables)
        cursors = {r.query["after"] for r in sandbox.requests if "after" in r.query}
    if "--debug" in words:
        log = (folder / "debug.log").read_text()
        assert cursors
        assert not [cursor for cursor in cursors if f"={cursor}" in log]
    return outcome


def secrets_in(log: str, sent: set[str]) -> list[str]:
    secrets = sent - HARMLESS | {TOKEN, LOGIN, NAME, BODY, "eyJ", jwk(KEY)["d"][:24], *KEY_LINES}
    assert all(len(secret) > 2 for secret in secrets)
    return [secret for secret in secrets if secret in log]


@pytest.mark.parametrize("before_the_command", [True, False])
def test_an_export_with_an_api_token_is_logged_without_its_secrets(
    tmp_path: Path, sent: set[str], monkeypatch: pytest.MonkeyPatch, *, before_the_command: bool
) -> None:
    hasten(monkeypatch)
    path = tmp_path / "debug.log"
    option = ("--debug", path)
    words = (*option, "snapshot") if before_the_command else ("snapshot", *option)

    outcome = run(
        tenant_of_secrets(), tmp_path, *words,
        HTTPS_PROXY="http://ada:proxySecret@127.0.0.1:9",
    )  # fmt: skip

    log = path.read_text()
    assert outcome.exit_code == 3
    assert f"SSWS {TOKEN}" in sent
    assert not secrets_in(log, sent)
    assert "proxySecret" not in log
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for part in (
        "okta-auditor ", "Python 3.", "HTTPS_PROXY", "command: ", "concurrency=15",
        "GET http://127.0.0.1/api/v1/users: 200 in ", "remaining ",
        "another request for network_zones: AFTER_A_PAUSE", "a pause of ",
        "journal ", "policies: /api/v1/authorizationServers/aus1/policies: pages 1, records 1, all",
    ):  # fmt: skip
        assert part in log, part
    assert not re.search(r"GET \S+\?", log), "no query, since a value of it may be a cursor"


def test_an_export_of_a_service_app_is_logged_without_its_secrets(
    tmp_path: Path, sent: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hasten(monkeypatch)
    path = tmp_path / "debug.log"
    document = tenant_of_secrets() | {
        key: value for key, value in with_service_app(dpop=True).items() if "/apps" in key
    }

    run(
        document, tmp_path, "snapshot", "--debug", path,
        OKTA_CLIENT_TOKEN="", OKTA_CLIENT_CLIENTID="0oaS", OKTA_CLIENT_PRIVATEKEY=pem(KEY),
    )  # fmt: skip

    log = path.read_text()
    assert any(value.startswith("DPoP ") for value in sent), "it was DPoP"
    assert any(value.startswith("eyJ") for value in sent), "assertions and proofs were sent"
    assert not secrets_in(log, sent)
    assert "POST http://127.0.0.1/oauth2/v1/token: 200" in log
    assert "access token issued: DPoP" in log


def test_nothing_is_logged_without_the_option(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasten(monkeypatch)
    outcome = run(tenant_of_secrets(), tmp_path, "snapshot")

    assert outcome.exit_code == 3
    assert not caplog.records
    assert {path.name for path in tmp_path.iterdir()} <= {"s.json", "s.json.partial"}
    assert not logging.getLogger("auditor").handlers
    assert not logging.getLogger("auditor").isEnabledFor(logging.DEBUG)


def test_a_crash_is_logged_with_its_places_and_not_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        local = LOGIN
        raise RuntimeError(f"{TOKEN} {local}")

    monkeypatch.setattr(audit, "_once", broken)
    path = tmp_path / "debug.log"

    outcome = okta_auditor("audit", tmp_path / "s.json", "--debug", path)

    assert outcome.exit_code == 3
    assert "this is a bug" in outcome.stderr
    assert str(path) in outcome.stderr
    log = path.read_text()
    assert "builtins.RuntimeError" in log
    assert "test_debug_log.py:" in log
    assert "in broken" in log
    assert TOKEN not in log
    assert LOGIN not in log


def test_rules_and_settings_are_logged(tmp_path: Path) -> None:
    path = tmp_path / "debug.log"
    folder = tmp_path / "demo"
    assert okta_auditor("--debug", path, "demo", "-o", folder).exit_code == 0

    log = path.read_text()
    assert "rule OAM101 server-without-active-policy took " in log
    assert "setting fail_on = high (default)" in log

    assert okta_auditor("rules", "--debug", path).exit_code == 0
    assert "OAM101" not in path.read_text(), "a log is begun anew"


def test_a_log_follows_no_link_and_replaces_nothing_but_a_log(tmp_path: Path) -> None:
    notes, link = tmp_path / "notes.txt", tmp_path / "link"
    notes.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")

    for path in (notes, link, tmp_path):
        for words in (("--debug", path, "rules"), ("rules", "--debug", path)):
            outcome = okta_auditor(*words)
            assert outcome.exit_code == 2
            assert "--debug" in outcome.stderr

    assert notes.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()
