"""A sound tenant, and for each cause of each error a fault that makes it the one right cause.

`CASES` has a case for each row of the catalogue; `OF_OTHERS` names the tests of rows that are
decided elsewhere. The rows of the mission (T1, E1 to E17) are in `MISSION`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers import SERVERS
from made_tokens import made_token

from auditor.diagnosis.catalogue import ERRORS, KnownError

Document = dict[str, Any]

ROWS = {row.name: row for row in ERRORS}
ISSUER = "https://example.okta.com/oauth2/aus1"
NOW = "2026-11-28T14:00:00Z"
AT = 1_795_874_400
"""The same, in seconds."""
CALLBACK = "https://invoices.acme.example/callback"
GOODBYE = "https://invoices.acme.example/bye"


def _app(
    app_id: str, label: str, kind: str, method: str, grants: list[str], **settings: Any
) -> Document:
    return {
        "id": app_id,
        "label": label,
        "name": "oidc_client",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "client_id": app_id,
                "pkce_required": kind != "service",
                "token_endpoint_auth_method": method,
            }
        },
        "settings": {
            "oauthClient": {
                "application_type": kind,
                "grant_types": grants,
                "response_types": [] if kind == "service" else ["code"],
                **settings,
            }
        },
    }


def _rule(
    rule_id: str, name: str, grants: list[str], scopes: list[str], people: Document
) -> Document:
    return {
        "id": rule_id,
        "name": name,
        "status": "ACTIVE",
        "priority": int(rule_id[-1]),
        "conditions": {
            "people": people,
            "grantTypes": {"include": grants},
            "scopes": {"include": scopes},
        },
        "actions": {
            "token": {
                "accessTokenLifetimeMinutes": 60,
                "refreshTokenLifetimeMinutes": 0,
                "refreshTokenWindowMinutes": 10080,
            }
        },
    }


def sound() -> Document:
    """A tenant of which every request in the cases obtains its token."""
    readers = {"users": {"exclude": []}, "groups": {"include": ["00g1"]}}
    code = ["authorization_code"]
    return {
        SERVERS: [
            {
                "id": "aus1",
                "name": "Billing",
                "status": "ACTIVE",
                "audiences": ["https://api.acme.example/billing"],
                "issuer": ISSUER,
                "issuerMode": "ORG_URL",
            },
            {
                "id": "aus2",
                "name": "Sales",
                "status": "ACTIVE",
                "audiences": ["https://api.acme.example/sales"],
                "issuer": "https://example.okta.com/oauth2/aus2",
                "issuerMode": "ORG_URL",
            },
        ],
        f"{SERVERS}/aus1/associatedServers": [
            {
                "id": "aus2",
                "name": "Sales",
                "status": "ACTIVE",
                "issuer": "https://example.okta.com/oauth2/aus2",
            }
        ],
        f"{SERVERS}/aus1/scopes": [
            {"id": "scp1", "name": "billing:read", "default": True},
            {"id": "scp2", "name": "billing:write"},
        ],
        f"{SERVERS}/aus2/scopes": [{"id": "scp3", "name": "sales:read"}],
        f"{SERVERS}/aus1/claims": [
            {
                "id": "ocl1",
                "name": "department",
                "status": "ACTIVE",
                "claimType": "RESOURCE",
                "valueType": "EXPRESSION",
                "value": "user.department",
            },
            {
                "id": "ocl2",
                "name": "groups",
                "status": "ACTIVE",
                "claimType": "RESOURCE",
                "valueType": "GROUPS",
                "group_filter_type": "STARTS_WITH",
                "value": "App-",
            },
        ],
        f"{SERVERS}/aus1/credentials/keys": [{"kid": "k1", "status": "ACTIVE", "use": "sig"}],
        f"{SERVERS}/aus1/policies": [
            {
                "id": "00p1",
                "name": "Apps",
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["0oa1", "0oa2", "0oa3"]}},
            }
        ],
        f"{SERVERS}/aus1/policies/00p1/rules": [
            _rule(
                "0pr1",
                "Readers",
                [*code, "password"],
                ["openid", "profile", "offline_access", "billing:read", "billing:write"],
                readers,
            ),
            _rule(
                "0pr2", "Machines", ["client_credentials"], ["billing:read", "billing:write"], {}
            ),
        ],
        f"{SERVERS}/aus2/policies": [
            {
                "id": "00p2",
                "name": "Portal",
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["0oa3"]}},
            }
        ],
        f"{SERVERS}/aus2/policies/00p2/rules": [
            _rule("0pr3", "Staff", code, ["openid", "sales:read"], readers),
        ],
        "/api/v1/apps": [
            _app(
                "0oa1",
                "Invoices",
                "web",
                "client_secret_basic",
                [*code, "refresh_token", "password"],
                redirect_uris=[CALLBACK],
                post_logout_redirect_uris=[GOODBYE],
                refresh_token={"rotation_type": "STATIC"},
            ),
            _app(
                "0oa2",
                "Batch",
                "service",
                "private_key_jwt",
                ["client_credentials"],
                jwks={
                    "keys": [
                        {"kid": "b1", "kty": "RSA", "status": "ACTIVE", "use": "sig"},
                        {"kid": "b2", "kty": "RSA", "status": "INACTIVE", "use": "sig"},
                    ]
                },
                network={"connection": "ZONE", "include": ["nzo1"]},
            ),
            _app(
                "0oa3",
                "Portal",
                "browser",
                "none",
                code,
                redirect_uris=["https://portal.acme.example/callback"],
            ),
        ],
        "/api/v1/apps/0oa1/groups": [{"id": "00g1", "priority": 0}],
        "/api/v1/apps/0oa1/users": [{"scope": "GROUP", "status": "ACTIVE", "ids": ["00u1"]}],
        "/api/v1/apps/0oa3/groups": [{"id": "00g1", "priority": 0}],
        "/api/v1/groups": [
            {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
            {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}},
        ],
        "/api/v1/groups/00g1/users": ["00u1"],
        "/api/v1/users": [
            {"id": "00u1", "status": "ACTIVE", "profile": {"login": "ada@acme.example"}},
            {"id": "00u2", "status": "ACTIVE", "profile": {"login": "bob@acme.example"}},
        ],
        "/api/v1/zones": [
            {
                "id": "nzo1",
                "name": "Data centre",
                "type": "IP",
                "status": "ACTIVE",
                "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}],
            }
        ],
        "/api/v1/api-tokens": [{"id": "00T1", "name": "sync", "userId": "00u1"}],
    }


def token(header: Document | None = None, **claims: Any) -> str:
    """A token of the sound tenant's server, with other claims or without some."""
    own = {
        "iss": ISSUER,
        "aud": "https://api.acme.example/billing",
        "exp": AT + 600,
        "iat": AT - 60,
        "cid": "0oa1",
        "uid": "00u1",
        "scp": ["billing:read"],
    }
    return made_token({**own, **claims}, header, "c2lnbmF0dXJl")


