"""`okta-auditor sandbox --service-app`: who it is, what it may, and where its key is."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import okta_auditor, tenant, unhurried

from auditor.collect.auth.credentials import READ_SCOPES
from auditor.sandbox import Sandbox
from auditor.sandbox.service_app import CLIENT_ID, made_service_app


def test_the_collector_reads_everything_as_it(tmp_path: Path):
    path = tmp_path / "s.json"
    with made_service_app(unhurried(tenant())) as (served, app), Sandbox(served) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", path,
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_TOKEN="",
            OKTA_CLIENT_CLIENTID=app.client_id, OKTA_CLIENT_PRIVATEKEY=str(app.key),
        )  # fmt: skip

    assert outcome.exit_code == 0, outcome.stderr
    grants = json.loads(path.read_text())["resources"][f"/api/v1/apps/{CLIENT_ID}/grants"]
    assert {grant["scopeId"] for grant in grants} > set(READ_SCOPES)


def test_its_key_is_for_its_owner_and_goes_at_the_end():
    with made_service_app(unhurried(tenant())) as (served, app):
        mode = stat.S_IMODE(app.key.stat().st_mode)
        private = json.loads(app.key.read_text())
        shown = json.dumps(served.resources["/api/v1/apps"])

    assert mode == 0o600
    assert private["d"] not in shown
    assert not app.key.parent.exists()


def test_the_tenant_without_it_is_as_before():
    plain = unhurried(tenant())
    apps = list(plain.records("/api/v1/apps"))
    with made_service_app(plain) as (served, _):
        assert served.records("/api/v1/apps")[:-1] == apps
        assert plain.records("/api/v1/apps") == apps


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals")
def test_the_command_prints_what_makes_clients_use_it():
    command = [sys.executable, "-m", "auditor", "sandbox", "--service-app"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        key = Path(lines[-1].strip().partition("=")[2])
        there = key.exists()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)

    assert lines[2:4] == [
        "export OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey\n",
        f"export OKTA_CLIENT_CLIENTID={CLIENT_ID}\n",
    ]
    assert lines[4].startswith("export OKTA_CLIENT_PRIVATEKEY=/")
    assert there
    assert not key.exists()
