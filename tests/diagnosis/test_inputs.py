"""What `diagnose` reads: files in any encoding, several inputs, and requests in their own words."""

from __future__ import annotations

import gzip
import json
import re
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from helpers import okta_auditor, snapshot_file
from made_tokens import part
from test_diagnose import AT, ISSUER, NOW, SECRET, diagnosed, document, token

from auditor.diagnosis.clues import RequestClue
from auditor.diagnosis.reading import joined_clues, read_clues
from auditor.diagnosis.requests_in_text import likeliest

NOT_ASSIGNED = "User is not assigned to the client application."
DENIED = f'{{"error":"access_denied","error_description":"{NOT_ASSIGNED}"}}'
MEANS = "The user is not assigned to the app"
PASSWORD = "correct-horse-7"


def asked(text: str) -> RequestClue:
    clues = read_clues(text)
    error = clues.errors[0] if clues.errors else None
    found = likeliest(clues.requests, error.at) if error else likeliest(clues.requests)
    return found or RequestClue()


@pytest.mark.parametrize(
    "written",
    [
        DENIED.encode(),
        b"\xef\xbb\xbf" + DENIED.encode(),
        b"\xff\xfe" + DENIED.encode("utf-16-le"),
        b"\xfe\xff" + DENIED.encode("utf-16-be"),
        DENIED.encode("utf-16-le"),
        gzip.compress(DENIED.encode()),
        gzip.compress(b"\xff\xfe" + DENIED.encode("utf-16-le")),
        b"\xff\x80 \xc3(" + DENIED.encode(),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "no bom", "gzip", "gzip of utf-16", "broken"],
)
def test_a_file_is_read_in_any_encoding(written: bytes, tmp_path: Path) -> None:
    path = tmp_path / "error.txt"
    path.write_bytes(written)
    assert MEANS in diagnosed(path).stdout


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "empty.txt is empty"),
        ("space.txt", b" \n\n", "space.txt is empty"),
        ("a.zip", b"PK\x03\x04....", "a.zip is a ZIP archive"),
        ("bad.gz", b"\x1f\x8b\x08nonsense", "damaged"),
        ("cut.gz", gzip.compress(DENIED.encode() * 99)[:-9], "cut off"),
    ],
    ids=["empty", "space", "zip", "damaged", "cut off"],
)
def test_a_file_that_cannot_be_read_says_why(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    outcome = diagnosed(path)
    assert outcome.exit_code == 2
    assert words in outcome.stderr


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(100_000_001), compresslevel=1))
    outcome = diagnosed(path)
    assert outcome.exit_code == 2
    assert "larger than 100 MB when unpacked" in outcome.stderr


def test_a_snapshot_is_no_error(tmp_path: Path) -> None:
    outcome = diagnosed(snapshot_file(tmp_path, document()))
    assert outcome.exit_code == 2
    assert "Give it with --snapshot" in outcome.stderr


def test_a_folder_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    assert "is a folder, not a file" in diagnosed(tmp_path).stderr
    missing = diagnosed(tmp_path / "err.json")
    assert missing.exit_code == 2
    assert f"There is no file {tmp_path}/err.json" in missing.stderr


def test_several_inputs_are_read_at_once(tmp_path: Path) -> None:
    error = tmp_path / "error.json"
    error.write_text(DENIED)
    outcome = diagnosed(error, token(exp=AT - 60), f"x-rate-limit-reset: {AT + 9}\nHTTP/1.1 429")
    assert MEANS in outcome.stdout
    assert "It expired on" in outcome.stdout
    assert "Rate limit: " in outcome.stdout
    split = okta_auditor("diagnose", *NOT_ASSIGNED.split())
    assert MEANS in split.stdout, "the words of a sentence without quotation marks"


def test_each_clue_knows_its_input() -> None:
    clues = joined_clues([read_clues(DENIED, "a.json"), read_clues(token(), "argument 2")])
    assert clues.errors[0].source == "a.json"
    assert clues.tokens[0].source == "argument 2"


def test_a_client_that_is_named_is_not_given_another_s_request(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, document())
    form = "grant_type=authorization_code&client_id={}&scope={}"
    first = form.format("0oa1", "billing:gone")
    other = form.format("0oa7", "openid")
    wrong = '{"error":"invalid_scope","error_description":"One or more scopes are not configured '
    wrong += 'for the authorization server resource."}'
    text = f"POST {ISSUER}/v1/token\n{first}\nPOST {ISSUER}/v1/token\n{other}\n{wrong}"
    unnamed = diagnosed(text)
    assert "Requests of 2 clients are in it: --client chooses one." in unnamed.stdout
    for name in ("0oa1", "Invoices"):
        named = diagnosed(text, "--client", name, "--snapshot", snapshot)
        assert 'has no scope "billing:gone"' in named.stdout, named.shown
        assert named.exit_code == 0


