"""The resource types of the Okta provider that shape tokens, with their attributes.

An attribute that stands in a table is read, or is known to have no part in tokens; any other that
is set is named by `okta-auditor plan`, and so is every resource of another type.

Attributes: provider 6.12 to 7.0, `docs/resources/*.md`. Names of version 7 stand beside those of 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A resource type of the provider."""

    name: str
    read: frozenset[str]
    """Attributes that somebody reads."""
    without_effect: frozenset[str] = frozenset()
    """Attributes that do not change which tokens are minted."""


_OF_ALL = "timeouts created created_by last_updated last_updated_by"
"""Attributes that any type may have, and that change nothing."""


def _type(name: str, read: str, without_effect: str = "") -> ResourceType:
    return ResourceType(
        name=name,
        read=frozenset({"id", *read.split()}),
        without_effect=frozenset({*_OF_ALL.split(), *without_effect.split()}),
    )


_SERVER_ATTRIBUTES = (
    "name audiences issuer issuer_mode status credentials_rotation_mode kid "
    "access_token_encrypted_response_algorithm jwks_uri"
)
_SERVER_WITHOUT = "description credentials_last_rotated credentials_next_rotation"
_CLAIM = "auth_server_id name value value_type claim_type status scopes always_include_in_token "
_CLAIM += "group_filter_type"
_ROLE = "client_id type role role_type resource_set resource_set_id status label role_id"

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    row.name: row
    for row in (
        _type("okta_auth_server", _SERVER_ATTRIBUTES, _SERVER_WITHOUT),
        _type("okta_auth_server_default", _SERVER_ATTRIBUTES, _SERVER_WITHOUT),
        _type(
            "okta_auth_server_policy",
            "auth_server_id name status priority client_whitelist",
            "description type",
        ),
        _type("okta_auth_server_policy_priority", "auth_server_id priorities"),
        _type(
            "okta_auth_server_policy_rule",
            "auth_server_id policy_id name status priority grant_type_whitelist scope_whitelist "
            "group_whitelist group_blacklist user_whitelist user_blacklist "
            "access_token_lifetime_minutes refresh_token_lifetime_minutes "
            "refresh_token_window_minutes inline_hook_id system",
            "type",
        ),
        _type(
            "okta_auth_server_scope",
            "auth_server_id name consent default optional metadata_publish system description",
            "display_name",
        ),
        _type("okta_auth_server_claim", _CLAIM),
        _type("okta_auth_server_claim_default", _CLAIM),
        _type("okta_trusted_server", "auth_server_id trusted"),
        _type(
            "okta_app_oauth",
            "label name status type client_id grant_types response_types redirect_uris "
            "post_logout_redirect_uris wildcard_redirect consent_method issuer_mode "
            "token_endpoint_auth_method pkce_required auto_key_rotation implicit_assignment "
            "jwks jwks_uri refresh_token_rotation refresh_token_leeway sign_on_mode "
            "dpop_bound_access_tokens id_token_encrypted_response_alg "
            "request_object_signing_alg backchannel_custom_authenticator_id network",
            "accessibility_error_redirect_url accessibility_login_redirect_url "
            "accessibility_self_service admin_note app_links_json app_settings_json "
            "authentication_policy auto_submit_toolbar client_basic_secret client_basic_secret_wo "
            "client_basic_secret_wo_version client_secret client_uri enduser_note groups_claim "
            "hide_ios hide_web login_mode login_scopes login_uri logo logo_uri logo_url "
            "omit_secret policy_uri profile tos_uri user_name_template "
            "user_name_template_push_status user_name_template_suffix user_name_template_type "
            "skip_authentication_policy "
            "participate_slo frontchannel_logout_uri frontchannel_logout_session_required",
        ),
        _type("okta_app_oauth_redirect_uri", "app_id uri"),
        _type("okta_app_oauth_post_logout_redirect_uri", "app_id uri"),
        _type("okta_app_oauth_api_scope", "app_id issuer scopes"),
        _type("okta_app_oauth_role_assignment", _ROLE, "resource_set_name"),
        _type("okta_app_group_assignment", "app_id group_id priority retain_assignment", "profile"),
        _type("okta_app_group_assignments", "app_id group"),
        _type(
            "okta_app_user",
            "app_id user_id retain_assignment",
            "username password profile has_shared_username",
        ),
        _type("okta_group", "name", "description custom_profile_attributes skip_users type"),
        _type("okta_group_memberships", "group_id users track_all_users"),
        _type("okta_user_group_memberships", "user_id groups"),
        _type(
            "okta_user",
            "login status raw_status",
            "email first_name last_name custom_profile_attributes "
            "custom_profile_attributes_to_ignore "
            "city cost_center country_code department display_name division employee_number "
            "expire_password_on_create honorific_prefix honorific_suffix locale manager manager_id "
            "middle_name mobile_phone nick_name old_password organization password password_hash "
            "password_inline_hook postal_address preferred_language primary_phone profile_url "
            "realm_id recovery_answer recovery_question second_email skip_roles state "
            "street_address timezone title type user_type zip_code",
        ),
        _type("okta_user_admin_roles", "user_id admin_roles", "disable_notifications"),
        _type("okta_admin_role_custom", "label permissions", "description"),
        _type("okta_admin_role_custom_assignments", "custom_role_id members", "resource_set_id"),
        _type(
            "okta_group_role",
            "group_id role_type role_id",
            "disable_notifications resource_set_id target_app_list target_group_list",
        ),
        _type(
            "okta_principal_rate_limits",
            "principal_id principal_type default_percentage default_concurrency_percentage",
            "created_by created_date last_update last_updated_by org_id",
        ),
        _type(
            "okta_group_rule",
            "name status expression_value expression_type group_assignments users_excluded "
            "remove_assigned_users",
        ),
        _type(
            "okta_network_zone",
            "name type usage status gateways proxies system",
            "asns dynamic_locations dynamic_proxy_type dynamic_locations_exclude "
            "set_usage_as_exempt_list "
            "ip_service_categories_include ip_service_categories_exclude",
        ),
        _type("okta_trusted_origin", "name origin scopes active status"),
        _type(
            "okta_inline_hook",
            "name type status",
            "version auth channel channel_json headers",
        ),
        _type(
            "okta_api_token",
            "name user_id client_name network created",
        ),
        _type("okta_api_service_integration", "name type granted_scopes", "created_at created_by"),
        _type(
            "okta_domain",
            "name validation_status",
            "brand_id certificate_source_type dns_records",
        ),
    )
}
"""By name. What is not here is not modelled."""

