"""`diagnose`: what a person has in hand leads to the cause, and a sound tenant leads to none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from helpers import SERVERS, okta_auditor, packed_tenant, served, snapshot_file
from made_tokens import made_token, part

from auditor.cli import main
from auditor.diagnosis.catalogue import ERRORS, KnownError
from auditor.diagnosis.reading import read_clues

ISSUER = "https://example.okta.com/oauth2/aus1"
NOW = "2026-11-28T14:00:00Z"
AT = 1_795_874_400
"""The same, in seconds."""
SECRET = "hunter2-correct-horse"


def token(header: dict[str, Any] | None = None, **claims: Any) -> str:
    sound = {
        "iss": ISSUER,
        "aud": "https://api.acme.example/billing",
        "exp": AT + 600,
        "iat": AT - 10**8,  # before the snapshot
        "cid": "0oa1",
        "uid": "00u1",
        "scp": ["billing:read"],
    }
    return made_token({**sound, **claims}, header, SECRET)


def document() -> dict[str, Any]:
    tenant_file = packed_tenant()
    tenant_file[f"{SERVERS}/aus1/credentials/keys"] = [{"kid": "k1", "status": "ACTIVE"}]
    return tenant_file


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, document())


def diagnosed(*words: object) -> Any:
    outcome = okta_auditor("diagnose", "--at", NOW, *words, COLUMNS="200")
    assert SECRET not in outcome.shown
    return outcome


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row.name)
def test_each_error_is_known_in_every_form(row: KnownError, tmp_path: Path) -> None:
    body = {"error": row.error or "x", "error_description": row.text}
    if row.error.startswith("E0"):
        body = {"errorCode": row.error, "errorSummary": row.text}
    forms = {
        "json": json.dumps(body),
        "logged": json.dumps({"message": json.dumps(body)}),
        "trace": f'Traceback\n  File "x.py"\noauthlib.Error: ({row.error}) {row.text}\n',
        "curl": f"< HTTP/1.1 400 Bad Request\r\n< date: x\r\n\r\n{json.dumps(body)}",
    }
    for name, text in forms.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(text)
        outcome = diagnosed(path)
        assert f"Means: {row.meaning}" in outcome.stdout, (name, outcome.shown)
        assert outcome.exit_code in {0, 3}


def test_no_error_is_taken_for_another() -> None:
    for row in ERRORS:
        alike = [other.name for other in ERRORS if other.matches(row.text)]
        assert alike == [row.name]


def test_a_word_that_several_errors_share_names_them_all() -> None:
    outcome = diagnosed('{"error": "invalid_client"}')
    assert outcome.exit_code == 3
    assert "Several errors have this word." in outcome.stdout
    assert outcome.stdout.count("  - ") == sum(row.error == "invalid_client" for row in ERRORS)
    assert "Not known here" in diagnosed('{"error": "no_such_error"}').stdout


def test_a_redirect_is_read() -> None:
    url = (
        "https://app.example/cb?error=access_denied&error_description=User+is+not+assigned+to+"
        "the+client+application.&state=x"
    )
    assert "not assigned to the app" in diagnosed(url).stdout


def test_a_request_is_decided_and_the_cause_is_certain(snapshot: Path) -> None:
    url = (
        f"{ISSUER}/v1/authorize?client_id=0oa1&response_type=code&scope=openid%20billing:gone"
        "&redirect_uri=https://invoices.acme.example/callback&code_challenge=x"
    )
    error = '{"error":"invalid_scope","error_description":"One or more scopes are not configured '
    error += 'for the authorization server resource."}'
    outcome = diagnosed(f"{url}\n{error}", "--snapshot", snapshot, "--user", "ada@acme.example")
    assert outcome.exit_code == 0, outcome.shown
    assert outcome.stdout.count("Cause: ") == 1
    assert "This configuration rejects the request, in these words:" in outcome.stdout
    assert "REJECTED" in outcome.stdout
    assert "billing:gone" in outcome.stdout


def test_a_sound_configuration_is_not_blamed(snapshot: Path) -> None:
    words = ("--server", "aus1", "--client", "Invoices", "--grant", "authorization_code")
    words += ("--user", "ada@acme.example", "--scope", "billing:read")
    error = "Policy evaluation failed for this request, please check the policy configurations."
    outcome = diagnosed(error, "--snapshot", snapshot, *words)
    assert "This configuration gives the token." in outcome.stdout
    assert "in the configuration" not in outcome.stdout
    assert "In this configuration" not in outcome.stdout


def test_findings_that_lead_to_the_error_are_named(tmp_path: Path) -> None:
    broken = document()
    broken[f"{SERVERS}/aus1/policies"] = []
    del broken[f"{SERVERS}/aus1/policies/00p1/rules"]
    path = snapshot_file(tmp_path, broken)
    error = "Policy evaluation failed for this request, please check the policy configurations."
    outcome = diagnosed(error, "--snapshot", path)
    assert outcome.exit_code == 3
    assert "In this configuration, OAM101" in outcome.stdout
    assert "To know more, give" in outcome.stdout


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (token(exp=AT - 60), "It expired on 2026-11-28 at 13:59:00 UTC."),
        (token(exp=None), "does not say when it expires"),
        (token(nbf=AT + 3_600), "Its nbf lies in the future"),
        (token(iss="https://example.okta.com/oauth2/aus9"), "No authorization server of the org"),
        (token(iss=None), "does not say who issued it"),
        (token(aud="https://other.example"), 'Its audience is "https://other.example"'),
        (token({"kid": "k0"}), "No signing key of the authorization server"),
        (token(scp=["billing:gone"]), 'has no scope "billing:gone" any more'),
        (token(cid="0oa9"), "is not there any more"),
        (token({"alg": "none"}), '"alg": "none"'),
        (token().rpartition(".")[0] + ".", "its signature is missing"),
        (token().split(".")[0], "it is cut off"),
        (token()[:60], "cut off"),
        ("eyJhbGciOiJSU0EifQ.a.b.c.d", "it is encrypted"),
        (f"eyJ{'a' * 200_000}.b.c", "which no token has"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(made: str, words: str, snapshot: Path) -> None:
    outcome = diagnosed(made, "--snapshot", snapshot)
    assert outcome.exit_code == 0, outcome.shown
    assert words in outcome.stdout
    assert made not in outcome.shown
    assert made.split(".", maxsplit=1)[0] not in outcome.shown


def test_nothing_is_wrong_with_a_sound_token(snapshot: Path) -> None:
    outcome = diagnosed(token(), "--snapshot", snapshot)
    remarks = [line for line in outcome.stdout.splitlines() if line.startswith("Token: ")]
    assert remarks[0] == "Token: It is valid until 2026-11-28 at 14:10:00 UTC."
    assert "Its signature cannot be checked" in remarks[1]
    assert len(remarks) == 2
    assert outcome.exit_code == 3


def test_a_token_of_the_org_server_is_for_okta(snapshot: Path) -> None:
    made = token(iss="https://example.okta.com", aud="https://example.okta.com")
    assert "it is for the Okta APIs" in diagnosed(made, "--snapshot", snapshot).stdout


def test_clients_and_users_that_are_shut_out_are_named(tmp_path: Path) -> None:
    ended = document()
    ended["/api/v1/apps"][0]["status"] = "INACTIVE"
    ended["/api/v1/users"][0]["status"] = "SUSPENDED"
    outcome = diagnosed(token(), "--snapshot", snapshot_file(tmp_path, ended))
    assert 'Its client "Invoices" is not active.' in outcome.stdout
    assert 'Its user "ada@acme.example" is SUSPENDED.' in outcome.stdout


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (f"x-rate-limit-limit: 600\nx-rate-limit-remaining: 0\nx-rate-limit-reset: {AT + 30}",
         "30 seconds from now"),
        (f"X-Rate-Limit-Limit: 600\nX-Rate-Limit-Remaining: 7\nX-Rate-Limit-Reset: {AT + 30}",
         "Requests are left, so the headers are of another answer"),
        (f"x-rate-limit-reset: {AT + 30}\ndate: Sat, 28 Nov 2026 14:00:10 GMT",
         "20 seconds after the answer"),
        (f"x-rate-limit-reset: {AT - 30}", "The window ended"),
        ("x-rate-limit-reset: 99999999999999999999", "is no time"),
    ],
)  # fmt: skip
def test_a_rate_limit_says_when_to_come_back(headers: str, words: str) -> None:
    outcome = diagnosed(f"HTTP/2 429\n{headers}")
    assert outcome.exit_code == 0
    assert words in outcome.stdout
    assert "rate limit" in outcome.stdout


def test_a_bare_token_lacks_its_scheme(tmp_path: Path) -> None:
    path = tmp_path / "curl.txt"
    path.write_text(f"> GET /api/v1/users HTTP/1.1\n> Authorization: {token()}\n< HTTP/1.1 401\n")
    assert "write Bearer before it" in diagnosed(path).stdout


def test_a_har_file_gives_no_secret_away(tmp_path: Path) -> None:
    har = {
        "log": {
            "entries": [
                {
                    "request": {
                        "url": "https://example.okta.com/oauth2/aus1/v1/token",
                        "headers": [
                            {"name": "Authorization", "value": f"Bearer {token()}"},
                            {"name": "Cookie", "value": f"sid={SECRET}"},
                        ],
                        "postData": {"text": f"password={SECRET}&client_secret={SECRET}"},
                    },
                    "response": {
                        "status": 400,
                        "content": {
                            "text": '{"error":"invalid_grant","error_description":"The refresh '
                            'token is invalid or expired."}'
                        },
                    },
                }
            ]
        }
    }
    path = tmp_path / "session.har"
    path.write_text(json.dumps(har))
    assert "The refresh token is over" in diagnosed(path).stdout


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "\x00" * 100,
        "{" * 100_000,
        "https://" * 20_000,
        '"error":"' * 20_000,
        "eyJ" * 100_000,
        "\\" * 200_000,
        "HTTP/1.1 " * 20_000,
    ],
)
def test_nonsense_is_answered_at_once(text: str) -> None:
    start = time.process_time()
    outcome = CliRunner().invoke(main, ["diagnose"], input=text)
    assert time.process_time() - start < 10
    assert outcome.exit_code in {0, 2, 3}, outcome.output[:500]


def test_hostile_words_stay_text() -> None:
    hostile = "\x1b[31m\n::error::owned\u202e"
    outcome = diagnosed(json.dumps({"error": hostile, "error_description": hostile}))
    assert "\x1b[31m" not in outcome.shown
    assert "\u202e" not in outcome.shown
    assert not re.search(r"^::error", outcome.shown, re.MULTILINE)


def test_a_very_long_token_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text(f"eyJ{'a' * 50_000_000}.b.c")
    before = os.times().children_user
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "diagnose", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "which no token has" in done.stdout
    assert os.times().children_user - before < 10


def test_text_without_clues_is_wrong_usage() -> None:
    outcome = diagnosed("nothing to see")
    assert outcome.exit_code == 2
    assert "Nothing in this tells why" in outcome.stderr


def test_clues_keep_no_token() -> None:
    clues = read_clues(f"Authorization: Bearer {token()}")
    assert SECRET not in repr(clues)


def test_the_page_of_errors_is_what_the_table_says(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    page = tmp_path / "page.md"
    subprocess.run([sys.executable, root / "docs/okta_errors.py", page], check=True)
    assert page.read_text() == (root / "docs/okta-errors.md").read_text(), "run make docs"


def test_headers_of_another_refusal_are_no_cause() -> None:
    refused = "HTTP/2 403\nx-rate-limit-limit: 600\nx-rate-limit-remaining: 590\n"
    refused += f'x-rate-limit-reset: {AT + 30}\n\n{{"errorCode":"E0000006","errorSummary":"You do '
    refused += 'not have permission to perform the requested action"}'
    assert diagnosed(refused).exit_code == 3
    assert diagnosed("x-rate-limit-limit: 600\nx-rate-limit-remaining: 0").exit_code == 0


def test_json_in_base64_is_no_token_cut_off() -> None:
    url = "https://app.example/cb?error=access_denied&error_description=User+is+not+assigned+to+"
    url += f"the+client+application.&state={part({'nonce': 'x', 'return': '/'})}"
    outcome = diagnosed(url)
    assert "Token:" not in outcome.stdout
    assert outcome.exit_code == 3


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (token(iss="0oa1", sub="0oa1", aud=f"{ISSUER}/v1/token"), 'made by client "0oa1" itself'),
        (token({"typ": "dpop+jwt"}, iss=None, exp=None), "a DPoP proof"),
    ],
)
def test_what_a_client_makes_is_held_to_no_claim_of_okta_s(
    made: str, words: str, snapshot: Path
) -> None:
    outcome = diagnosed(made, "--snapshot", snapshot)
    (remark,) = [line for line in outcome.stdout.splitlines() if line.startswith("Token: ")]
    assert words in remark
    assert outcome.exit_code == 3


def test_an_issuer_is_not_missed_where_servers_could_not_be_read(tmp_path: Path) -> None:
    faults = [{"path": "/api/v1/authorizationServers", "status": 403}]
    read = tmp_path / "s.json"
    with served({**document(), "@faults": faults}) as sandbox:
        okta_auditor("snapshot", "-o", read, url=sandbox.url)
    made = token(iss="https://example.okta.com/oauth2/aus9")
    outcome = diagnosed(made, "--snapshot", read)
    assert "as far as was read" in outcome.stdout
    assert outcome.exit_code == 3


def test_no_token_is_shown_within_the_words_of_an_error() -> None:
    made = token()
    words = {"error": "invalid_token", "error_description": f"The token {made} is bad."}
    outcome = diagnosed(json.dumps(words))
    assert made.split(".", maxsplit=1)[0] not in outcome.shown
    assert "(a token)" in outcome.stdout


@pytest.mark.parametrize("text", ["GET /api/v1/users HTTP/1.1", "HTTP/1.1 401 Unauthorized"])
def test_a_text_of_which_nothing_can_be_said_is_refused(text: str) -> None:
    outcome = diagnosed(text)
    assert outcome.exit_code == 2
    assert "Nothing in this tells why" in outcome.stderr


def test_a_client_of_the_request_that_is_not_there_is_no_wrong_usage(snapshot: Path) -> None:
    url = f"{ISSUER}/v1/authorize?client_id=0oa9&response_type=code&scope=openid&redirect_uri=x"
    outcome = diagnosed(url, "--snapshot", snapshot)
    assert outcome.exit_code == 3
    assert 'cannot be decided on the snapshot: There is no client "0oa9"' in outcome.stdout
    made = diagnosed(token(cid="0oa9"), "--snapshot", snapshot, "--grant", "authorization_code")
    assert made.exit_code == 0
    assert 'Its client "0oa9" is not there any more.' in made.stdout
    misspelt = diagnosed(token(), "--snapshot", snapshot, "--client", "Invoicse", "--grant", "x")
    assert misspelt.exit_code == 2


def test_an_issuer_at_another_domain_is_named(tmp_path: Path) -> None:
    named = document()
    named[SERVERS][0]["issuer"] = ISSUER
    read = snapshot_file(tmp_path, named)
    words = "another domain of the org, or another org"
    made = token(iss="https://other.example/oauth2/aus1")
    assert words in diagnosed(made, "--snapshot", read).stdout
    assert words not in diagnosed(token(), "--snapshot", read).stdout
