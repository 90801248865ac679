"""Requests for tokens: who gets one, what is in it, and what the others are answered."""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode
from itertools import product
from typing import Any

import jwt
import pytest
from browsing import get, tenant
from cryptography.hazmat.primitives.asymmetric import ec
from helpers import unhurried
from jwt.algorithms import ECAlgorithm
from token_calls import (
    CALLBACK,
    PORTAL,
    ROBOT,
    SECRET,
    SERVERS,
    SPA,
    USERS,
    app,
    ask_code,
    ask_portal,
    ask_robot,
    ask_token,
    basic,
    sent_back,
    tenant_document,
)

from auditor.lint.examples import example_snapshot
from auditor.sandbox import Sandbox
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = {**ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "k1"}
NOW_S = 1795867200


def claims_of(sandbox: Sandbox, token: str, server: str = "aus1", audience: str = "api://bills"):
    base = f"{sandbox.url}/oauth2/{server}" if server else sandbox.url
    metadata = get(f"{base}/.well-known/oauth-authorization-server", {}).json
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(
        token, key, ["RS256"], audience=audience, issuer=base, options={"verify_exp": False}
    )


def refusal(reply: Any) -> tuple[int, str, str]:
    return reply.status, reply.json["error"], reply.json["error_description"]


def with_key(*keys: dict[str, Any], **settings: Any) -> dict[str, Any]:
    robot = app("robot", "private_key_jwt", "service", "client_credentials", **settings)
    robot["settings"]["oauthClient"]["jwks"] = {"keys": list(keys)}
    return tenant_document(**{"/api/v1/apps": [robot]})


def assertion(sandbox: Sandbox, client: str = "robot", **changes: Any) -> dict[str, str]:
    claims = {
        "iss": client,
        "sub": client,
        "aud": f"{sandbox.url}/oauth2/aus1/v1/token",
        "exp": int(time.time()) + 60,
        **changes,
    }
    return {
        "grant_type": "client_credentials",
        "scope": "bills:read",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, KEY, "ES256", {"kid": "k1"}),
    }


def test_a_machine_gets_a_token_of_the_rule_s_lifetime():
    with tenant(tenant_document()) as sandbox:
        reply = ask_robot(sandbox)
        claims = claims_of(sandbox, reply.json["access_token"])

    assert reply.json["expires_in"] == 300
    assert (reply.json["token_type"], reply.json["scope"]) == ("Bearer", "bills:read")
    assert reply.headers["Cache-Control"] == "no-store"
    assert claims["scp"] == ["bills:read"]
    assert (claims["cid"], claims["sub"], "uid" in claims) == ("robot", "robot", False)
    assert (claims["iat"], claims["exp"]) == (NOW_S, NOW_S + 300)


def test_the_sandbox_answers_what_the_decision_engine_decides():
    document = tenant_document()
    paths = {path: value for path, value in document.items() if path.startswith("/")}
    for path in list(paths):
        if path.endswith("/users") and path.startswith("/api/v1/groups/"):
            paths[path] = sorted(member["id"] for member in paths[path])
    decider = Decider(Org.of(example_snapshot(paths)))
    clients = {"robot": {"client_secret": SECRET}, "portal": {"client_secret": "x"}, "spa": {}}
    passwords = {"00u1": "ada's own", "00u2": "any", "00u3": "any"}
    outcomes = []
    with Sandbox(unhurried(document)) as sandbox:
        for (client, secret), grant, scope, login in product(
            clients.items(),
            ("client_credentials", "password"),
            ("bills:read", "bills:write", "openid bills:read", "openid", "none:such", ""),
            passwords,
        ):
            form = {"client_id": client, "grant_type": grant, "username": login, **secret}
            reply = ask_token(sandbox, scope=scope, password=passwords[login], **form)
            decision = decider.decide(
                TokenRequest(
                    server="aus1",
                    client=client,
                    grant=grant,
                    user=login if grant == "password" else None,
                    scopes=frozenset(scope.split()) or None,
                    dpop=False,
                )
            )
            outcomes.append(decision.outcome)
            if decision.outcome is Outcome.MINTED:
                assert reply.status == 200
                assert reply.json["scope"].split() == list(decision.granted_scopes)
                assert reply.json["expires_in"] == decision.access_token_minutes * 60
            elif decision.outcome is Outcome.REJECTED and decision.error_description:
                assert (reply.status, reply.json["error"]) == (400, decision.error)
                assert reply.json["error_description"] == decision.error_description
            else:
                assert decision.outcome is Outcome.REJECTED
                assert reply.status == 400
                assert "not published" in reply.json["error_description"]
    assert set(outcomes) == {Outcome.MINTED, Outcome.REJECTED}


