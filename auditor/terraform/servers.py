"""Authorization servers of a plan: policies, rules, scopes, claims and trusted servers."""

from __future__ import annotations

from copy import deepcopy

from auditor.snapshot.models.servers import OIDC_SCOPES
from auditor.terraform.appliers import Application
from auditor.terraform.attributes import Attribute
from auditor.terraform.instances import object_id
from auditor.terraform.planned_org import Json, list_path
from auditor.terraform.record_fields import Field, Fields, lay_over

SERVERS = list_path("authorization_servers")

SERVER_FIELDS = {
    "name": Field("name", shapes_tokens=False),
    "audiences": Field("audiences", is_list=True),
    "issuer": Field("issuer", shapes_tokens=False),
    "issuer_mode": Field("issuerMode", default="ORG_URL", shapes_tokens=False),
    "status": Field("status", default="ACTIVE"),
    "credentials_rotation_mode": Field(
        "credentials.signing.rotationMode", default="AUTO", shapes_tokens=False
    ),
    "kid": Field("credentials.signing.kid", shapes_tokens=False),
    "access_token_encrypted_response_algorithm": Field("accessTokenEncryptedResponseAlgorithm"),
    "jwks_uri": Field("jwks_uri", shapes_tokens=False),
}
POLICY_FIELDS = {
    "name": Field("name", shapes_tokens=False),
    "status": Field("status", default="ACTIVE"),
    "priority": Field("priority"),
    "client_whitelist": Field("conditions.clients.include", is_list=True),
}
_PEOPLE = "conditions.people"
RULE_FIELDS = {
    "name": Field("name", shapes_tokens=False),
    "status": Field("status", default="ACTIVE"),
    "priority": Field("priority"),
    "grant_type_whitelist": Field("conditions.grantTypes.include", is_list=True),
    "scope_whitelist": Field("conditions.scopes.include", is_list=True),
    "group_whitelist": Field(f"{_PEOPLE}.groups.include", is_list=True),
    "group_blacklist": Field(f"{_PEOPLE}.groups.exclude", is_list=True),
    "user_whitelist": Field(f"{_PEOPLE}.users.include", is_list=True),
    "user_blacklist": Field(f"{_PEOPLE}.users.exclude", is_list=True),
    "access_token_lifetime_minutes": Field("actions.token.accessTokenLifetimeMinutes", default=60),
    "refresh_token_lifetime_minutes": Field("actions.token.refreshTokenLifetimeMinutes"),
    "refresh_token_window_minutes": Field("actions.token.refreshTokenWindowMinutes", default=10080),
    "inline_hook_id": Field("actions.token.inlineHook.id", shapes_tokens=False),
}
SCOPE_FIELDS = {
    "name": Field("name"),
    "description": Field("description", shapes_tokens=False),
    "consent": Field("consent", default="IMPLICIT"),
    "default": Field("default", default=False),
    "optional": Field("optional", default=False),
    "metadata_publish": Field("metadataPublish", default="ALL_CLIENTS", shapes_tokens=False),
}
CLAIM_FIELDS = {
    "name": Field("name"),
    "value": Field("value"),
    "value_type": Field("valueType", default="EXPRESSION"),
    "claim_type": Field("claimType"),
    "status": Field("status", default="ACTIVE"),
    "scopes": Field("conditions.scopes", is_list=True),
    "always_include_in_token": Field("alwaysIncludeInToken", default=True),
    "group_filter_type": Field("group_filter_type"),
}


def apply_server(application: Application) -> None:
    """An `okta_auth_server`. A new one has Okta's own scopes and claim, and no policy."""
    change = application.change
    application.take_away(SERVERS)
    if not application.attributes.deleted:
        new = change.creates or application.org.record(SERVERS, object_id(change)) is None
        record = application.lay(SERVERS, SERVER_FIELDS, start={"default": False})
        if new and change.creates:
            _furnish(application, record["id"])


def apply_default_server(application: Application) -> None:
    """An `okta_auth_server_default`: the server that every org has is changed, never made."""
    org = application.org
    default = next(
        (record for record in org.records(SERVERS).values() if record.get("default") is True), None
    )
    if application.attributes.deleted:
        return  # it is forgotten
    if default is None:
        identity = object_id(application.change)
        default = {"id": identity, "default": True, "status": "ACTIVE"}
        org.add_existing(SERVERS, default)
        org.notes.append(
            f"{application.change.address}: the org's default authorization server is not in "
            "the base; its policies, rules and scopes are not known."
        )
    application.org.aliases[object_id(application.change)] = default["id"]
    laid = lay_over(
        deepcopy(default), application.attributes, _stated(application, SERVER_FIELDS), new=False
    )
    org.add_existing(SERVERS, laid.record)
    org.records(SERVERS)[laid.record["id"]] = laid.record
    for attribute, field in laid.unknown:
        org.unknown(SERVERS, attribute, laid.record["id"], field)


def _stated(application: Application, fields: Fields) -> Fields:
    """The fields that a resource states of an object that it takes over; the others stay."""
    change = application.change
    return {
        name: field
        for name, field in fields.items()
        if change.before or name in change.unknown or change.after.get(name) is not None
    }


def _furnish(application: Application, server: str) -> None:
    """What Okta gives a new server: its own scopes, the claim `sub` and a key that signs."""
    org = application.org
    for name in sorted(OIDC_SCOPES):
        scope = {"id": f"{server}#{name}", "name": name, "consent": "IMPLICIT", "default": False}
        org.put(
            list_path("scopes", server),
            {**scope, "metadataPublish": "ALL_CLIENTS", "optional": False, "system": True},
        )
    org.put(
        list_path("claims", server),
        {
            "id": f"{server}#sub",
            "name": "sub",
            "status": "ACTIVE",
            "claimType": "RESOURCE",
            "valueType": "EXPRESSION",
            "value": "(appuser != null) ? appuser.userName : app.clientId",
            "alwaysIncludeInToken": True,
            "conditions": {"scopes": []},
            "system": True,
        },
    )
    key = {"id": f"{server}#key", "status": "ACTIVE", "use": "sig"}
    org.put(list_path("server_keys", server), key)