FORM = (
    f"grant_type=password&username=ada%40acme.example&password={PASSWORD}&scope=openid+billing:read"
)
BASIC = b64encode(f"0oa1:{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"POST {ISSUER}/v1/token\nAuthorization: Basic {BASIC}\n\n{FORM}\nHTTP/1.1 400\n{DENIED}",
        (
            f"curl -v -u '0oa1:{SECRET}' -d grant_type=password -d username=ada@acme.example \\\n"
            f"  -d password={PASSWORD} --data 'scope=openid billing:read' {ISSUER}/v1/token\n"
            f"< HTTP/2 400\n{DENIED}"
        ),
        (
            f"> POST /oauth2/aus1/v1/token HTTP/1.1\n> Host: acme.okta.com\n> \n"
            f"{FORM}&client_id=0oa1&client_secret={SECRET}\n< HTTP/1.1 400\n{DENIED}"
        ),
        (
            "2026-11-28T14:05:00Z [DEBUG] plugin: POST /oauth2/aus1/v1/token?client_id=0oa1&"
            f"{FORM}&client_secret={SECRET} HTTP/1.1\n2026-11-28T14:05:01Z [DEBUG] plugin: {DENIED}"
        ),
        json.dumps({"url": f"{ISSUER}/v1/token", "data": f"{FORM}&client_id=0oa1", "got": DENIED}),
    ],
)
def test_a_request_is_read_from_its_own_words(text: str) -> None:
    request = asked(text)
    assert request == RequestClue(
        server="aus1",
        client="0oa1",
        grant="password",
        user="ada@acme.example",
        scopes=("openid", "billing:read"),
    )
    assert PASSWORD not in repr(read_clues(text))


def test_a_har_file_leads_to_the_request_that_failed(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, document())
    har = tmp_path / "session.har"
    har.write_text(json.dumps(har_of_a_session()))
    outcome = diagnosed(har, "--snapshot", path, "--user", "ada@acme.example")
    assert 'has no scope "billing:gone"' in outcome.stdout, outcome.shown
    assert "This configuration rejects the request, in these words:" in outcome.stdout
    for secret in (SECRET, PASSWORD, "102sessionCookie"):
        assert secret not in outcome.shown


def har_of_a_session() -> dict[str, Any]:
    authorize = f"{ISSUER}/v1/authorize?client_id=0oa1&response_type=code&scope=openid%20"
    redirect = "https://invoices.acme.example/callback"
    wrong = "One or more scopes are not configured for the authorization server resource."
    return {"log": {"version": "1.2", "entries": [
        entry("https://acme.okta.com/api/v1/authn", 200, data={
            "mimeType": "application/json",
            "text": json.dumps({"username": "ada@acme.example", "password": PASSWORD})}),
        entry("https://cdn.example/logo.png", 200, "image/png", "iVBORw0KGgo" * 1000),
        entry(f"{authorize}billing:read&code_challenge=x&redirect_uri={redirect}", 302),
        entry(f"{ISSUER}/v1/token", 200, data={"params": [
            {"name": "grant_type", "value": "authorization_code"},
            {"name": "code", "value": SECRET}, {"name": "client_id", "value": "0oa1"}]}),
        entry(f"{authorize}billing:gone&code_challenge=x&redirect_uri={redirect}", 302,
              location=f"{redirect}?error=invalid_scope&error_description={quote(wrong)}"),
        entry("https://invoices.acme.example/favicon.ico", 404, "text/html", "<h1>Not found</h1>"),
    ]}}  # fmt: skip


def entry(
    url: str,
    status: int,
    kind: str = "application/json",
    text: str = "",
    *,
    data: dict[str, Any] | None = None,
    location: str = "",
) -> dict[str, Any]:
    cookie = {"name": "Cookie", "value": "sid=102sessionCookie"}
    return {
        "request": {"method": "GET", "url": url, "headers": [cookie], "postData": data or {}},
        "response": {
            "status": status,
            "headers": [{"name": "Set-Cookie", "value": "sid=102sessionCookie"}],
            "redirectURL": location,
            "content": {"mimeType": kind, "text": text},
        },
    }