@pytest.mark.parametrize(
    ("headers", "form", "status", "description"),
    [
        ({}, {}, 401, "No client credentials found"),
        ({}, {"client_id": "robot"}, 401, "No client credentials found"),
        (
            basic("robot", "wrong"),
            {},
            401,
            "The client secret supplied for a confidential client is invalid.",
        ),
        (
            {},
            {"client_id": "robot", "client_secret": "wrong"},
            401,
            "The client secret supplied for a confidential client is invalid.",
        ),
        (
            {},
            {"client_id": "spa", "client_secret": "x"},
            401,
            (
                "Client authentication failed. Either the client or the client credentials are "
                "invalid."
            ),
        ),
        (
            basic("robot", SECRET),
            {"client_secret": SECRET},
            400,
            (
                "Can't supply multiple client credentials. Use one of the following: credentials "
                "in the Authorization header, credentials in the post body, or a "
                "`client_assertion` in the post body."
            ),
        ),
    ],
)
def test_a_client_that_is_not_let_in(
    headers: dict[str, str], form: dict[str, str], status: int, description: str
):
    with tenant(tenant_document()) as sandbox:
        reply = ask_token(sandbox, headers=headers, grant_type="client_credentials", **form)

    error = "invalid_request" if status == 400 else "invalid_client"
    assert refusal(reply) == (status, error, description)


@pytest.mark.parametrize("headers", [basic("nobody", "x"), {"Authorization": "Basic ???"}])
def test_an_unknown_client_is_told_as_the_other_apis_tell(headers: dict[str, str]):
    with tenant(tenant_document()) as sandbox:
        reply = ask_token(sandbox, headers=headers, grant_type="client_credentials")

    assert reply.status == 401
    assert reply.json["errorCode"] == "invalid_client"
    assert reply.json["errorSummary"] == "Invalid value for 'client_id' parameter."


def test_any_secret_does_where_the_tenant_file_has_none_and_listed_ones_count():
    secrets = "/api/v1/apps/portal/credentials/secrets"
    listed = [
        {"id": "ocs1", "status": "ACTIVE", "client_secret": "new"},
        {"id": "ocs2", "status": "INACTIVE", "client_secret": "old"},
    ]
    form = {"grant_type": "password", "username": "00u1", "password": "ada's own"}
    with tenant(tenant_document()) as sandbox:
        assert ask_portal(sandbox, scope="bills:read", **form).status == 200
    with tenant(tenant_document(**{secrets: listed})) as sandbox:
        form |= {"client_id": "portal", "scope": "bills:read"}
        assert ask_token(sandbox, client_secret="new", **form).status == 200
        assert ask_token(sandbox, client_secret="old", **form).status == 401


def test_a_client_with_a_key_proves_itself_once_at_the_server_s_own_address():
    with tenant(with_key(PUBLIC)) as sandbox:
        form = assertion(sandbox, jti="once")
        assert ask_token(sandbox, **form).status == 200
        again = ask_token(sandbox, **form)
        elsewhere = ask_token(sandbox, **assertion(sandbox, aud=f"{sandbox.url}/oauth2/v1/token"))

    assert [again.json["error"], elsewhere.json["error"]] == ["invalid_client"] * 2


