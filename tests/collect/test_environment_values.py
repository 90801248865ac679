"""Errors about the environment name the variable and not its value, which may be a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import TOKEN, okta_auditor, snapshot_file, tenant
from service_app import KEYS, pem

SECRET = "S3cretOfAnotherKind"
ORG = {"OKTA_CLIENT_ORGURL": "https://127.0.0.1:9", "OKTA_CLIENT_TOKEN": TOKEN}
SERVICE = {"OKTA_CLIENT_CLIENTID": "0oaS", "OKTA_CLIENT_PRIVATEKEY": pem(KEYS["p256"])}

VALUES = {
    "OKTA_CLIENT_ORGURL": (SECRET, f"https://{SECRET}/x", f"https://a:{SECRET}@b"),
    "OKTA_CLIENT_TOKEN": (f"{SECRET} {SECRET}", f"SSWS {SECRET}", f"{SECRET}ü"),
    "OKTA_CLIENT_AUTHORIZATIONMODE": (SECRET,),
    "OKTA_CLIENT_PRIVATEKEY": (
        *(SECRET, f"/nowhere/{SECRET}", f'{{"kty":"RSA","d":"{SECRET}"}}', f"{{{SECRET}"),
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    ),
    "OKTA_CLIENT_CLIENTID": (f"{SECRET} {SECRET}", f"-----BEGIN {SECRET}", f"eyJ{SECRET}.a.x"),
    "OKTA_CLIENT_SCOPES": (SECRET, f"okta.apps.read,{SECRET}"),
    "OKTA_CLIENT_DPOPENABLED": (SECRET,),
    "HTTPS_PROXY": (f"ftp://{SECRET}", f"http://u:{SECRET}@", f"http://{SECRET}:x"),
    "SSL_CERT_FILE": (f"/nowhere/{SECRET}",),
    "REQUESTS_CA_BUNDLE": (f"/nowhere/{SECRET}",),
}


@pytest.mark.parametrize(("variable", "value"), [(k, v) for k, vs in VALUES.items() for v in vs])
@pytest.mark.parametrize("command", ["snapshot", "doctor"])
def test_of_what_an_org_is_read_with(
    variable: str, value: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    service = "OKTA_CLIENT" in variable and variable.endswith(("SCOPES", "ENABLED", "ID", "KEY"))
    network = variable.endswith(("PROXY", "FILE", "BUNDLE"))
    org = {"OKTA_CLIENT_ORGURL": "https://acme.okta.example"} if network else {}
    environment = ORG | (SERVICE if service else {}) | org | {variable: value}
    words = [command, *(["-o", tmp_path / "s.json"] if command == "snapshot" else [])]

    outcome = okta_auditor(*words, **environment)

    assert outcome.exit_code == 2, outcome.shown
    assert variable in outcome.stderr
    assert SECRET not in outcome.shown
    assert not list(tmp_path.iterdir())


SETTINGS = (
    *("SELECT", "IGNORE", "MIN_SEVERITY", "FAIL_ON", "AS_OF", "EXIT_ZERO", "OIDC_SCOPES"),
    *("MIN_CONFIDENCE", "PROFILE", "NO_CONFIG", "NONSENSE"),
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_of_settings(setting: str, tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant())

    outcome = okta_auditor("audit", path, **{f"OKTA_AUDITOR_{setting}": SECRET})

    assert outcome.exit_code == 2, outcome.shown
    assert f"OKTA_AUDITOR_{setting}" in outcome.stderr
    assert SECRET not in outcome.shown