def at(document: Document, path: str, *keys: str | int) -> Any:
    """A value within a resource."""
    value = document[path]
    for key in keys:
        value = value[key]
    return value


Change = Callable[[Document], object]


def put(path: str, *keys: str | int, value: Any) -> Change:
    """The change that a value within a resource is another."""

    def change(document: Document) -> None:
        if not keys:
            document[path] = value
        else:
            at(document, path, *keys[:-1])[keys[-1]] = value

    return change


def app(number: int, *keys: str | int, value: Any) -> Change:
    """The change of a value of an app."""
    return put("/api/v1/apps", number - 1, *keys, value=value)


OAUTH = ("settings", "oauthClient")
CREDENTIALS = ("credentials", "oauthClient")
RULES = f"{SERVERS}/aus1/policies/00p1/rules"
POLICIES = f"{SERVERS}/aus1/policies"


@dataclass(frozen=True, kw_only=True)
class Case:
    """An error, a fault of the tenant or of the request, and the cause that is to be named."""

    row: str
    cause: str
    """The name of the one proven cause; empty where the cause is outside, of several kinds."""
    change: Change | None = None
    """The fault of the tenant; None where the request is at fault."""
    words: tuple[str, ...] = ()
    sound_words: tuple[str, ...] | None = None
    """The words of a sound request, where the fault is the request's."""
    text: str = ""
    """More than the error's own text: a token, a header."""
    message: str = ""
    """The error's text, where it is another than the row's."""
    confidence: str = "proven"
    evidence: tuple[str, ...] = ()
    """What has to be among fields and values of the evidence, the text and the fixes."""

    @property
    def known(self) -> KnownError:
        """The row."""
        return ROWS[self.row]

    @property
    def name(self) -> str:
        """What the test is called."""
        return "-".join(filter(None, [self.row, self.cause, self.confidence[:6]]))