@pytest.mark.parametrize(
    ("keys", "description"),
    [
        ([], ("The client does not have a JWKSet configured, but the client_assertion requires "
             "one.")),
        ([{**PUBLIC, "status": "INACTIVE"}], "The client has no active key. (Not Okta's words.)"),
    ],
)  # fmt: skip
def test_a_client_without_a_key_cannot_prove_itself(keys: list[Any], description: str):
    with tenant(with_key(*keys)) as sandbox:
        reply = ask_token(sandbox, **assertion(sandbox))

    assert refusal(reply) == (401, "invalid_client", description)


def test_a_server_that_is_not_there_and_one_by_its_alias():
    servers = [{**tenant_document()[SERVERS][0], "default": True}]
    with tenant(tenant_document(**{SERVERS: servers})) as sandbox:
        reply = ask_token(sandbox, "aus9", grant_type="client_credentials")
        alias = ask_token(
            sandbox,
            "default",
            basic("robot", SECRET),
            grant_type="client_credentials",
            scope="bills:read",
        )
        claims = claims_of(sandbox, alias.json["access_token"])

    assert (reply.status, reply.json["errorCode"]) == (404, "E0000007")
    assert claims["iss"].endswith("/oauth2/aus1")


def test_what_okta_refuses_in_unknown_words_is_refused_in_the_sandbox_s():
    servers = [{**tenant_document()[SERVERS][0], "status": "INACTIVE"}]
    with tenant(tenant_document(**{SERVERS: servers})) as sandbox:
        status, error, description = refusal(ask_robot(sandbox))

    assert (status, error) == (400, "sandbox_unpublished")
    assert description.endswith("Its words are not published, and these are the sandbox's.")


def test_what_is_not_known_is_never_minted():
    form = {"grant_type": "password", "username": "00u1", "password": "ada's own"}
    with tenant(tenant_document()) as sandbox:
        first = ask_portal(sandbox, scope="openid offline_access bills:read", **form)
        token = first.json["refresh_token"]
        again = ask_portal(sandbox, grant_type="refresh_token", refresh_token=token)

    assert set(first.json) >= {"access_token", "id_token", "refresh_token"}
    assert (again.status, again.json["error"]) == (501, "sandbox_undecided")
    assert "whether the access policy is evaluated again" in again.json["error_description"]


@pytest.mark.parametrize("token", ["made up", "", "access_token"])
def test_a_dead_refresh_token_is_invalid(token: str):
    form = {"grant_type": "password", "username": "00u1", "password": "ada's own"}
    with tenant(tenant_document()) as sandbox:
        given = ask_portal(sandbox, scope="bills:read", **form).json
        reply = ask_portal(
            sandbox, grant_type="refresh_token", refresh_token=given.get(token, token)
        )

    words = "The refresh token is invalid or expired."
    assert refusal(reply) == (400, "invalid_grant", words)


def test_a_refresh_token_ends_with_its_user():
    form = {"grant_type": "password", "username": "00u1", "password": "ada's own"}
    document = tenant_document()
    with tenant(document) as sandbox:
        token = ask_portal(sandbox, scope="offline_access bills:read", **form).json["refresh_token"]
        other = ask_token(
            sandbox,
            headers=basic("robot", SECRET),
            grant_type="refresh_token",
            refresh_token=token,
        )

    # The robot has no such grant type, which comes before the token that is not its own.
    assert refusal(other)[:2] == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("login", "password", "answer"),
    [
        ("ADA@acme.example", "ada's own", 200),
        ("00u1", "ada's own", 200),
        ("00u1", "wrong", "The credentials provided were invalid."),
        ("nobody@acme.example", "x", "The credentials provided were invalid."),
        ("", "", "The credentials provided were invalid."),
        ("00u2", "any", ("Policy evaluation failed for this request, please check the policy "
                        "configurations.")),
    ],
)  # fmt: skip
def test_users_sign_in_by_password(login: str, password: str, answer: int | str):
    form = {"grant_type": "password", "username": login, "password": password}
    with tenant(tenant_document()) as sandbox:
        reply = ask_portal(sandbox, scope="bills:read", **form)

    if isinstance(answer, int):
        claims = jwt.decode(reply.json["access_token"], options={"verify_signature": False})
        assert (claims["uid"], claims["sub"]) == ("00u1", "ada@acme.example")
    else:
        assert (reply.status, reply.json["error_description"]) == (400, answer)