NOTHING_READS: Mapping[str, str] = {
    "okta_group_owner": "owners of groups are not read, and no rule rests on them",
    "okta_group_owners": "owners of groups are not read, and no rule rests on them",
    "okta_resource_set": "a custom role counts as if it applied to all that it may apply to",
    "okta_admin_role_targets": "a role counts as if it applied to all that it may apply to",
}
"""Types that are not modelled, with the reason why no decision and no finding changes by them."""

_CLIENT_ROLES = "okta_oauth2_v1_clients_role_"
"""How types begin that give a client one standard admin role each (provider 7)."""


def resource_type(name: str) -> ResourceType | None:
    """What is known of a resource type; None if it is not modelled."""
    if name.startswith(_CLIENT_ROLES):
        return _type(name, _ROLE)
    return RESOURCE_TYPES.get(name)


def client_role(name: str) -> str | None:
    """The standard role that a type of provider 7 gives; None if the resource says which.

    >>> client_role("okta_oauth2_v1_clients_role_app_admin")
    'APP_ADMIN'
    """
    return name.removeprefix(_CLIENT_ROLES).upper() if name.startswith(_CLIENT_ROLES) else None


def is_client_role(name: str) -> bool:
    """Whether resources of a type give a client an admin role."""
    return name == "okta_app_oauth_role_assignment" or name.startswith(_CLIENT_ROLES)