def request(
    client: str, grant: str, *scopes: str, user: str = "", server: str = "aus1"
) -> tuple[str, ...]:
    """A request by options."""
    words = ("--server", server, "--client", client, "--grant", grant)
    words += ("--user", user) if user else ()
    return words + tuple(word for scope in scopes for word in ("--scope", scope))


CODE = request("0oa1", "authorization_code", "openid", "billing:read", user="ada@acme.example")
MACHINE = request("0oa2", "client_credentials", "billing:read")
INVOICES = ("--client", "0oa1")
ADA = ("--client", "0oa1", "--user", "ada@acme.example")
BOB = ("--client", "0oa1", "--user", "bob@acme.example")
BATCH = ("--client", "0oa2")


def _without_assignments(document: Document) -> None:
    document["/api/v1/apps/0oa1/groups"] = []
    document["/api/v1/apps/0oa1/users"] = []


def without_ada(document: Document) -> None:
    document["/api/v1/groups/00g1/users"] = ["00u2"]
    document["/api/v1/apps/0oa1/users"][0]["ids"] = ["00u2"]


def _many_groups(document: Document) -> None:
    for number in range(101):
        group = f"00g{number + 100}"
        document["/api/v1/groups"].append(
            {"id": group, "type": "OKTA_GROUP", "profile": {"name": f"App-{number}"}}
        )
        document[f"/api/v1/groups/{group}/users"] = ["00u1"]


def _claim(value: str) -> Change:
    return put(f"{SERVERS}/aus1/claims", 0, "value", value=value)


def _scope_cases(row: str) -> tuple[Case, ...]:
    """The cases of a scope that the server does not have, whichever words say so."""
    return (
        Case(
            row=row,
            cause="scope-not-defined",
            words=CODE,
            change=put(f"{SERVERS}/aus1/scopes", value=[]),
            evidence=("billing:read",),
        ),
        Case(
            row=row,
            cause="scope-of-another-server",
            words=request("0oa1", "authorization_code", "sales:read"),
            sound_words=CODE,
            evidence=('"Sales"', "oauth2/aus2"),
        ),
        Case(
            row=row,
            cause="scope-misspelt",
            words=request("0oa1", "authorization_code", "biling:read"),
            sound_words=CODE,
            evidence=('"billing:read"',),
        ),
    )