def test_what_is_wrong_with_the_request_comes_before_the_password():
    form = {"grant_type": "password", "username": "00u1", "password": "wrong"}
    with tenant(tenant_document()) as sandbox:
        reply = ask_portal(sandbox, scope="none:such", **form)

    assert reply.json["error"] == "invalid_scope"


def test_a_code_is_redeemed_once_by_its_client_for_its_redirect_uri():
    with tenant(tenant_document()) as sandbox:
        back = sent_back(ask_code(sandbox, login_hint="ada@acme.example"))
        assert back["state"] == "st4te"
        form = {"grant_type": "authorization_code", "code": back["code"]}
        other = ask_token(sandbox, headers=basic("robot", SECRET), redirect_uri=CALLBACK, **form)
        reply = ask_portal(sandbox, redirect_uri=CALLBACK, **form)
        again = ask_portal(sandbox, redirect_uri=CALLBACK, **form)
        claims = claims_of(sandbox, reply.json["access_token"])

    assert other.json["error_description"].startswith("The grant was issued to another client.")
    assert (claims["uid"], claims["scp"]) == ("00u1", ["bills:read", "openid"])
    assert refusal(again) == (
        *(400, "invalid_grant", "The authorization code is invalid or has expired."),
    )


def test_a_code_for_another_address_gives_nothing():
    with tenant(tenant_document()) as sandbox:
        code = sent_back(ask_code(sandbox, login_hint="00u1"))["code"]
        form = {"grant_type": "authorization_code", "redirect_uri": f"{CALLBACK}/", "code": code}
        assert refusal(ask_portal(sandbox, **form))[:2] == (400, "invalid_grant")


@pytest.mark.parametrize(("verifier", "status"), [("v" * 43, 200), ("w" * 43, 400), ("", 400)])
def test_a_code_with_a_challenge_takes_its_verifier(verifier: str, status: int):
    digest = hashlib.sha256(b"v" * 43).digest()
    challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
    with tenant(tenant_document()) as sandbox:
        back = sent_back(
            ask_code(sandbox, client_id="spa", login_hint="00u1", code_challenge=challenge)
        )
        reply = ask_token(
            sandbox,
            client_id="spa",
            grant_type="authorization_code",
            redirect_uri=CALLBACK,
            code=back["code"],
            code_verifier=verifier,
        )

    assert reply.status == status


@pytest.mark.parametrize(
    ("query", "error", "description"),
    [
        (
            {"login_hint": "00u2"},
            "access_denied",
            "Policy evaluation failed for this request, please check the policy configurations.",
        ),
        (
            {"login_hint": "00u2", "client_id": "spa", "code_challenge": "x"},
            "access_denied",
            "User is not assigned to the client application.",
        ),
        (
            {"scope": "none:such"},
            "invalid_scope",
            "One or more scopes are not configured for the authorization server resource.",
        ),
        (
            {"client_id": "spa"},
            "invalid_request",
            ("PKCE code challenge is required when the token endpoint authentication method is "
            "'NONE'."),
        ),
        (
            {"response_type": "token", "login_hint": "00u1"},
            "unsupported_response_type",
            ("The response type is not supported by the authorization server. Configured response "
            "types: [code]."),
        ),
        ({"prompt": "none"}, "login_required", ("Nobody is signed in. (Not Okta's words, which are "
                                              "not published.)")),
    ],
)  # fmt: skip
def test_what_is_refused_at_authorize_is_told_to_the_client(
    query: dict[str, str], error: str, description: str
):
    with tenant(tenant_document()) as sandbox:
        back = sent_back(ask_code(sandbox, **query))

    assert back == {"state": "st4te", "error": error, "error_description": description}


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        (
            {"redirect_uri": "https://evil.example", "login_hint": "00u1"},
            400,
            "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
        ),
        ({"client_id": "nobody"}, 400, "Invalid value for 'client_id' parameter."),
        ({"client_id": ""}, 400, "Invalid value for 'client_id' parameter."),
        ({}, 200, "Okta would show its sign-in page here."),
        ({"login_hint": "nobody"}, 200, "Okta would show its sign-in page here."),
        ({"response_type": ""}, 501, "what Okta answers without response_type"),
        ({"redirect_uri": ""}, 501, "what Okta answers without redirect_uri"),
    ],
)
def test_what_is_shown_as_a_page(query: dict[str, str], status: int, text: str):
    with tenant(tenant_document()) as sandbox:
        reply = ask_code(sandbox, **query)

    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert text in reply.body.decode()


