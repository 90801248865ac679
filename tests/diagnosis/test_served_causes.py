"""A faulty tenant is served, a token is asked for over HTTP, and the answer leads to the fault."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from cause_cases import (
    CALLBACK,
    CREDENTIALS,
    NOW,
    OAUTH,
    POLICIES,
    RULES,
    Change,
    Document,
    app,
    put,
    sound,
    token,
    without_ada,
)
from helpers import SERVERS, okta_auditor, served

SECRET = "s3cret-that-nobody-may-see"
ADA = {"grant_type": "password", "username": "ada@acme.example", "password": SECRET}
BOB = {**ADA, "username": "bob@acme.example"}
MACHINE = {"grant_type": "client_credentials"}


class _Stay(HTTPRedirectHandler):
    """Redirects are not followed: they go to the client."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to an endpoint, and how the client authenticates."""

    form: Mapping[str, str]
    client: str = "0oa1"
    basic: bool = True
    endpoint: str = "token"
    server: str = "oauth2/aus1"

    def transcript(self, url: str) -> str:
        """The request and the answer, as a person would paste them; no secret is left out."""
        address = f"{url}/{self.server}/v1/{self.endpoint}"
        headers = {}
        if self.basic and self.endpoint == "token":
            pair = b64encode(f"{self.client}:{SECRET}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        body = urlencode(self.form)
        if self.endpoint == "token":
            asked, data = address, body.encode()
        else:
            asked, data = f"{address}?{body}", None
        request = Request(asked, data=data, headers=headers, method="POST" if data else "GET")
        try:
            with build_opener(_Stay).open(request, timeout=10) as answer:
                pytest.fail(f"a token was given: {answer.status}")
        except HTTPError as error:
            location = error.headers.get("Location", "")
            told = error.read().decode()
            lines = [f"{name}: {value}" for name, value in headers.items()]
            head = f"{request.method} {asked}\n" + "\n".join(lines) + "\n\n"
            shown = body if data else ""
            return f"{head}{shown}\n\nHTTP/1.1 {error.code}\nLocation: {location}\n\n{told}"


def authorize(client: str = "0oa1", **parameters: str) -> Call:
    """A request to /authorize by a browser."""
    usual = {
        "client_id": client,
        "response_type": "code",
        "scope": "openid billing:read",
        "redirect_uri": CALLBACK,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "login_hint": "ada@acme.example",
        "state": "s",
    }
    kept = {name: value for name, value in {**usual, **parameters}.items() if value}
    return Call(form=kept, client=client, endpoint="authorize")


def asking(form: Mapping[str, str], *scopes: str, **options: Any) -> Call:
    """A request to /token."""
    scope = {"scope": " ".join(scopes)} if scopes else {}
    return Call(form={**form, **scope}, **options)


def machine(*scopes: str) -> Call:
    """A request of the service app, which has a secret here."""
    return asking(MACHINE, *scopes, client="0oa2")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of the tenant or the request, the request that meets it, and its cause."""

    row: str
    cause: str
    call: Call
    change: Change | None = None
    options: tuple[str, ...] = field(default=())


FAULTS = (
    Fault(row="no-matching-rule", cause="no-policy-for-client", call=asking(ADA, "billing:read"),
          change=put(POLICIES, 0, "conditions", "clients", "include", value=["0oa2"])),
    Fault(row="no-matching-rule", cause="no-active-rule", call=machine("billing:read"),
          change=lambda document: [rule.update(status="INACTIVE") for rule in document[RULES]]),
    Fault(row="no-matching-rule", cause="grant-in-no-rule", call=asking(ADA, "billing:read"),
          change=put(RULES, 0, "conditions", "grantTypes", "include", value=["implicit"])),
    Fault(row="no-matching-rule", cause="scopes-in-no-rule", call=authorize(),
          change=put(RULES, 0, "conditions", "scopes", "include", value=["openid"])),
    Fault(row="no-matching-rule", cause="people-in-no-rule", call=authorize(),
          change=put(RULES, 0, "conditions", "people", "users", value={"exclude": ["00u1"]})),
    Fault(row="not-assigned", cause="user-not-assigned", call=asking(BOB, "billing:read")),
    Fault(row="not-assigned", cause="user-not-assigned", call=authorize(), change=without_ada),
    Fault(row="undefined-scope", cause="scope-of-another-server", call=machine("sales:read")),
    Fault(row="undefined-scope", cause="scope-misspelt", call=authorize(scope="biling:read")),
    Fault(row="undefined-scope", cause="scope-not-defined", call=machine("billing:read"),
          change=put(f"{SERVERS}/aus1/scopes", value=[])),
    Fault(row="no-default-scopes", cause="no-default", call=machine(),
          change=put(f"{SERVERS}/aus1/scopes", 0, "default", value=False)),
    Fault(row="custom-scope-at-org", cause="sent-to-org-server",
          call=asking(ADA, "billing:read", server="oauth2")),
    Fault(row="openid-without-user", cause="openid-named", call=machine("openid")),
    Fault(row="openid-missing", cause="openid-left-out", call=authorize(scope="profile")),
    Fault(row="grant-not-allowed", cause="grant-not-enabled", call=asking(ADA, "billing:read"),
          change=app(1, *OAUTH, "grant_types", value=["authorization_code"])),
    Fault(row="unknown-grant", cause="grant-misspelt",
          call=asking({"grant_type": "urn:ietf:params:oauth:grant-type:jwt"}, "billing:read")),
    Fault(row="response-type", cause="grant-of-response-type", call=authorize(),
          change=app(1, *OAUTH, "grant_types", value=["password"])),
    Fault(row="response-type", cause="response-type-of-app",
          call=authorize(response_type="code id_token")),
    Fault(row="redirect-uri", cause="uri-differs", call=authorize(redirect_uri=f"{CALLBACK}/")),
    Fault(row="redirect-uri", cause="uri-not-registered", call=authorize(),
          change=app(1, *OAUTH, "redirect_uris", value=["https://elsewhere.example/x"])),
    Fault(row="unknown-client", cause="no-such-client",
          call=asking(ADA, "billing:read", client="0oa9")),
    Fault(row="no-credentials", cause="nothing-sent",
          call=asking({**ADA, "client_id": "0oa1"}, "billing:read", basic=False)),
    Fault(row="wrong-secret", cause="secret-wrong", call=asking(ADA, "billing:read"),
          change=app(1, *CREDENTIALS, "client_secret", value="another")),
    Fault(row="two-credentials", cause="sent-twice",
          call=asking({**ADA, "client_secret": SECRET}, "billing:read")),
    Fault(row="no-client-key", cause="no-key",
          change=app(2, *CREDENTIALS, "token_endpoint_auth_method", value="private_key_jwt"),
          call=asking({**MACHINE, "client_assertion": token(iss="0oa2", sub="0oa2", cid=None),
                       "client_assertion_type":
                       "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                      "billing:read", client="0oa2", basic=False)),
    Fault(row="pkce", cause="no-challenge", call=authorize(code_challenge="")),
    Fault(row="pkce-public", cause="no-challenge",
          call=authorize("0oa3", code_challenge="",
                         redirect_uri="https://portal.acme.example/callback")),
    Fault(row="dpop", cause="no-proof", call=asking(ADA, "billing:read"),
          change=app(1, *OAUTH, "dpop_bound_access_tokens", value=True)),
    Fault(row="outside-zones", cause="zones-match-nothing", call=machine("billing:read"),
          change=put("/api/v1/zones", 0, "gateways", value=[])),
    Fault(row="code-invalid", cause="",
          call=asking({"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK})),
    Fault(row="claim", cause="claim-cannot-be-evaluated", call=asking(ADA, "billing:read"),
          change=put(f"{SERVERS}/aus1/claims", 0, "value", value="user.department +")),
)  # fmt: skip


def as_served(document: Document) -> Document:
    """The sound tenant with people as the API lists them, and a service app with a secret."""
    app(2, *CREDENTIALS, "token_endpoint_auth_method", value="client_secret_basic")(document)
    app(2, *OAUTH, "jwks", value={"keys": []})(document)
    for path, value in document.items():
        if path.startswith("/api/v1/apps/") and path.endswith("/users"):
            document[path] = [
                {"id": user, "scope": way["scope"], "status": way["status"]}
                for way in value
                for user in way["ids"]
            ]
        elif path.startswith("/api/v1/groups/"):
            document[path] = [{"id": user} for user in value]
    return document


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.row}-{fault.cause}")
def test_what_a_faulty_tenant_answers_leads_to_its_fault(fault: Fault, tmp_path: Path) -> None:
    document = sound()
    changed_late = fault.row == "no-client-key"
    if fault.change and not changed_late:
        fault.change(document)
    document = as_served(document)
    if fault.change and changed_late:
        fault.change(document)
    snapshot = tmp_path / "snapshot.json"
    with served(document) as sandbox:
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
        transcript = fault.call.transcript(sandbox.url)

    path = tmp_path / "transcript.txt"
    path.write_text(transcript)
    words = ("diagnose", path, "--snapshot", snapshot, "--at", NOW)
    outcome = okta_auditor(*words, "--format", "json")
    diagnosis = json.loads(outcome.stdout)

    (error,) = [one for one in diagnosis["errors"] if one["name"]]
    assert error["name"] == fault.row, transcript
    assert outcome.exit_code == 0, outcome.stdout
    if fault.cause:
        assert diagnosis["cause"]["name"] == fault.cause, error
    else:
        assert error["fault"] == "outside"
    for shown in (outcome.shown, okta_auditor(*words).shown):
        assert SECRET not in shown
        assert b64encode(f"{fault.call.client}:{SECRET}".encode()).decode() not in shown


def test_the_sound_tenant_gives_each_token() -> None:
    """So that it is the fault that refuses."""
    with served(as_served(sound())) as sandbox:
        for call in (asking(ADA, "billing:read"), machine("billing:read"), machine()):
            with pytest.raises(pytest.fail.Exception, match="a token was given"):
                call.transcript(sandbox.url)


def test_a_code_of_another_client_is_the_request_s_fault(tmp_path: Path) -> None:
    with served(as_served(sound())) as sandbox:
        snapshot = tmp_path / "snapshot.json"
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
        code = re.findall(r"[?&]code=([^&\s]+)", authorize().transcript(sandbox.url))[-1]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        other = Call(form={**form, "client_id": "0oa3"}, client="0oa3", basic=False)
        transcript = other.transcript(sandbox.url)
    path = tmp_path / "transcript.txt"
    path.write_text(transcript)
    outcome = okta_auditor("diagnose", path, "--snapshot", snapshot, "--format", "json")
    cause = json.loads(outcome.stdout)["cause"]
    assert (cause["error"], cause["in_configuration"]) == ("grant-of-another-client", False)
    assert code not in outcome.shown