CASES: tuple[Case, ...] = (
    # No rule lets the request through: each condition, of requests known wholly or in part.
    Case(
        row="no-matching-rule",
        cause="no-policy-for-client",
        words=CODE,
        change=put(POLICIES, 0, "conditions", "clients", "include", value=["0oa2"]),
        evidence=("conditions.clients.include",),
    ),
    Case(
        row="no-matching-rule",
        cause="no-policy-for-client",
        words=INVOICES,
        change=put(POLICIES, 0, "conditions", "clients", "include", value=["0oa2"]),
    ),
    Case(
        row="no-matching-rule",
        cause="no-policy-for-client",
        words=("--server", "aus1", *INVOICES),
        change=put(POLICIES, 0, "status", value="INACTIVE"),
        evidence=("status", "INACTIVE"),
    ),
    Case(
        row="no-matching-rule",
        cause="no-active-rule",
        words=CODE,
        change=lambda document: [rule.update(status="INACTIVE") for rule in document[RULES]],
    ),
    Case(
        row="no-matching-rule",
        cause="grant-in-no-rule",
        words=CODE,
        change=put(RULES, 0, "conditions", "grantTypes", "include", value=["password"]),
        evidence=("conditions.grantTypes.include", "authorization_code"),
    ),
    Case(
        row="no-matching-rule",
        cause="grant-in-no-rule",
        words=BATCH,
        change=put(RULES, 1, "conditions", "grantTypes", "include", value=["password"]),
    ),
    Case(
        row="no-matching-rule",
        cause="scopes-in-no-rule",
        words=CODE,
        change=put(RULES, 0, "conditions", "scopes", "include", value=["openid"]),
        evidence=('"billing:read"', "conditions.scopes.include"),
    ),
    Case(
        row="no-matching-rule",
        cause="scopes-in-no-rule",
        words=("--client", "0oa2", "--scope", "billing:read"),
        change=put(RULES, 1, "conditions", "scopes", "include", value=[]),
    ),
    Case(
        row="no-matching-rule",
        cause="people-in-no-rule",
        words=CODE,
        change=put(RULES, 0, "conditions", "people", "groups", "include", value=["00g0"]),
        evidence=("conditions.people.groups.include", "Everyone"),
    ),
    Case(
        row="no-matching-rule",
        cause="people-in-no-rule",
        words=MACHINE,
        change=put(RULES, 1, "conditions", "people", value={"groups": {"include": ["00g1"]}}),
        evidence=("without a user",),
    ),
    Case(
        row="no-matching-rule",
        cause="grant-in-no-rule",
        words=INVOICES,
        confidence="likely",
        change=put(RULES, 0, "conditions", "grantTypes", "include", value=["password"]),
    ),
    # Assignment: the missing group is named.
    Case(row="not-assigned", cause="nobody-assigned", words=INVOICES, change=_without_assignments),
    Case(
        row="not-assigned",
        cause="user-not-assigned",
        words=ADA,
        change=without_ada,
        evidence=('"Staff"', "groups of the user"),
    ),
    # Scopes.
    *_scope_cases("undefined-scope"),
    *_scope_cases("no-matching-scope"),
    Case(
        row="no-matching-scope",
        cause="scopes-in-no-rule",
        words=CODE,
        change=put(RULES, 0, "conditions", "scopes", "include", value=["openid"]),
        evidence=('"billing:read"', "conditions.scopes.include"),
    ),
    Case(
        row="no-default-scopes",
        cause="no-default",
        words=request("0oa2", "client_credentials"),
        change=put(f"{SERVERS}/aus1/scopes", 0, "default", value=False),
    ),
    Case(row="no-scopes-requested", cause="no-scope-named", words=INVOICES),
    Case(
        row="custom-scope-at-org",
        cause="sent-to-org-server",
        words=("--client", "0oa1", "--scope", "sales:read"),
        evidence=("oauth2/aus2",),
    ),
    Case(
        row="openid-without-user",
        cause="openid-named",
        words=("--client", "0oa2", "--scope", "openid"),
        evidence=('"openid"',),
    ),
    Case(row="openid-with-assertion", cause="openid-named"),
    Case(
        row="openid-missing",
        cause="openid-left-out",
        words=("--client", "0oa1", "--scope", "profile"),
        evidence=('"profile"',),
    ),
    # Grant types and response types.
    Case(
        row="grant-not-allowed",
        cause="grant-not-enabled",
        words=("--client", "0oa2", "--grant", "client_credentials"),
        change=app(2, *OAUTH, "grant_types", value=["urn:ietf:params:oauth:grant-type:jwt-bearer"]),
        evidence=("settings.oauthClient.grant_types",),
    ),
    Case(row="unknown-grant", cause="grant-misspelt", words=("--grant", "x:client_credential")),
    Case(
        row="response-type",
        cause="grant-of-response-type",
        words=("--client", "0oa1", "--grant", "authorization_code"),
        change=app(1, *OAUTH, "grant_types", value=["password"]),
        evidence=("settings.oauthClient.grant_types",),
    ),
    Case(
        row="response-type",
        cause="response-type-of-app",
        text=f"{ISSUER}/v1/authorize?client_id=0oa1&response_type=code%20id_token&scope=openid"
        f"&redirect_uri={CALLBACK}&code_challenge=x",
        words=(),
        sound_words=("--client", "0oa1", "--grant", "authorization_code"),
        evidence=("settings.oauthClient.response_types",),
    ),
    Case(
        row="subject-token",
        cause="subject-server-not-trusted",
        words=("--server", "aus1"),
        text=token(iss="https://example.okta.com/oauth2/aus2"),
        change=put(f"{SERVERS}/aus1/associatedServers", value=[]),
        evidence=("associatedServers",),
    ),
    # Redirect URIs.
    Case(
        row="redirect-uri",
        cause="uri-not-registered",
        words=(*INVOICES, "--redirect-uri", CALLBACK),
        change=app(1, *OAUTH, "redirect_uris", value=["https://elsewhere.example/x"]),
    ),
    Case(
        row="redirect-uri",
        cause="uri-differs",
        words=(*INVOICES, "--redirect-uri", f"{CALLBACK}/"),
        sound_words=(*INVOICES, "--redirect-uri", CALLBACK),
        evidence=("trailing slash too many",),
    ),
    Case(
        row="redirect-uri",
        cause="uri-differs",
        words=(*INVOICES, "--redirect-uri", CALLBACK.replace("https", "http")),
        sound_words=(*INVOICES, "--redirect-uri", CALLBACK),
        evidence=('its scheme is "http"',),
    ),
    Case(
        row="redirect-uri",
        cause="uri-differs",
        words=(*INVOICES, "--redirect-uri", CALLBACK.replace("callback", "Callback")),
        sound_words=(*INVOICES, "--redirect-uri", CALLBACK),
        evidence=("capital letters",),
    ),
    Case(
        row="redirect-uri",
        cause="uri-of-another-client",
        words=(*INVOICES, "--redirect-uri", "https://portal.acme.example/callback"),
        sound_words=(*INVOICES, "--redirect-uri", CALLBACK),
        evidence=('"Portal"', "0oa3"),
    ),
    Case(
        row="logout-redirect-uri",
        cause="uri-not-registered",
        words=(*INVOICES, "--logout-redirect-uri", GOODBYE),
        change=app(1, *OAUTH, "post_logout_redirect_uris", value=[]),
    ),
    Case(
        row="logout-redirect-uri",
        cause="uri-differs",
        text=f"{ISSUER}/v1/logout?post_logout_redirect_uri=https%3A%2F%2Finvoices.acme.example%2Fbye%2F",
        words=INVOICES,
        sound_words=(*INVOICES, "--logout-redirect-uri", GOODBYE),
    ),
    Case(
        row="logout-redirect-uri",
        cause="uri-of-another-client",
        words=("--client", "0oa1", "--logout-redirect-uri", "https://x.example/bye"),
        sound_words=("--client", "0oa1", "--logout-redirect-uri", GOODBYE),
        change=app(3, *OAUTH, "post_logout_redirect_uris", value=["https://x.example/bye"]),
    ),
    # Clients.
    Case(
        row="unknown-client",
        cause="client-inactive",
        words=INVOICES,
        change=app(1, "status", value="INACTIVE"),
        evidence=("status", "INACTIVE"),
    ),
    Case(
        row="unknown-client",
        cause="no-such-client",
        words=INVOICES,
        change=lambda document: [
            document["/api/v1/apps"].pop(0),
            document.pop("/api/v1/apps/0oa1/groups"),
            document.pop("/api/v1/apps/0oa1/users"),
        ],
    ),
    Case(
        row="unknown-client",
        cause="app-id-for-client-id",
        words=INVOICES,
        change=app(1, *CREDENTIALS, "client_id", value="invoices-web"),
        evidence=("invoices-web",),
    ),
    # Client authentication.
    Case(
        row="no-credentials",
        cause="nothing-sent",
        words=INVOICES,
        evidence=("token_endpoint_auth_method", "client_secret_basic"),
    ),
    Case(
        row="no-credentials",
        cause="public-app-with-secret",
        words=("--client", "0oa3"),
        confidence="likely",
        change=app(3, *CREDENTIALS, "token_endpoint_auth_method", value="client_secret_basic"),
    ),
    Case(row="wrong-secret", cause="secret-wrong", words=INVOICES),
    Case(
        row="wrong-secret",
        cause="another-method",
        words=INVOICES,
        confidence="likely",
        change=app(1, *CREDENTIALS, "token_endpoint_auth_method", value="private_key_jwt"),
    ),
    Case(row="two-credentials", cause="sent-twice", words=INVOICES),
    Case(
        row="short-secret",
        cause="secret-short",
        words=INVOICES,
        change=app(1, *CREDENTIALS, "token_endpoint_auth_method", value="client_secret_jwt"),
    ),
    Case(
        row="no-client-key",
        cause="no-key",
        words=BATCH,
        change=app(2, *OAUTH, "jwks", value={"keys": []}),
    ),
    Case(
        row="no-client-key",
        cause="keys-inactive",
        words=BATCH,
        confidence="likely",
        change=app(2, *OAUTH, "jwks", "keys", 0, "status", value="INACTIVE"),
        evidence=("b1 INACTIVE",),
    ),
    Case(
        row="kid",
        cause="kid-not-registered",
        words=BATCH,
        text=token({"kid": "b1"}, iss="0oa2", cid=None, aud="x"),
        change=app(2, *OAUTH, "jwks", "keys", 0, "kid", value="b3"),
        evidence=("b3",),
    ),
    # PKCE, DPoP, zones.
    Case(row="pkce-public", cause="no-challenge", words=("--client", "0oa3")),
    Case(row="pkce", cause="no-challenge", words=INVOICES, evidence=("pkce_required",)),
    Case(
        row="dpop",
        cause="no-proof",
        words=INVOICES,
        change=app(1, *OAUTH, "dpop_bound_access_tokens", value=True),
    ),
    Case(
        row="outside-zones",
        cause="zones-match-nothing",
        words=BATCH,
        change=put("/api/v1/zones", 0, "gateways", value=[]),
        evidence=("Data centre",),
    ),
    Case(
        row="outside-zones", cause="called-from-elsewhere", words=BATCH, evidence=('"Data centre"',)
    ),
    # Codes and refresh tokens.
    Case(row="code-invalid", cause="", words=INVOICES),
    Case(row="grant-of-another-client", cause="another-client", words=INVOICES),
    Case(
        row="refresh-ended",
        cause="user-ended",
        words=ADA,
        change=put("/api/v1/users", 0, "status", value="SUSPENDED"),
        evidence=("SUSPENDED",),
    ),
    Case(
        row="refresh-ended",
        cause="client-inactive",
        words=ADA,
        change=app(1, "status", value="INACTIVE"),
    ),
    Case(
        row="refresh-ended",
        cause="user-unassigned",
        words=ADA,
        change=without_ada,
    ),
    Case(
        row="refresh-ended",
        cause="lifetime-over",
        words=ADA,
        confidence="likely",
        change=put(RULES, 0, "actions", "token", "refreshTokenWindowMinutes", value=10),
        evidence=("refreshTokenWindowMinutes", "10 minutes"),
    ),
    # Claims.
    Case(
        row="claim",
        cause="claim-cannot-be-evaluated",
        words=("--server", "aus1"),
        message="The 'department' user claim could not be evaluated.",
        change=_claim("user.department +"),
        evidence=("department", "user.department +"),
    ),
    Case(
        row="too-many-groups",
        cause="groups-claim-too-wide",
        words=("--server", "aus1", "--user", "ada@acme.example"),
        change=_many_groups,
        evidence=("101 groups of user",),
    ),
    # Users.
    Case(
        row="user-credentials",
        cause="user-cannot-sign-in",
        words=ADA,
        change=put("/api/v1/users", 0, "status", value="LOCKED_OUT"),
        evidence=("LOCKED_OUT",),
    ),
    Case(row="user-credentials", cause="password-wrong", words=ADA),
    Case(row="login-required", cause="no-session", words=INVOICES),
    Case(
        row="E0000004",
        cause="user-cannot-sign-in",
        words=ADA,
        change=put("/api/v1/users", 0, "status", value="SUSPENDED"),
    ),
    # Okta's own APIs.
    Case(row="E0000011", cause="custom-server-token", text=f"Authorization: Bearer {token()}"),
    Case(
        row="E0000011",
        cause="wrong-scheme",
        text=f"Authorization: {token(iss='https://example.okta.com')}",
    ),
    Case(row="E0000022", cause="wrong-method"),
    # Tokens that a library refuses: the configuration is sound, and the library is at fault.
    Case(
        row="token-audience",
        cause="token-of-org-server",
        text=token(iss="https://example.okta.com", aud="https://example.okta.com"),
    ),
    Case(
        row="token-audience",
        cause="audience-changed",
        text=token(),
        change=put(SERVERS, 0, "audiences", value=["https://api.acme.example/v2"]),
        evidence=("audiences", "v2"),
    ),
    Case(
        row="token-audience",
        cause="validator-audience",
        text=token(),
        message="jwt audience invalid. expected: api://default",
    ),
    Case(
        row="token-audience",
        cause="validator-audience",
        text=token(),
        message="jwt audience invalid. expected: https://api.acme.example/sales",
        evidence=('"Sales"',),
    ),
    Case(
        row="token-issuer",
        cause="issuers-differ",
        text=token(),
        change=put(SERVERS, 0, "issuer", value="https://id.acme.example/oauth2/aus1"),
    ),
    Case(row="token-issuer", cause="validator-issuer", text=token()),
    Case(
        row="token-key",
        cause="key-rotated-away",
        text=token(iat=AT - 10**8),  # before the snapshot
        change=put(f"{SERVERS}/aus1/credentials/keys", 0, "kid", value="k2"),
        evidence=("k2",),
    ),
    Case(row="token-key", cause="stale-keys", text=token()),
    *(
        Case(
            row=row,
            cause="token-of-org-server",
            text=token(iss="https://example.okta.com", aud="https://example.okta.com"),
        )
        for row in ("token-issuer", "token-key")
    ),
    Case(
        row="unknown-client",
        cause="no-such-client",
        words=("--client", "invoices-web-cl"),
        sound_words=INVOICES,
        change=app(1, *CREDENTIALS, "client_id", value="invoices-web-client"),
        evidence=("invoices-web-client",),
    ),
    Case(row="openid-without-user", cause="openid-named", words=BATCH),
    # Requests that come to no answer of OAuth.
    Case(row="header-value", cause="line-break-in-credential"),
    Case(
        row="no-metadata",
        cause="issuer-not-there",
        words=("--server", "https://example.okta.com/oauth2/aus9"),
        sound_words=("--server", "aus1"),
    ),
    Case(row="pkce-verification", cause="verifier-of-another-sign-in", words=INVOICES),
    Case(row="code-redirect-uri", cause="redirect-uri-of-token-request", words=INVOICES),
    Case(row="dpop-proof-claim", cause="proof-of-another-request", words=INVOICES),
    Case(
        row="no-such-endpoint",
        cause="server-not-there",
        words=("--server", "https://example.okta.com/oauth2/aus9"),
        sound_words=("--server", "aus1"),
    ),
    Case(row="token-times", cause="clock"),
    Case(row="token-expired", cause="token-kept-too-long"),
)

OF_OTHERS = {
    "scopes-not-connected": "tests/tokens, decisions on AI agents",
    "E0000006": "tests of rights of API calls",
    "insufficient-scope": "tests of rights of API calls",
    "E0000007": "tests of rights of API calls",
    "E0000009": "tests of rights of API calls",
    "E0000015": "test_an_org_without_the_feature_is_told_from_one_that_has_it",
    "E0000047": "tests of rights of API calls",
}
"""Rows that no case is of, and where they are tested."""