def test_a_page_quotes_nothing_that_a_browser_would_run():
    with tenant(tenant_document(**{SERVERS: []})) as sandbox:
        reply = ask_code(sandbox, "<script>alert(1)</script>")

    assert reply.headers["Content-Type"] == "application/json"


def test_the_implicit_grant_gives_tokens_in_the_fragment():
    with tenant(tenant_document()) as sandbox:
        reply = ask_code(
            sandbox, client_id="spa", response_type="token id_token", login_hint="00u1", nonce="n"
        )
        back = sent_back(reply)

    assert "#" in reply.headers["Location"]
    assert (back["token_type"], back["expires_in"]) == ("Bearer", "600")
    assert jwt.decode(back["id_token"], options={"verify_signature": False})["aud"] == "spa"


def test_the_org_server_is_decided_as_well():
    with tenant(tenant_document()) as sandbox:
        custom = sent_back(ask_code(sandbox, "", login_hint="00u1"))
        code = sent_back(ask_code(sandbox, "", login_hint="00u1", scope="openid"))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        wrong = ask_portal(sandbox, **form)
        code = sent_back(ask_code(sandbox, "", login_hint="00u1", scope="openid"))["code"]
        form["code"] = code
        reply = ask_token(sandbox, "", client_id="portal", client_secret="x", **form)

    assert custom["error_description"] == "Custom scopes are not allowed for this request"
    # A code of the org server is none of a custom server's.
    assert wrong.json["error"] == "invalid_grant"
    assert reply.json["expires_in"] == 3600


def test_a_key_bound_client_has_to_prove_its_key():
    with tenant(with_key(PUBLIC, dpop_bound_access_tokens=True)) as sandbox:
        reply = ask_token(sandbox, **assertion(sandbox))

    words = "The DPoP proof JWT header is missing."
    assert refusal(reply) == (400, "invalid_dpop_proof", words)


def test_a_subject_token_has_to_be_one_that_was_given():
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    robot = app("robot", "client_secret_basic", "service", "client_credentials", grant)
    document = tenant_document(**{"/api/v1/apps": [robot, PORTAL, SPA]})
    document[f"{SERVERS}/aus1/policies/00p1/rules"][0]["conditions"]["grantTypes"]["include"] += [
        grant
    ]
    form = {"grant_type": "password", "username": "00u1", "password": "ada's own"}
    with tenant(document) as sandbox:
        given = ask_portal(sandbox, scope="bills:read", **form).json["access_token"]
        made_up, real = (
            ask_robot(sandbox, grant_type=grant, subject_token=token) for token in ("x", given)
        )

    assert refusal(made_up) == (400, "invalid_grant", "subject token is invalid")
    # Whether assignments bind there is not published.
    assert (real.status, real.json["error"]) == (501, "sandbox_undecided")