@pytest.mark.parametrize(
    ("text", "request_clue"),
    [
        (
            f'{{"issuer": "{ISSUER}", "clientId": "0oa1", "scope": "openid billing:read"}}',
            RequestClue(server="aus1", client="0oa1", scopes=("openid", "billing:read")),
        ),
        (
            f"OKTA_CLIENT_ID=0oa1\nISSUER={ISSUER}\nscopes = openid billing:read\n",
            RequestClue(server="aus1", client="0oa1", scopes=("openid", "billing:read")),
        ),
        (
            (
                f'WWW-Authenticate: DPoP algs="RS256", authorization_uri="{ISSUER}/v1/authorize", '
                'realm="x", scope="okta.users.read", error="insufficient_scope"'
            ),
            RequestClue(server="aus1"),
        ),
        (
            f'{{"token_endpoint":"{ISSUER}/v1/token","scopes_supported":["openid"]}}',
            RequestClue(server="aus1"),
        ),
        (
            f"{ISSUER}/v1/authorize?client_id=[ID]&response_type=code&scope=openid",
            RequestClue(
                server="aus1",
                grant="authorization_code",
                response_type="code",
                scopes=("openid",),
                pkce=False,
            ),
        ),
        ("clientId: process.env.OKTA_CLIENT_ID, scope: the one that fails", RequestClue()),
        (
            f"GET {ISSUER}/.well-known/openid-configuration 401",
            RequestClue(server="aus1"),
        ),
        (
            f"{ISSUER}/v1/authorize?client_id=0oa1&request_uri=urn:ietf:params:oauth:request_uri:x",
            RequestClue(
                server="aus1",
                client="0oa1",
                grant="authorization_code",
                elsewhere="request_uri",
            ),
        ),
        (
            (
                f"POST {ISSUER}/v1/par\nclient_id=0oa1&response_type=code&scope=openid"
                f"&code_challenge=x\n{ISSUER}/v1/authorize?client_id=0oa1"
                "&request_uri=urn:ietf:params:oauth:request_uri:x"
            ),
            RequestClue(
                server="aus1",
                client="0oa1",
                grant="authorization_code",
                scopes=("openid",),
                response_type="code",
                pkce=True,
                elsewhere="request_uri",
            ),
        ),
        (
            f"{ISSUER}/v1/authorize?client_id=0oa1&request="
            + token(client_id="0oa1", response_type="code", scope="openid", aud=ISSUER, iss="0oa1"),
            RequestClue(
                server="aus1",
                client="0oa1",
                grant="authorization_code",
                scopes=("openid",),
                response_type="code",
                pkce=False,
                elsewhere="request",
            ),
        ),
        (
            f"POST {ISSUER}/v1/token\n\ngrant_type=client_credentials&scope=a&client_assertion="
            + token(iss="0oa1", sub="0oa1", aud=f"{ISSUER}/v1/token"),
            RequestClue(server="aus1", client="0oa1", grant="client_credentials", scopes=("a",)),
        ),
    ],
)
def test_settings_and_addresses_tell_of_a_request(text: str, request_clue: RequestClue) -> None:
    assert asked(text) == request_clue


def test_another_request_s_scopes_are_not_taken_for_those_of_one_without_any() -> None:
    first = f"POST {ISSUER}/v1/token\n\ngrant_type=client_credentials&client_id=0oa1&scope=a"
    second = f"POST {ISSUER}/v1/token\n\ngrant_type=client_credentials&client_id=0oa1\n{DENIED}"
    assert asked(f"{first}\n{second}").scopes is None


