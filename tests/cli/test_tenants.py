"""Several tenants in one configuration file and one call."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import TOKEN, Outcome, okta_auditor, served, tenant

OTHER = "00anotherSecretTokenNeverToBeSeen"


def config(folder: Path, text: str) -> Path:
    path = folder / "okta-auditor.toml"
    path.write_text(text)
    return path


def two(folder: Path, prod: str, dev: str) -> Path:
    return config(
        folder,
        f"""
        [tenants.prod]
        org_url = "{prod}"
        token_env = "PROD_TOKEN"
        [tenants.dev]
        org_url = "{dev}"
        token_file = "dev.token"
        snapshot = "{folder}/elsewhere/dev.json"
        """,
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKTA_AUDITOR_CONFIG", "okta-auditor.toml")
    (tmp_path / "dev.token").write_text(f"{OTHER}\n")
    return tmp_path


def read(*words: object, **variables: str) -> Outcome:
    outcome = okta_auditor("snapshot", *words, PROD_TOKEN=TOKEN, **variables)
    assert OTHER not in outcome.shown
    return outcome


def company(path: Path) -> str:
    return str(json.loads(path.read_text())["resources"]["/api/v1/org"]["companyName"])


def org(name: str, **changes: object) -> dict[str, object]:
    return tenant(**{"/api/v1/org": {"id": "00o1", "companyName": name}}, **changes)


def test_each_is_read_with_its_own_token_into_its_own_snapshot(folder: Path) -> None:
    with (
        served(org("Prod", tokens=[TOKEN])) as prod,
        served(org("Dev", tokens=[OTHER])) as dev,
    ):
        path = two(folder, prod.url, dev.url)
        outcome = read("--config", path, "--tenant", "prod", "--tenant", "dev")

    assert outcome.exit_code == 0, outcome.shown
    assert company(folder / "snapshots" / "prod.json") == "Prod"
    assert company(folder / "elsewhere" / "dev.json") == "Dev"
    assert outcome.stderr.splitlines()[-2:] == [
        "prod  complete  snapshots/prod.json",
        f"dev   complete  {folder}/elsewhere/dev.json",
    ]
    assert not list(folder.rglob("*.partial"))


def test_they_are_read_at_the_same_time(folder: Path) -> None:
    slow = {"path": "^/api/v1/org$", "stall_s": 1.5}
    with served(org("Prod", faults=[slow])) as prod, served(org("Dev")) as dev:
        two(folder, prod.url, dev.url)
        said = read("--all-tenants", "--verbose").stderr.splitlines()

    assert said[0].startswith("dev: GET /api/v1/org  200")
    assert any(line.startswith("prod: GET /api/v1/org  200") for line in said)


def test_one_that_fails_does_not_stop_the_other(folder: Path) -> None:
    with served(org("Prod", tokens=["another"])) as prod, served(org("Dev")) as dev:
        two(folder, prod.url, dev.url)
        outcome = read("--all-tenants")

    assert outcome.exit_code == 3
    assert company(folder / "elsewhere" / "dev.json") == "Dev"
    assert re.search(r"^prod  error: .*401", outcome.stderr, re.MULTILINE)
    assert not (folder / "snapshots" / "prod.json").exists()


def test_wrong_configuration_of_one_beats_what_the_other_could_not_read(folder: Path) -> None:
    refused = {"path": "/api/v1/zones", "status": 403}
    with served(org("Prod")) as prod, served(org("Dev", faults=[refused])) as dev:
        two(folder, prod.url, dev.url)
        outcome = okta_auditor("snapshot", "--all-tenants")
        alone = read("--tenant", "dev")

    assert outcome.exit_code == 2
    assert "prod  error: PROD_TOKEN is not set." in outcome.stderr
    assert "dev   incomplete" in outcome.stderr
    assert "network zones" in outcome.stderr
    assert alone.exit_code == 3


def test_resume_goes_on_with_each_that_has_something_to_go_on_with(folder: Path) -> None:
    fault = {"path": "/api/v1/zones", "status": 500, "times": 1}
    with served(org("Prod")) as prod, served(org("Dev", faults=[fault])) as dev:
        path = two(folder, prod.url, dev.url)
        begun = read("--all-tenants", "--config", path, "--attempts", 1)
        assert begun.exit_code == 3
        assert f"snapshot --config {path} --tenant dev --resume" in begun.stderr
        before = len(dev.requests)
        resumed = read("--config", path, "--tenant", "dev", "--resume")
        assert [request.path for request in dev.requests[before:]] == ["/api/v1/zones"]
        again = read("--config", path, "--tenant", "prod", "--resume")

    assert resumed.exit_code == 0
    assert again.exit_code == 0
    assert "prod: there is nothing to resume" in again.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
def test_ctrl_c_keeps_what_was_read_of_each(folder: Path) -> None:
    slow = [{"path": "/api/v1/zones", "stall_s": 60}]
    with served(org("Prod", faults=slow)) as prod, served(org("Dev", faults=slow)) as dev:
        two(folder, prod.url, dev.url)
        process = subprocess.Popen(
            [sys.executable, "-m", "auditor", "snapshot", "--all-tenants"],
            env={**os.environ, "PROD_TOKEN": TOKEN}, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not all(
            any("policies" in request.path for request in sandbox.requests)
            for sandbox in (prod, dev)
        ):
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()

    assert process.returncode == 130
    assert said.splitlines()[-1].endswith("snapshot --tenant prod --tenant dev --resume")
    assert "Traceback" not in said
    assert sorted(path.name for path in folder.rglob("*.partial")) == [
        "dev.json.partial",
        "prod.json.partial",
    ]


BAD: dict[str, tuple[str, str]] = {
    "a token": (f'token = "{TOKEN}"', "a secret does not belong in this file"),
    "a key": ('private_key = """-----BEGIN PRIVATE KEY-----"""', "a secret does not belong"),
    "a token for a variable": (f'token_env = "{TOKEN}"', "no name of an environment variable"),
    "a key for a file": (
        f"client_id = 'c'\nprivate_key_file = '''-----BEGIN RSA PRIVATE KEY-----\n{TOKEN}'''",
        "no path of a file",
    ),
    "a JWK for a file": (
        f"client_id = 'c'\nprivate_key_file = '{{\"d\": \"{TOKEN}\"}}'",
        "no path of a file",
    ),
    "two ways": ('token_env = "A"\ntoken_file = "b"', "exactly one of"),
    "no way": ("", "exactly one of"),
    "no client": ('private_key_env = "A"', "client_id"),
    "a scope for a token": ('token_env = "A"\nscopes = ["okta.apps.read"]', "service apps"),
    "a typing error": ('token_env = "A"\nsnapshots = "x"', "unknown key"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_mistake_in_the_file_is_named_and_never_echoed(folder: Path, mistake: str) -> None:
    lines, said = BAD[mistake]
    config(folder, f'[tenants.prod]\norg_url = "https://acme.okta.com"\n{lines}\n')

    outcome = okta_auditor("snapshot", "--tenant", "prod")

    assert outcome.exit_code == 2
    assert said in outcome.stderr
    assert "tenants.prod" in outcome.stderr
    assert "BEGIN" not in outcome.stderr


@pytest.mark.parametrize(
    "call", [("snapshot", "--tenant", "prod"), ("snapshot", "--all-tenants"),
             ("snapshot", "--tenant", "prod", "--plan"), ("run", "--tenant", "prod"),
             ("doctor", "--tenant", "prod")]
)  # fmt: skip
def test_a_file_that_nobody_named_gets_no_token(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: tuple[str, ...]
) -> None:
    monkeypatch.delenv("OKTA_AUDITOR_CONFIG")
    with served(org("Mallory")) as sandbox:
        two(folder, sandbox.url, sandbox.url)
        outcome = okta_auditor(*call, PROD_TOKEN=TOKEN)
        assert not sandbox.requests

    assert outcome.exit_code == 2
    assert "only from a configuration file that you name" in outcome.stderr


CALLS: dict[str, tuple[Callable[[], tuple[object, ...]], str]] = {
    "an unknown one": (lambda: ("--tenant", "prd"), "did you mean prod?"),
    "an output": (lambda: ("--tenant", "prod", "-o", "x.json"), "-o is for one tenant"),
    "no tenant": (lambda: ("--config", "okta-auditor.toml"), "--config needs --tenant"),
    "several plans": (lambda: ("--all-tenants", "--plan"), "A plan is made for one tenant"),
    "no file": (lambda: ("--tenant", "prod", "--config", "none.toml"), "none.toml cannot be read"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_cannot_work(folder: Path, call: str) -> None:
    words, said = CALLS[call]
    two(folder, "https://prod.example", "https://dev.example")

    outcome = read(*words())

    assert outcome.exit_code == 2
    assert said in outcome.stderr


def test_two_tenants_cannot_have_the_same_snapshot(folder: Path) -> None:
    shared = 'org_url = "https://a.example"\ntoken_env = "A"\nsnapshot = "s.json"\n'
    config(folder, f"[tenants.a]\n{shared}[tenants.b]\n{shared}")

    outcome = read("--all-tenants")

    assert outcome.exit_code == 2
    assert "have the same snapshot" in outcome.stderr


def test_a_name_cannot_lead_out_of_the_folder(folder: Path) -> None:
    config(folder, '[tenants."../x"]\norg_url = "https://a.example"\ntoken_env = "A"\n')

    outcome = read("--all-tenants")

    assert outcome.exit_code == 2
    assert "letters, digits" in outcome.stderr


def test_without_a_file_it_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OKTA_AUDITOR_CONFIG")
    outcome = read("--tenant", "prod")

    assert outcome.exit_code == 2
    assert "only from a configuration file that you name" in outcome.stderr


def test_doctor_checks_a_tenant_of_the_file(folder: Path) -> None:
    with served(org("Prod", tokens=[TOKEN])) as prod:
        two(folder, prod.url, "https://dev.example")
        outcome = okta_auditor("doctor", "--tenant", "prod", PROD_TOKEN=TOKEN)

    assert outcome.exit_code == 0, outcome.shown
    assert outcome.stdout.startswith(prod.url)


def test_run_reads_and_audits_a_tenant_of_the_file(folder: Path) -> None:
    with served(org("Prod", tokens=[TOKEN])) as prod:
        path = two(folder, prod.url, "https://dev.okta.com")
        done = okta_auditor(
            "run", "--config", path, "--tenant", "prod", "-O", "json", PROD_TOKEN=TOKEN
        )

    assert done.exit_code in {0, 1}, done.shown
    assert company(folder / "snapshots" / "prod.json") == "Prod"
    assert json.loads(done.stdout)["source"] == "snapshots/prod.json"


def test_run_says_how_to_go_on_with_a_tenant(folder: Path) -> None:
    fault = {"path": "^/api/v1/users$", "status": 500}
    with served(org("Prod", tokens=[TOKEN]) | {"@faults": [fault]}) as prod:
        two(folder, prod.url, "https://dev.okta.com")
        done = okta_auditor(
            "run", "--tenant", "prod", "-o", "p.json", "--attempts", "1", PROD_TOKEN=TOKEN
        )
        again = "okta-auditor run --tenant prod -o p.json --resume"
        assert done.exit_code == 3
        assert again in done.stderr


def test_run_makes_no_folder_that_nobody_configured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OKTA_AUDITOR_CONFIG")
    done = okta_auditor("run", "-o", "none/s.json", url="https://prod.okta.com")

    assert done.exit_code != 0
    assert "The folder none does not exist" in done.stderr
    assert not (folder / "none").exists()