def _server(application: Application) -> str | None:
    """The id of the server that something belongs to; a server that nobody knows is added."""
    server = application.reference("auth_server_id")
    if server is None:
        application.org.unknown(SERVERS, f"{application.change.address}: its server")
        return None
    if server not in application.org.records(SERVERS):
        by_name = [
            identity
            for identity, record in application.org.records(SERVERS).items()
            if server == "default" and record.get("default") is True
        ]
        if by_name:
            return by_name[0]
        application.org.add_existing(SERVERS, {"id": server})
        application.org.unknown(
            SERVERS, f"authorization server {server} is neither in the plan nor in the base", server
        )
    return server


def apply_policy(application: Application) -> None:
    """An `okta_auth_server_policy`."""
    server = _server(application)
    if server is None:
        return
    path = list_path("policies", server)
    if _lay_child(application, path, POLICY_FIELDS):
        application.priorities.add(path, application.change)


def apply_rule(application: Application) -> None:
    """An `okta_auth_server_policy_rule`."""
    server = _server(application)
    policy = application.reference("policy_id")
    if server is None:
        return
    if policy is None:
        application.org.unknown(
            list_path("policies", server), f"{application.change.address}: its policy"
        )
        return
    policies = list_path("policies", server)
    if policy not in application.org.records(policies):
        application.org.add_existing(policies, {"id": policy})
        missing = f"policy {policy} is neither in the plan nor in the base"
        application.org.unknown(policies, missing)
    path = list_path("policy_rules", server, policy)
    if not _lay_child(application, path, RULE_FIELDS):
        return
    change = application.change
    unset = change.after.get("scope_whitelist") is None and "scope_whitelist" not in change.unknown
    if change.creates and unset:
        why = "scope_whitelist is not set, and what Okta stores then is not published"
        for record in (object_id(change), ""):
            application.org.unknown(
                path, f"{change.address}: {why}", record, RULE_FIELDS["scope_whitelist"].path
            )
    application.priorities.add(path, application.change)


def _lay_child(application: Application, path: str, fields: Fields) -> Json | None:
    """Lay a policy, rule, scope or claim over its list; None if it goes away.

    An attribute that is not known leaves the whole list open: whatever is tried after the policy or
    rule that may match is not certain either.
    """
    application.take_away(path)
    if application.attributes.deleted:
        return None
    record = application.lay(path, fields, start={"system": False})
    for gap in application.org.gaps_of(path):
        if gap.record == record["id"]:
            application.org.unknown(path, gap.attribute, field=gap.field)
    return record


def apply_priorities(application: Application) -> None:
    """An `okta_auth_server_policy_priority`: the order of policies, from 1 on."""
    server = _server(application)
    if server is None or application.attributes.deleted:
        return
    path = list_path("policies", server)
    order = application.attributes.get_ordered("priorities")
    if order.unknown:
        application.org.unknown(path, order.unknown)
    application.assume((order.assumed,) if order.assumed else ())
    table = application.org.records(path)
    for priority, policy in enumerate(order.texts, 1):
        if policy in table:
            application.org.put(path, {**table[policy], "priority": priority})
        else:
            application.org.unknown(path, f"policy {policy} is neither in the plan nor in the base")


def apply_scope(application: Application) -> None:
    """An `okta_auth_server_scope`."""
    server = _server(application)
    if server is None:
        return
    path = list_path("scopes", server)
    record = _lay_child(application, path, SCOPE_FIELDS)
    if record is not None and not isinstance(record.get("name"), str):
        application.org.remove(path, record["id"])  # a scope without a name is none


def apply_claim(application: Application) -> None:
    """An `okta_auth_server_claim`."""
    server = _server(application)
    if server is not None:
        _lay_child(application, list_path("claims", server), CLAIM_FIELDS)


def apply_default_claim(application: Application) -> None:
    """An `okta_auth_server_claim_default`: one of Okta's own claims is changed, never made."""
    server = _server(application)
    if server is None or application.attributes.deleted:
        return
    path = list_path("claims", server)
    name = application.attributes.get("name").text
    for record in list(application.org.records(path).values()):
        if record.get("name") == name and record.get("system") is True:
            fields = {key: CLAIM_FIELDS[key] for key in ("value", "always_include_in_token")}
            stated = _stated(application, fields)
            laid = lay_over({**record}, application.attributes, stated, new=False)
            application.org.put(path, laid.record)
            for attribute, field in laid.unknown:
                application.org.unknown(path, attribute, record["id"], field)
                application.org.unknown(path, attribute, field=field)
            return
    application.org.unknown(path, f"{application.change.address}: the claim that it changes")


def apply_trusted_servers(application: Application) -> None:
    """An `okta_trusted_server`: servers whose tokens another one accepts."""
    server = _server(application)
    if server is None:
        return
    org = application.org
    path = list_path("associated_servers", server)
    deleted = application.attributes.deleted
    trusted = Attribute() if deleted else application.attributes.get_list("trusted")
    named = [org.aliases.get(identity, identity) for identity in trusted.texts]
    for identity in application.before.get_list("trusted").texts:
        if identity not in named:
            org.remove(path, identity)
    for identity in named:
        if identity in org.records(path):
            continue
        known: Json = org.record(SERVERS, identity) or {"id": identity}
        org.put(path, known)
    if trusted.unknown:
        org.unknown(path, trusted.unknown)