SENTENCE = "The authorization code is invalid or has expired."
FORMS = {
    "node": f"{{\n  error: 'invalid_grant',\n  error_description: '{SENTENCE}'\n}}",
    "openid-client": f"OPError: invalid_grant ({SENTENCE})\n    at processResponse (x.js:38:13)",
    "spring": f"OAuth2AuthenticationException: [invalid_grant] {SENTENCE}\n\tat org.spring",
    "aspnet": f"Message contains error: 'invalid_grant', error_description: '{SENTENCE}', "
    "error_uri: 'error_uri is null'.",
    "go": f'oauth2: "invalid_grant" "{SENTENCE}"',
    "go in logfmt": 'lvl=eror error="oauth2: cannot fetch token: 400 Bad Request\\nResponse: '
    f'{{\\"error\\":\\"invalid_grant\\",\\"error_description\\":\\"{SENTENCE}\\"}}"',
    "go twice": json.dumps(json.dumps({"error": "invalid_grant", "error_description": SENTENCE})),
    "html": f'"error":"invalid_grant","error_description":"{SENTENCE}"'.replace('"', "&#34;"),
    "rust": f'error: invalid_grant, error_description: Some("{SENTENCE}"), error_uri: None',
    "bearer": f'WWW-Authenticate: Bearer error="invalid_grant", error_description="{SENTENCE}"',
    "fragment": f"/callback#state=x&error=invalid_grant&error_description={quote(SENTENCE)}",
    "php": f"invalid_grant: {SENTENCE}",
    "oauthlib": f"oauthlib.oauth2.rfc6749.errors.InvalidGrantError: (invalid_grant) {SENTENCE}",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_an_error_is_read_in_the_forms_of_libraries(form: str) -> None:
    first = read_clues(FORMS[form]).errors[0]
    assert (first.error, first.description.rstrip(".")) == ("invalid_grant", SENTENCE.rstrip("."))


def test_of_a_very_large_log_the_parts_around_errors_are_read(tmp_path: Path) -> None:
    line = "2026-11-28T14:05:00Z [DEBUG] GET /api/v1/apps/0oa1/users?limit=200 status 200\n"
    path = tmp_path / "debug.log"
    path.write_text(f"{line * 100_000}{DENIED}\n{line * 100_000}")
    start = time.process_time()
    outcome = diagnosed(path)
    assert time.process_time() - start < 10
    assert MEANS in outcome.stdout
    assert re.search(r"15,\d{3},\d{3} characters were not looked at", outcome.stdout)


def test_a_sentence_of_an_address_is_read() -> None:
    text = "it said User+is+not+assigned+to+the+client+application%2E and nothing else"
    assert MEANS in diagnosed(text).stdout


def test_a_sentence_that_others_say_too_is_not_okta_s() -> None:
    assert "E0000004" not in diagnosed("error: LDAP authentication failed, access_denied").stdout
    told = "Error: failed to create app: the API returned an error: Invalid token provided"
    assert "E0000011" in diagnosed(told).stdout


@pytest.mark.parametrize(
    "text", ["invalid_client", "invalid_client#0 /var/www/src/Client.php(628)"]
)
def test_a_bare_word_is_an_error(text: str) -> None:
    outcome = diagnosed(text)
    assert outcome.exit_code == 3
    assert "Several errors have this word." in outcome.stdout


def test_a_masked_token_is_no_cause() -> None:
    outcome = diagnosed(f"id_token={part({'alg': 'RS256', 'kid': 'k1'})}.xxxxxxxxxxx {DENIED}")
    assert "masked or shortened" in outcome.stdout
    assert outcome.exit_code == 3


def test_a_powershell_error_is_read() -> None:
    text = "Write-Error:  errorCode: E0000011; errorSummary: Invalid token provided; errorId: oaeX"
    (error,) = {clue.description for clue in read_clues(text).errors if clue.description}
    assert error == "Invalid token provided"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n".join([token()[i : i + 60] for i in range(0, len(token() + "x" * 43), 60)]), None),
        (f"{token()[:50]}...", "masked or shortened"),
        (f"{token()[:50]}****", "masked or shortened"),
        (f"{part({'alg': 'RS256'})}.{part('x')}.{SECRET}", "claims are not JSON"),
        (f"{part({'alg': 'RS256', 'cty': 'JWT'})}.ZXlKaGJHY2lPaUo.{SECRET}", "nested"),
    ],
)
def test_a_token_is_read_however_it_was_copied(text: str, words: str | None) -> None:
    (clue,) = read_clues(f"token:\n{text}").tokens
    assert words in clue.problem if words else not clue.problem and clue.broken


@pytest.mark.parametrize(
    "text",
    [
        '"a":[' * 100_000,
        '{"log":{"entries":[' + "[" * 100_000,
        "error: '" * 50_000,
        "scope=" * 50_000,
        "client_id=" * 50_000,
        "grant_type:" + " " * 200_000,
        "&error=" * 50_000,
        "[invalid_scope] " * 50_000,
        "https://a.okta.com/oauth2/" * 20_000,
        "eyJhbGciOiJub25lIn0.\n" * 20_000,
        "authorization: " * 30_000,
        "issuer=https://" * 30_000,
        "a" * 10_000_000,
        "a=b&" * 1_000_000,
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    start = time.process_time()
    read_clues(text)
    assert time.process_time() - start < 5


def test_no_secret_is_in_any_output(tmp_path: Path) -> None:
    hostile = {
        "error": "invalid_client",
        "error_description": f"client_secret={SECRET} \x1b[31m\u202e {token()} "
        f"password: {PASSWORD}",
    }
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(hostile))
    log = tmp_path / "debug.log"
    snapshot = snapshot_file(tmp_path, document())
    curl = f"Authorization: SSWS 00{PASSWORD}{'x' * 30}\n{FORM}&client_id=0oa1 {ISSUER}/v1/token"
    outcome = okta_auditor(
        "diagnose", "--at", NOW, path, curl, "--snapshot", snapshot, "--debug", log
    )  # fmt: skip
    for text in (outcome.shown, log.read_text()):
        for secret in (SECRET, PASSWORD, token().split(".", maxsplit=1)[0], "\x1b", "\u202e"):
            assert secret not in text