def test_the_scopes_of_an_assertion_count():
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    robot = app("robot", "client_secret_basic", "service", grant)
    document = tenant_document(**{"/api/v1/apps": [robot]})
    document["/api/v1/apps/robot/users"] = [{"id": "00u1", "scope": "USER"}]
    rules = document[f"{SERVERS}/aus1/policies/00p1/rules"]
    rules[0]["conditions"]["grantTypes"]["include"] = [grant]
    with tenant(document) as sandbox:
        replies = []
        for scope in ("bills:read", "bills:write"):
            shown = jwt.encode({"sub": "ada@acme.example", "scope": scope}, "k" * 32)
            form = {"grant_type": grant, "assertion": shown}
            replies.append(ask_token(sandbox, headers=basic("robot", "x"), **form))

    assert [reply.status for reply in replies] == [200, 400]
    assert replies[0].json["scope"] == "bills:read"
    assert replies[1].json["error_description"].startswith("Policy evaluation failed")


AGENTS = "/workload-principals/api/v1/ai-agents"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def with_agent() -> dict[str, Any]:
    document = tenant_document()
    rules = document[f"{SERVERS}/aus1/policies/00p1/rules"]
    rules[1]["conditions"]["grantTypes"]["include"] = [BEARER]
    document[f"{SERVERS}/aus1/policies"][0]["conditions"]["clients"]["include"] = ["wlp1"]
    agent = {
        "id": "wlp1",
        "status": "ACTIVE",
        "profile": {"name": "Helper"},
        "signOnProvider": {"appInstanceId": "portal"},
    }
    connection = {
        "id": "mcn1",
        "status": "ACTIVE",
        "connectionType": "IDENTITY_ASSERTION_CUSTOM_AS",
        "authorizationServer": {"orn": "orn:okta:idp:00o1:authorization_servers:aus1"},
        "scopeCondition": "ALL_SCOPES",
    }
    return {**document, AGENTS: {"data": [agent]}, f"{AGENTS}/wlp1/connections": [connection]}


@pytest.mark.parametrize(
    ("login", "answer"),
    [
        ("ada@acme.example", 200),
        ("bob@acme.example", "Policy evaluation failed for this request, please check the policy"),
    ],
)
def test_an_ai_agent_exchanges_the_assertion_of_a_user(login: str, answer: int | str):
    shown = jwt.encode({"sub": login, "scope": "bills:read"}, "k" * 32)
    with tenant(with_agent()) as sandbox:
        form = assertion(sandbox, "wlp1") | {"grant_type": BEARER, "assertion": shown}
        del form["scope"]
        reply = ask_token(sandbox, **form)
        event = sandbox.events[-1]

    assert event["client"]["id"] == "wlp1"
    if isinstance(answer, int):
        assert (reply.status, reply.json["scope"]) == (200, "bills:read")
        assert event["outcome"]["result"] == "SUCCESS"
    else:
        assert reply.json["error_description"].startswith(answer)
        assert event["outcome"]["reason"] == "no_matching_policy"


def test_no_id_jag_is_made():
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    with tenant(with_agent()) as sandbox:
        code = sent_back(ask_code(sandbox, "", login_hint="00u1", scope="openid"))["code"]
        given = ask_token(
            sandbox,
            "",
            client_id="portal",
            client_secret="x",
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACK,
        )
        form = assertion(sandbox, "wlp1") | {"grant_type": grant, "scope": "bills:read"}
        reply = ask_token(sandbox, "", **form, subject_token=given.json["id_token"])

    assert refusal(reply)[:2] == (501, "sandbox_undecided")
    assert "access_token" not in reply.json


def test_an_app_that_is_no_oidc_app_is_not_known():
    other = {**ROBOT, "signOnMode": "SAML_2_0"}
    with tenant(tenant_document(**{"/api/v1/apps": [other]})) as sandbox:
        assert refusal(ask_robot(sandbox))[:2] == (501, "sandbox_undecided")


def test_the_users_of_a_name_are_those_of_its_id_before_its_login():
    users = [{**USERS[1], "profile": {"login": "00u1", "email": "ada@acme.example"}}, *USERS]
    with tenant(tenant_document(**{"/api/v1/users": users})) as sandbox:
        code = sent_back(ask_code(sandbox, login_hint="00u1"))["code"]

    assert code
