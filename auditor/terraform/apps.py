"""OAuth apps of a plan: settings, redirect URIs, keys, grants, roles and assignments."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.terraform.appliers import Application
from auditor.terraform.attributes import Attribute, Attributes
from auditor.terraform.instances import client_id, in_path, object_id, old_id
from auditor.terraform.planned_org import Json, list_path, set_field
from auditor.terraform.record_fields import Field
from auditor.terraform.resource_types import client_role

APPS = list_path("apps")

_BROWSER_GRANTS = frozenset({"authorization_code", "implicit"})
_PKCE_FROM_THE_START = frozenset({"browser", "native"})
_OAUTH = "settings.oauthClient"
_CREDENTIALS = "credentials.oauthClient"


def _pkce(attributes: Attributes) -> Attribute:
    """PKCE is required of new browser and native apps (API reference, `pkce_required`)."""
    kind = attributes.get("type").text
    return Attribute(kind in _PKCE_FROM_THE_START)


_GRANTS_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "web": ("authorization_code",),
    "native": ("authorization_code",),
    "service": ("client_credentials",),
}
"""Grant types that the provider gives an app that names none (its source, `buildAppOAuth`).

Of browser apps they differ from version to version.
"""


def _grants(attributes: Attributes) -> Attribute:
    """Grant types of a new app that names none."""
    kind = attributes.get("type").text or ""
    if grants := _GRANTS_OF_TYPE.get(kind):
        return Attribute(list(grants))
    address = attributes.change.address
    return Attribute(unknown=f"{address}: grant_types is not set, and the provider chooses some")


def _chosen_response_types(attributes: Attributes) -> Attribute:
    """Response types of a new app that names none: what its grant types need (same source)."""
    grants = attributes.get_list("grant_types")
    if not grants.texts and not grants.unknown:
        grants = _grants(attributes)
    if grants.unknown:
        address = attributes.change.address
        return Attribute(unknown=f"{address}: response_types is not set, and depends on others")
    chosen = {"token"} if {"implicit", "client_credentials"} & {*grants.texts} else set()
    if {"password", "authorization_code", "refresh_token"} & {*grants.texts}:
        chosen.add("code")
    return Attribute(sorted(chosen))


def _response_types(attributes: Attributes) -> Attribute:
    """Response types of an app that never gets to `/authorize` matter to nobody."""
    grants = attributes.get_list("grant_types")
    if grants.unknown or not _BROWSER_GRANTS.isdisjoint(grants.texts):
        return Attribute(
            unknown=f"{attributes.change.address}: response_types is known after apply"
        )
    return Attribute()


APP_FIELDS = {
    "label": Field("label", shapes_tokens=False),
    "name": Field("name", default="oidc_client", shapes_tokens=False),
    "sign_on_mode": Field(
        "signOnMode",
        default="OPENID_CONNECT",
        computed=lambda _: Attribute("OPENID_CONNECT"),
    ),
    "status": Field("status", default="ACTIVE"),
    "type": Field(f"{_OAUTH}.application_type"),
    "grant_types": Field(f"{_OAUTH}.grant_types", is_list=True, unset=_grants),
    "response_types": Field(
        f"{_OAUTH}.response_types",
        is_list=True,
        computed=_response_types,
        unset=_chosen_response_types,
    ),
    "redirect_uris": Field(f"{_OAUTH}.redirect_uris", is_list=True),
    "post_logout_redirect_uris": Field(
        f"{_OAUTH}.post_logout_redirect_uris", is_list=True, shapes_tokens=False
    ),
    "wildcard_redirect": Field(f"{_OAUTH}.wildcard_redirect", default="DISABLED"),
    "consent_method": Field(f"{_OAUTH}.consent_method", default="TRUSTED"),
    "issuer_mode": Field(f"{_OAUTH}.issuer_mode", shapes_tokens=False),
    "dpop_bound_access_tokens": Field(f"{_OAUTH}.dpop_bound_access_tokens"),
    "id_token_encrypted_response_alg": Field(f"{_OAUTH}.id_token_encrypted_response_alg"),
    "request_object_signing_alg": Field(f"{_OAUTH}.request_object_signing_alg"),
    "backchannel_custom_authenticator_id": Field(f"{_OAUTH}.backchannel_custom_authenticator_id"),
    "jwks_uri": Field(f"{_OAUTH}.jwks_uri"),
    "refresh_token_rotation": Field(f"{_OAUTH}.refresh_token.rotation_type"),
    "refresh_token_leeway": Field(f"{_OAUTH}.refresh_token.leeway", shapes_tokens=False),
    "implicit_assignment": Field("settings.implicitAssignment"),
    "token_endpoint_auth_method": Field(
        f"{_CREDENTIALS}.token_endpoint_auth_method", default="client_secret_basic"
    ),
    "pkce_required": Field(f"{_CREDENTIALS}.pkce_required", computed=_pkce),
    "auto_key_rotation": Field(f"{_CREDENTIALS}.autoKeyRotation", shapes_tokens=False),
}

_JWK = ("kid", "kty", "e", "n", "x", "y", "crv", "use", "status")


def apply_app(application: Application) -> None:
    """An `okta_app_oauth`."""
    change, org = application.change, application.org
    application.take_away(APPS)
    if application.attributes.deleted:
        return
    record = application.lay(APPS, APP_FIELDS)
    set_field(record, f"{_CREDENTIALS}.client_id", client_id(change))
    if change.creates or application.attributes.changed("network"):
        _lay_network(application, record)
    org.put(APPS, record)
    if change.creates or application.attributes.changed("jwks"):
        _lay_keys(application, record)


def _lay_network(application: Application, record: Json) -> None:
    set_field(record, f"{_OAUTH}.network", None)
    for block, unknown in application.attributes.blocks("network"):
        if unknown:
            application.org.unknown(APPS, unknown, record["id"], f"{_OAUTH}.network")
        for name in ("connection", "include", "exclude"):
            if block.get(name) is not None:
                set_field(record, f"{_OAUTH}.network.{name}", block[name])


def _lay_keys(application: Application, record: Json) -> None:
    org = application.org
    keys: list[Json] = []
    unknown = ""
    for block, why in application.attributes.blocks("jwks"):
        unknown = unknown or why
        if not why and isinstance(block.get("kty"), str):
            keys.append({name: block[name] for name in _JWK if block.get(name) is not None})
    set_field(record, f"{_OAUTH}.jwks", {"keys": keys} if keys else None)
    org.put(APPS, record)
    path = list_path("app_jwks", record["id"])
    if unknown:
        org.unknown(path, unknown)
    elif org.has_list(path):
        for identity in list(org.records(path)):
            org.remove(path, identity)
        for key in keys:
            named = key.get("kid") or f"{application.change.address}#{len(org.records(path))}"
            org.put(path, {"id": named, "status": "ACTIVE", **key})


def _app(application: Application, collection: str, name: str = "app_id") -> Json | None:
    """The app that something belongs to; None, noted, if nobody knows it.

    Args:
        application: of the resource that belongs to an app.
        collection: whose lists it changes.
        name: the attribute that names the app.
    """
    identity = application.reference(name, collection)
    if identity is None:
        return None
    found = application.org.record(APPS, identity)
    if found is None and name == "client_id":
        found = next(
            (app for app in application.org.records(APPS).values() if _client(app) == identity),
            None,
        )
    if found is None:
        application.org.notes.append(
            f"{application.change.address}: app {identity} is neither in the plan nor an OIDC app "
            "of the base; what it changes of it is left out."
        )
    return found


def _client(app: Json) -> str:
    credentials = (app.get("credentials") or {}).get("oauthClient") or {}
    return str(credentials.get("client_id") or app["id"])


def _apply_uri(application: Application, field: str) -> None:
    app = _app(application, "apps")
    if app is None:
        return
    settings = (app.get("settings") or {}).get("oauthClient") or {}
    uris = [uri for uri in settings.get(field) or () if uri != application.before.get("uri").value]
    if not application.attributes.deleted:
        uri = application.attributes.get("uri")
        if uri.unknown:
            application.org.unknown(APPS, uri.unknown, app["id"], f"{_OAUTH}.{field}")
        elif uri.text:
            uris.append(uri.text)
    set_field(app, f"{_OAUTH}.{field}", sorted(set(uris)))
    application.org.put(APPS, app)


def apply_redirect_uri(application: Application) -> None:
    """An `okta_app_oauth_redirect_uri`, beside those that the app names itself."""
    _apply_uri(application, "redirect_uris")


def apply_post_logout_uri(application: Application) -> None:
    """An `okta_app_oauth_post_logout_redirect_uri`."""
    _apply_uri(application, "post_logout_redirect_uris")


def apply_api_scopes(application: Application) -> None:
    """An `okta_app_oauth_api_scope`: `okta.` scopes that an app may ask for."""
    app = _app(application, "app_grants")
    if app is None:
        return
    org, path = application.org, list_path("app_grants", app["id"])
    deleted = application.attributes.deleted
    scopes = Attribute() if deleted else application.attributes.get_list("scopes")
    gone = {*application.before.get_list("scopes").texts} - {*scopes.texts}
    for identity, grant in list(org.records(path).items()):
        if grant.get("scopeId") in gone:
            org.remove(path, identity)
    if deleted:
        return
    if scopes.unknown:
        org.unknown(path, scopes.unknown)
    granted = {grant.get("scopeId") for grant in org.records(path).values()}
    for scope in scopes.texts:
        if scope in granted:
            continue
        org.put(
            path,
            {
                "id": f"{object_id(application.change)}#{scope}",
                "scopeId": scope,
                "clientId": _client(app),
                "issuer": application.attributes.get("issuer").text,
                "status": "ACTIVE",
            },
        )


def apply_client_role(application: Application) -> None:
    """An `okta_app_oauth_role_assignment`, or a role of `okta_oauth2_v1_clients_role_…`."""
    app = _app(application, "client_roles", "client_id")
    if app is None:
        return
    org, path = application.org, list_path("client_roles", _client(app))
    if application.change.deletes and (identity := old_id(application.change)):
        org.remove(path, identity)
    if application.attributes.deleted:
        return
    found = [application.attributes.get(name) for name in ("type", "role_type")]
    kind = next((one.text for one in found if one.text), client_role(application.change.type))
    if kind is None or not org.has_list(path):
        org.unknown(path, f"{application.change.address}: type, or other roles of the client")
        return
    record: Json = {"id": object_id(application.change), "type": kind, "status": "ACTIVE"}
    if label := application.attributes.get("label").text:
        record["label"] = label
    if kind == "CUSTOM":
        roles = [application.attributes.get(name) for name in ("role", "role_id")]
        role = next((one.text for one in roles if one.text), None)
        if role is None:
            why = next(filter(None, (one.unknown for one in roles)), "")
            org.unknown(path, why or f"{application.change.address}: role is not set")
        else:
            record["role"] = in_path(role)
    org.put(path, record)


def apply_group_assignment(application: Application) -> None:
    """An `okta_app_group_assignment`: one group of an app."""
    app = _app(application, "app_groups")
    if app is None:
        return
    path = list_path("app_groups", app["id"])
    kept = application.before.get("retain_assignment").value is True
    old = application.before.get("group_id").text
    if application.change.deletes and not kept and old:
        application.org.remove(path, old)
    if application.attributes.deleted:
        return
    group = application.attributes.get("group_id")
    _assign_group(application, path, group)


def apply_group_assignments(application: Application) -> None:
    """An `okta_app_group_assignments`: all groups of an app."""
    app = _app(application, "app_groups")
    if app is None:
        return
    org, path = application.org, list_path("app_groups", app["id"])
    deleted = application.attributes.deleted
    blocks = () if deleted else tuple(application.attributes.blocks("group"))
    kept = {Attribute(block.get("id")).text for block, _ in blocks}
    for identity in list(org.records(path)):
        if identity not in kept:
            org.remove(path, identity)
    for block, unknown in blocks:
        _assign_group(application, path, Attribute(block.get("id"), unknown))


def _assign_group(application: Application, path: str, group: Attribute) -> None:
    org = application.org
    if group.text is None or group.unknown:
        org.unknown(path, group.unknown or f"{application.change.address}: group_id is not set")
        return
    if group.text not in org.records(path):
        org.put(path, {"id": group.text})


def apply_user_assignment(application: Application) -> None:
    """An `okta_app_user`: one user of an app."""
    app = _app(application, "app_users")
    if app is None:
        return
    org, path = application.org, list_path("app_users", app["id"])
    kept = application.before.get("retain_assignment").value is True
    old = application.before.get("user_id").text
    if application.change.deletes and not kept and old:
        org.unassign(path, [old])
    if application.attributes.deleted:
        return
    if not org.has_list(path):
        org.unknown(path, "other users of the app")
    found = application.attributes.get("user_id")
    if found.text:
        org.assign(path, [found.text])
    else:
        org.unknown(path, found.unknown or f"{application.change.address}: user_id is not set")
