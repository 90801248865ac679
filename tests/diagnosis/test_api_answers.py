"""`diagnose` on calls of the Okta APIs: a faulty tenant leads to its fault, a sound one to none."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from helpers import SERVERS, Outcome, okta_auditor, packed_tenant, served, snapshot_file
from helpers import tenant as sandbox_tenant
from jwt.algorithms import ECAlgorithm
from made_tokens import made_token

NOW = "2026-11-28T14:00:00Z"
AT = 1_795_874_400
SECRET = "hunter2-correct-horse"
SSWS = "00abcSecretOfTheToken"
FORBIDDEN = (
    '{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested '
    'action"}'
)
INVALID = '{"errorCode":"E0000011","errorSummary":"Invalid token provided"}'
FEATURE = (
    '{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you '
    'are requesting"}'
)
LIMITED = (
    '{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many '
    'requests."}'
)
SOUND = "is not at fault, as far as it tells: scope and role are there."


def challenge(scope: str) -> str:
    return (
        f'< www-authenticate: Bearer realm="http://acme.okta.com", scope="{scope}", '
        'error="insufficient_scope", error_description="The access token provided does not '
        'contain the required scopes.", resource="/api/v1/groups/00g1"'
    )


def transcript(call: str, status: int, *rest: str, scheme: str = "Bearer $T") -> str:
    lines = [f"> {call} HTTP/2", "> Host: acme.okta.com", f"> Authorization: {scheme}"]
    return "\n".join([*lines, f"< HTTP/2 {status}", "< x-okta-request-id: reqAbc123", *rest])


def token(*scopes: str, issuer: str = "https://acme.okta.com", client: str = "0oa5") -> str:
    claims = {"iss": issuer, "cid": client, "scp": list(scopes), "exp": AT + 60, "iat": AT - 60}
    return made_token(claims, {"kid": "k"}, SECRET)


def app(identifier: str, label: str, **settings: Any) -> dict[str, Any]:
    oauth = {"application_type": "service", "grant_types": ["client_credentials"], **settings}
    method = {"client_id": identifier, "token_endpoint_auth_method": "private_key_jwt"}
    return {
        "id": identifier,
        "label": label,
        "name": "oidc_client",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": method},
        "settings": {"oauthClient": oauth},
    }


def tenant(
    grants: tuple[str, ...] = ("okta.users.read",),
    roles: tuple[str, ...] = ("READ_ONLY_ADMIN",),
    **more: Any,
) -> dict[str, Any]:
    """A tenant with the service app "Directory sync" and the API token "Sync"."""
    document = packed_tenant()
    document["/api/v1/apps"] = [*document["/api/v1/apps"], app("0oa5", "Directory sync")]
    document["/api/v1/apps/0oa5/grants"] = [
        {"id": f"g{number}", "scopeId": scope, "status": "ACTIVE", "clientId": "0oa5"}
        for number, scope in enumerate(grants)
    ]
    document["/oauth2/v1/clients/0oa5/roles"] = [
        {"id": f"r{role}", "type": role, "label": role, "status": "ACTIVE"} for role in roles
    ]
    document["/api/v1/api-tokens"] = [
        {"id": "00T1", "name": "Sync", "userId": "00u1", "expiresAt": "2026-12-28T00:00:00Z"}
    ]
    document["/api/v1/users/00u1/roles"] = [
        {"id": "ra", "type": "SUPER_ADMIN", "label": "Super Administrator", "status": "ACTIVE"}
    ]
    return {**document, **more}


def diagnosed(folder: Path, document: dict[str, Any], *words: object, **kept: Any) -> Outcome:
    path = snapshot_file(folder, document, **kept)
    outcome = okta_auditor("diagnose", *words, "--snapshot", path, "--at", NOW, COLUMNS="200")
    assert SECRET not in outcome.shown
    assert SSWS not in outcome.shown
    return outcome


def causes(outcome: Outcome) -> list[str]:
    """The causes that are proven, in small letters at their beginning."""
    found = [line for line in outcome.stdout.splitlines() if line.startswith(("Cause: ", "Also, "))]
    clauses = [line.partition(": ")[2] for line in found]
    return [f"{clause[:1].lower()}{clause[1:]}" for clause in clauses]


# E7 and E10: scopes and admin roles of a service app


@pytest.mark.parametrize(
    ("text", "document", "cause", "fix"),
    [
        (transcript("GET /api/v1/users", 403, FORBIDDEN), tenant(("okta.apps.read",)),
         'client "Directory sync" is not granted okta.users.read.', "grant okta.users.read in the"),
        (transcript("GET /api/v1/groups/00g1", 403, challenge("okta.groups.read")),
         tenant(), 'client "Directory sync" is not granted okta.groups.read.', "grant okta.groups"),
        (transcript("POST /api/v1/users", 403, FORBIDDEN), tenant(("okta.users.manage",)),
         'no admin role of client "Directory sync" covers the call: "READ_ONLY_ADMIN".',
         "assign it a custom role with the permission okta.users.manage"),
        (transcript("GET /api/v1/users", 403, FORBIDDEN), tenant(roles=()),
         'client "Directory sync" has no admin role', "assign it a custom role with the"),
        (transcript("GET /api/v1/meta/schemas/logStream", 403, FORBIDDEN),
         tenant(("okta.logStreams.read",), ()), "has no admin role",
         "assign it one of SUPER_ADMIN"),
    ],
)  # fmt: skip
def test_what_the_service_app_lacks_is_the_one_cause(
    tmp_path: Path, text: str, document: dict[str, Any], cause: str, fix: str
) -> None:
    outcome = diagnosed(tmp_path, document, text, "--client", "Directory sync")
    assert outcome.exit_code == 0, outcome.shown
    assert len(causes(outcome)) == 1, outcome.stdout
    assert cause in causes(outcome)[0]
    assert f"  Fix: {fix[:1].upper()}{fix[1:]}" in outcome.stdout
    assert "Possible, in the configuration" not in outcome.stdout
    assert "Okta's request id: reqAbc123" in outcome.stdout
    assert "(Okta Admin Management API 2" in outcome.stdout or "by its own answer" in outcome.stdout


@pytest.mark.parametrize(
    ("grants", "roles", "call"),
    [
        (("okta.users.read",), ("READ_ONLY_ADMIN",), "GET /api/v1/users"),
        (("okta.users.manage",), ("SUPER_ADMIN",), "GET /api/v1/users"),
        (("okta.apps.manage", "okta.groups.manage"), ("SUPER_ADMIN",),
         "POST /api/v1/apps/0oa1/group-push/mappings"),
    ],
)  # fmt: skip
def test_a_sound_service_app_is_not_blamed(
    tmp_path: Path, grants: tuple[str, ...], roles: tuple[str, ...], call: str
) -> None:
    words = (FORBIDDEN, "--call", call, "--client", "Directory sync")
    outcome = diagnosed(tmp_path, tenant(grants, roles), *words)
    assert outcome.exit_code == 3
    assert SOUND in outcome.stdout
    assert "resource set of the role" in outcome.stdout
    assert not causes(outcome)
    assert "in the configuration:" not in outcome.stdout
    assert "In this configuration" not in outcome.stdout


def test_a_role_that_nobody_publishes_stays_open(tmp_path: Path) -> None:
    words = (FORBIDDEN, "--call", "GET /api/v1/users", "--client", "0oa5")
    outcome = diagnosed(tmp_path, tenant(roles=("HELP_DESK_ADMIN",)), *words)
    assert outcome.exit_code == 3
    assert 'Okta does not publish whether "HELP_DESK_ADMIN" does.' in outcome.stdout
    assert SOUND not in outcome.stdout


@pytest.mark.parametrize(
    ("permission", "call", "grant", "cause"),
    [
        ("okta.users.read", "GET /api/v1/users", "okta.users.read", False),
        ("okta.groups.read", "GET /api/v1/users", "okta.users.read", True),
        ("okta.users.read", "POST /api/v1/users", "okta.users.manage", None),
        ("okta.iam.read", "GET /oauth2/v1/clients/0oa5/roles", "okta.roles.read", False),
    ],
)
def test_permissions_of_a_custom_role_count(
    tmp_path: Path, permission: str, call: str, grant: str, *, cause: bool | None
) -> None:
    more = {
        "/oauth2/v1/clients/0oa5/roles": [
            {"id": "r1", "type": "CUSTOM", "label": "Readers", "role": "cr1", "status": "ACTIVE"}
        ],
        "/api/v1/iam/roles": [{"id": "cr1", "label": "Readers"}],
        "/api/v1/iam/roles/cr1/permissions": [{"id": permission, "label": permission}],
    }
    words = (FORBIDDEN, "--call", call, "--client", "0oa5")
    outcome = diagnosed(tmp_path, tenant((grant,), (), **more), *words)
    expected = {
        True: 'Likely, in the configuration: No admin role of client "Directory sync" covers',
        False: '"Readers" (covers the call, by its permissions)',
        None: 'Okta does not publish whether "Readers" does.',
    }
    assert expected[cause] in outcome.stdout
    assert outcome.exit_code == 3


def test_scopes_of_the_token_are_told_apart_from_grants(tmp_path: Path) -> None:
    text = transcript("GET /api/v1/users", 403, scheme=f"Bearer {token('okta.groups.read')}")
    both = diagnosed(tmp_path, tenant(("okta.groups.read",)), text)
    assert causes(both) == [
        "the token does not have okta.users.read.",
        'client "Directory sync" is not granted okta.users.read.',
    ]
    alone = diagnosed(tmp_path, tenant(("okta.groups.read", "okta.users.read")), text)
    assert alone.exit_code == 0
    assert causes(alone) == ["the token does not have okta.users.read."]
    assert "so the token was asked for without it, or is older than the grant" in alone.stdout
    assert "in the configuration:" not in alone.stdout


def test_calls_to_one_endpoint_are_told_once(tmp_path: Path) -> None:
    text = "\n".join(transcript(f"GET /api/v1/users/00u{n}", 403, FORBIDDEN) for n in range(9))
    outcome = diagnosed(tmp_path, tenant(("okta.apps.read",)), text, "--client", "0oa5")
    assert outcome.stdout.count("GET /api/v1/users/{id} takes the scope") == 1
    assert len(causes(outcome)) == 1


def test_the_scope_that_is_demanded_tells_the_method(tmp_path: Path) -> None:
    text = challenge("okta.policies.read").replace("groups/00g1", "policies")
    outcome = diagnosed(tmp_path, tenant(), text, "--client", "0oa5")
    assert "GET /api/v1/policies takes the scope okta.policies.read (by its own" in outcome.stdout
    assert causes(outcome) == ['client "Directory sync" is not granted okta.policies.read.']


def test_ids_in_a_path_are_not_shown(tmp_path: Path) -> None:
    for path in ("things/hunter2-correct-horse", "users/hunter2-correct-horse/nothing"):
        text = f"$ curl -i https://acme.okta.com/api/v1/{path}\nHTTP/1.1 403\n{FORBIDDEN}"
        outcome = diagnosed(tmp_path, tenant(), text)
        assert "is in none of Okta's OpenAPI documents" in outcome.stdout
    text = transcript("PATCH /api/v1/users/hunter2-correct-horse", 403, FORBIDDEN)
    assert '"PATCH /api/v1/users/{id}"' in diagnosed(tmp_path, tenant(), text).stdout


def test_a_revoked_grant_is_called_one(tmp_path: Path) -> None:
    document = tenant()
    document["/api/v1/apps/0oa5/grants"][0]["status"] = "REVOKED"
    words = (FORBIDDEN, "--call", "GET /api/v1/users", "--client", "0oa5")
    assert "was revoked" in causes(diagnosed(tmp_path, document, *words))[0]


def test_what_was_not_read_is_not_taken_for_missing(tmp_path: Path) -> None:
    words = (FORBIDDEN, "--call", "GET /api/v1/users", "--client", "0oa5")
    outcome = diagnosed(tmp_path, tenant((), ()), *words, unread=("app_grants", "client_roles"))
    assert outcome.exit_code == 3
    assert not causes(outcome)
    assert "Not checked: Its grants are not in the snapshot." in outcome.stdout
    assert "Not checked: Its admin roles are not in the snapshot." in outcome.stdout


def test_a_token_of_a_custom_server_is_for_another_api(tmp_path: Path) -> None:
    made = token("billing:read", issuer="https://acme.okta.com/oauth2/aus1")
    text = transcript("GET /api/v1/users", 401, INVALID, scheme=f"Bearer {made}")
    outcome = diagnosed(tmp_path, tenant(), text)
    assert outcome.exit_code == 0
    assert "a custom authorization server issued the token" in "".join(causes(outcome))
    # The same at an API of somebody's own, whose path is alike, is as it should be.
    own = text.replace("acme.okta.com", "api.acme.example", 1).replace(INVALID, "")
    own = own.replace("x-okta-request-id", "x-request-id")
    assert "custom authorization server issued" not in diagnosed(tmp_path, tenant(), own).stdout


def test_the_call_and_the_caller_are_asked_for(tmp_path: Path) -> None:
    assert (
        "To know more, give --call and --client." in diagnosed(tmp_path, tenant(), FORBIDDEN).stdout
    )
    bare = okta_auditor("diagnose", FORBIDDEN, "--call", "PATCH /api/v1/users", COLUMNS="200")
    assert "Okta documents no such method of the path, but GET or POST." in bare.stdout
    wrong = okta_auditor("diagnose", FORBIDDEN, "--call", "GET /nowhere")
    assert wrong.exit_code == 2
    assert "is no call of an Okta API" in wrong.stderr
    unknown = diagnosed(
        tmp_path, tenant(), FORBIDDEN, "--call", "GET /api/v1/users", "--client", "x"
    )
    assert unknown.exit_code == 2


# E4, E9 and E10: API tokens


@pytest.mark.parametrize(
    ("changes", "name", "error", "cause"),
    [
        ({}, "Old sync", INVALID, 'no active API token of the org is called "Old sync"'),
        ({"/api/v1/users": [{"id": "00u1", "status": "SUSPENDED", "profile": {"login": "a@x"}}]},
         "Sync", INVALID, 'the owner of API token "Sync" is "SUSPENDED"'),
        ({"/api/v1/users": []}, "00T1", INVALID, "is not there any more"),
        ({"/api/v1/users/00u1/roles": []}, "Sync", FORBIDDEN,
         'the owner of API token "Sync" has no admin role'),
        ({"/api/v1/users/00u1/roles": [{"id": "r", "type": "REPORT_ADMIN"}]}, "Sync", FORBIDDEN,
         "no admin role of the owner"),
    ],
)  # fmt: skip
def test_the_fault_of_an_api_token_is_the_cause(
    tmp_path: Path, changes: dict[str, Any], name: str, error: str, cause: str
) -> None:
    text = transcript("POST /api/v1/users", 403, error, scheme=f"SSWS {SSWS}")
    outcome = diagnosed(tmp_path, tenant(**changes), text, "--api-token", name)
    assert outcome.exit_code == 0, outcome.shown
    assert len(causes(outcome)) == 1
    assert cause in causes(outcome)[0]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_token_in_place_of_its_name_is_not_shown(form: str, tmp_path: Path) -> None:
    pasted = f"00{'aB3_' * 10}"
    error = '{"errorCode": "E0000011", "errorSummary": "Invalid token provided"}'
    outcome = diagnosed(tmp_path, tenant(), error, "--api-token", pasted, "--format", form)
    assert outcome.exit_code == 2
    assert "--api-token takes the name or id of an API token" in outcome.stderr
    assert pasted not in outcome.shown


@pytest.mark.parametrize("error", [INVALID, FORBIDDEN])
def test_a_sound_api_token_is_not_blamed(tmp_path: Path, error: str) -> None:
    text = transcript("POST /api/v1/users", 403, error, scheme=f"SSWS {SSWS}")
    outcome = diagnosed(tmp_path, tenant(), text, "--api-token", "Sync")
    assert outcome.exit_code == 3
    assert "The snapshot has no fault of the API token" in outcome.stdout
    assert not causes(outcome)
    assert "in the configuration:" not in outcome.stdout
    assert "In this configuration" not in outcome.stdout


def test_a_call_about_the_owner_may_need_no_role(tmp_path: Path) -> None:
    document = tenant(**{"/api/v1/users/00u1/roles": []})
    text = transcript("GET /api/v1/users/me", 403, FORBIDDEN, scheme=f"SSWS {SSWS}")
    outcome = diagnosed(tmp_path, document, text, "--api-token", "Sync")
    assert outcome.exit_code == 3
    assert 'Likely, in the configuration: The owner of API token "Sync" has no' in outcome.stdout


def test_the_network_zones_of_an_api_token_are_named(tmp_path: Path) -> None:
    document = tenant()
    document["/api/v1/api-tokens"][0]["network"] = {"connection": "ZONE", "include": ["nzo1"]}
    document["/api/v1/zones"] = [{"id": "nzo1", "name": "Office", "status": "ACTIVE", "type": "IP"}]
    text = transcript("POST /api/v1/users", 403, FORBIDDEN, scheme=f"SSWS {SSWS}")
    outcome = diagnosed(tmp_path, document, text, "--api-token", "Sync")
    assert outcome.exit_code == 3
    assert 'network zones that API token "Sync" is bound to: "Office"' in outcome.stdout


def test_an_api_token_that_cannot_be_looked_up_is_an_error(tmp_path: Path) -> None:
    unread = diagnosed(tmp_path, tenant(), INVALID, "--api-token", "Sync", unread=("api_tokens",))
    assert unread.exit_code == 2
    assert "are not in the snapshot" in unread.stderr
    document = tenant()
    document["/api/v1/api-tokens"] *= 2
    document["/api/v1/api-tokens"][1] = {**document["/api/v1/api-tokens"][0], "id": "00T2"}
    double = diagnosed(tmp_path, document, INVALID, "--api-token", "Sync")
    assert double.exit_code == 2
    assert "Give an id: 00T1, 00T2" in double.stderr


# E15: features that the org does not have, and answers from 500 on


def test_a_feature_that_the_org_lacks_is_the_cause(tmp_path: Path) -> None:
    words = (FEATURE, "--call", "/api/v1/authorizationServers/aus1/policies")
    body = json.loads(FEATURE)
    faults = [{"path": f"^{SERVERS}", "status": 401, "body": body}]
    snapshot = tmp_path / "unlicensed.json"
    with served(sandbox_tenant(faults=faults)) as sandbox:
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
    absent = okta_auditor("diagnose", *words, "--snapshot", snapshot, COLUMNS="200")
    assert absent.exit_code == 0
    assert causes(absent)[0].startswith("the org does not have API Access Management")
    present = diagnosed(tmp_path, tenant(), *words)
    assert "Not the configuration" in present.stdout
    assert "The org had API Access Management when the snapshot was taken." in present.stdout
    assert not causes(present)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (transcript("GET /api/v1/users", 502), ["Okta failed (502)", "each pause twice as long"]),
        (transcript("POST /api/v1/users", 500), ["look first whether the change was made"]),
        (transcript("GET /api/v1/logs", 500, '{"errorCode":"E0000009","errorSummary":"Your last '
         'request took too long to complete."}'), ["gave the query up", "ask for less at once"]),
        (transcript("POST /api/v1/users", 503, "Service is in read only mode"), ["read-only mode"]),
    ],
)  # fmt: skip
def test_a_fault_at_okta_is_no_fault_of_the_configuration(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    outcome = diagnosed(tmp_path, tenant(("okta.apps.read",), ()), text, "--client", "0oa5")
    assert outcome.exit_code == 0
    assert len(causes(outcome)) == 1
    assert "The configuration has no part in it." in causes(outcome)[0]
    assert "x-okta-request-id reqAbc123" in outcome.stdout
    assert "status.okta.com" in outcome.stdout
    for word in words:
        assert word in outcome.stdout


def test_a_timeout_is_one(tmp_path: Path) -> None:
    text = "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='acme.okta.com'): timed out"
    outcome = diagnosed(tmp_path, tenant(), text)
    assert outcome.exit_code == 0
    assert "no answer came in the time that the caller waited" in outcome.stdout
    assert "Okta's support asks for the header x-okta-request-id" in outcome.stdout


# E11 and E13: rate limits


def headers(limit: int, remaining: int, after: int = 30) -> tuple[str, ...]:
    return (
        f"< x-rate-limit-limit: {limit}",
        f"< x-rate-limit-remaining: {remaining}",
        f"< x-rate-limit-reset: {AT + after}",
        "< date: Sat, 28 Nov 2026 14:00:00 GMT",
        LIMITED,
    )


def test_a_limit_is_explained_with_its_bucket_its_share_and_its_sharers(tmp_path: Path) -> None:
    document = tenant(("okta.apps.read",))
    document["/api/v1/apps"] += [app("0oa6", "Reviews"), app("0oa7", "Groups only")]
    document["/api/v1/apps/0oa6/grants"] = [
        {"id": "g9", "scopeId": "okta.apps.manage", "status": "ACTIVE"}
    ]
    document["/api/v1/apps/0oa7/grants"] = [
        {"id": "g8", "scopeId": "okta.groups.read", "status": "ACTIVE"}
    ]
    text = transcript("GET /api/v1/apps/0oa1/users", 429, *headers(50, 0))
    outcome = diagnosed(tmp_path, document, text, "--client", "Directory sync")
    assert outcome.exit_code == 0
    for words in (
        "50 requests in a window of a minute for this caller, used up.",
        "The window ends on 2026-11-28 at 14:00:30 UTC, 30 seconds after the answer",
        "GET /api/v1/apps/{appId}/users counts against /api/v1/apps*",
        "50 is 50 % of it in Workforce Identity: the share of a token or app.",
        'Client "Directory sync" may use up 50 % of each limit, which is the default.',
        '1 other client may spend the same limit by their grants: "Reviews".',
        "So may 1 API token",
        'eventType sw "system.org.rate_limit"',
    ):
        assert words in outcome.stdout
    assert "in the configuration:" not in outcome.stdout


def test_what_was_set_for_the_client_is_its_share(tmp_path: Path) -> None:
    limits = [
        {
            "id": "p1",
            "principalId": "0oa5",
            "principalType": "OAUTH_CLIENT",
            "defaultPercentage": 80,
        }
    ]
    text = transcript("GET /api/v1/users", 429, *headers(480, 0))
    document = tenant(**{"/api/v1/principal-rate-limits": limits})
    outcome = diagnosed(tmp_path, document, text, "--client", "0oa5")
    assert "may use up 80 % of each limit, as was set for it." in outcome.stdout
    assert " % of it in" not in outcome.stdout
    unread = diagnosed(tmp_path, tenant(), text, "--client", "0oa5", unread=("client_rate_limits",))
    assert "whether another was set was not read" in unread.stdout


@pytest.mark.parametrize(
    ("call", "sent", "words", "log"),
    [
        ("GET /api/v1/users", headers(0, 0), "too many requests ran at the same time",
         "core.concurrency.org.limit.violation"),
        ("GET /oauth2/v1/authorize", headers(60, 0), "of a single client, address and device",
         "system.client.rate_limit.violation"),
        ("POST /oauth2/aus1/v1/token", headers(2000, 0), "4 tokens a second",
         "app.oauth2.client_id_rate_limit_warning"),
        ("GET /api/v1/users", headers(600, 0, -5), "The window ended on", "system.org.rate_limit"),
        ("GET /api/v1/users", headers(600, 3), "the headers are of another answer",
         "system.org.rate_limit"),
        ("GET /api/v1/users", (LIMITED,), "only the headers x-rate-limit-* tell",
         "system.org.rate_limit"),
    ],
)  # fmt: skip
def test_each_kind_of_limit_is_told_apart(
    tmp_path: Path, call: str, sent: tuple[str, ...], words: str, log: str
) -> None:
    outcome = diagnosed(tmp_path, tenant(), transcript(call, 429, *sent))
    assert outcome.exit_code == 0
    assert words in outcome.stdout
    assert log in outcome.stdout


def test_a_limit_with_requests_left_refuses_nothing(tmp_path: Path) -> None:
    text = transcript("GET /api/v1/users", 403, FORBIDDEN, *headers(600, 599)[:4])
    outcome = diagnosed(tmp_path, tenant(("okta.apps.read",)), text, "--client", "0oa5")
    assert "599 left" in outcome.stdout
    assert "may use up" not in outcome.stdout
    assert 'client "Directory sync" is not granted okta.users.read.' in causes(outcome)[0]


# E6 and E8: the user is not assigned


@pytest.mark.parametrize("assigned", [True, False])
def test_an_assignment_is_the_cause_only_where_it_is_missing(
    tmp_path: Path, *, assigned: bool
) -> None:
    document = packed_tenant()
    if not assigned:
        document["/api/v1/apps/0oa1/users"] = []
        document["/api/v1/groups/00g1/users"] = []
    error = (
        '{"error":"access_denied","error_description":"User is not assigned to the client '
        'application."}'
    )
    words = ("--server", "aus1", "--client", "Invoices", "--grant", "authorization_code")
    words += ("--user", "ada@acme.example", "--scope", "billing:read")
    outcome = diagnosed(tmp_path, document, error, *words)
    assert bool(causes(outcome)) is not assigned
    assert ("This configuration gives the token." in outcome.stdout) is assigned


# E9: the network zones of a client


@pytest.mark.parametrize("network", ["ANYWHERE", "ZONE"])
def test_network_zones_of_a_client_are_the_cause_only_where_it_has_some(
    tmp_path: Path, network: str
) -> None:
    document = packed_tenant()
    oauth = document["/api/v1/apps"][0]["settings"]["oauthClient"]
    oauth["network"] = {"connection": network, "include": ["nzo9"] if network == "ZONE" else []}
    document["/api/v1/zones"] = []
    error = (
        '{"error":"access_denied","error_description":"The request is made from outside the '
        "client's permitted network zones.\"}"
    )
    words = ("--server", "aus1", "--client", "Invoices", "--grant", "authorization_code")
    words += ("--user", "ada@acme.example", "--scope", "billing:read")
    outcome = diagnosed(tmp_path, document, error, *words)
    assert bool(causes(outcome)) is (network == "ZONE")


# What an org answers, of which here the sandbox stands for one


def asked(url: str, authorization: str, body: dict[str, str] | None = None) -> tuple[str, str]:
    """A call as `curl -i` shows it with its answer; and the body of the answer."""
    data = urlencode(body).encode() if body else None
    request = urllib.request.Request(url, data, {"Authorization": authorization})
    try:
        with urllib.request.urlopen(request) as answer:
            status, headers, text = answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, headers, text = error.code, error.headers, error.read().decode()
    lines = [f"$ curl -i {url}", f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\n".join([*lines, "", text]), text


def with_key(document: dict[str, Any], key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "k", "status": "ACTIVE"}
    document["/api/v1/apps"][1]["settings"]["oauthClient"]["jwks"] = {"keys": [public]}
    document["/api/v1/apps/0oa1/users"] = []
    document["/api/v1/groups/00g1/users"] = []
    return document


def access_token(url: str, key: ec.EllipticCurvePrivateKey, scope: str) -> str:
    address = f"{url}/oauth2/v1/token"
    claims = {"iss": "0oa5", "sub": "0oa5", "aud": address, "exp": int(time.time()) + 300}
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, key, "ES256", {"kid": "k"}),
    }
    return str(json.loads(asked(address, "none", form)[1])["access_token"])


def test_a_refusal_as_it_comes_over_http_is_explained(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    document = with_key(tenant(("okta.apps.read",)), key)
    limit = {"path": "^/api/v1/apps", "limit": 1, "window_s": 60}
    with served({**document, "@rate_limits": [limit]}) as sandbox:
        made = access_token(sandbox.url, key, "okta.apps.read")
        refused, _ = asked(f"{sandbox.url}/api/v1/groups", f"Bearer {made}")
        asked(f"{sandbox.url}/api/v1/apps", f"Bearer {made}")
        limited, _ = asked(f"{sandbox.url}/api/v1/apps", f"Bearer {made}")
    outcome = diagnosed(tmp_path, document, f"{refused}\nAuthorization: Bearer {made}")
    assert causes(outcome) == [
        "the token does not have okta.groups.read.",
        'client "Directory sync" is not granted okta.groups.read.',
    ]
    assert made.split(".")[2] not in outcome.shown
    slower = diagnosed(tmp_path, document, limited)
    assert slower.exit_code == 0
    assert (
        "Rate limit: 1 requests in a window of a minute for this caller, used up." in slower.stdout
    )
    assert "GET /api/v1/apps counts against /api/v1/apps*" in slower.stdout


def test_the_answer_as_json_has_what_the_call_takes(tmp_path: Path) -> None:
    words = (FORBIDDEN, "--call", "GET /api/v1/users", "--client", "0oa5", "--format", "json")
    found = json.loads(diagnosed(tmp_path, tenant(("okta.apps.read",)), *words).stdout)
    assert found["settled"]
    assert found["cause"]["name"] == "scope-not-granted"
    assert found["cause"]["evidence"][0]["value"] == ["okta.apps.read"]
    (call,) = found["api_calls"]
    assert call["scopes"] == [["okta.users.read"]]
    assert call["client"] == {"id": "0oa5", "name": "Directory sync"}
    assert not call["sound"]
    assert call["source"]["Okta Admin Management API"]
    sound = json.loads(diagnosed(tmp_path, tenant(), *words).stdout)
    assert not sound["settled"]
    assert sound["cause"] is None
    assert sound["api_calls"][0]["sound"]
