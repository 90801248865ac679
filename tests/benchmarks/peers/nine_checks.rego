# The nine checks of `side_by_side.py`: OAM201, 203, 302, 306, 509, 511, 601, 702 and 804.
#
# `findings` holds [code, id of the object, field, key] of each. What the checks mean is on the
# pages of the rules; what they take for granted is that the whole snapshot was read.
package peers

import rego.v1

lists := input.resources

servers := "/api/v1/authorizationServers"

# Lists of objects, not sets: regopy compares every two members of a set.

active_policies := [policy |
	some server in lists[servers]
	server.status == "ACTIVE"
	some policy in lists[concat("/", [servers, server.id, "policies"])]
	policy.status == "ACTIVE"
]

active_rules := [{"server": server.id, "rule": rule} |
	some server in lists[servers]
	server.status == "ACTIVE"
	some policy in lists[concat("/", [servers, server.id, "policies"])]
	policy.status == "ACTIVE"
	some rule in lists[concat("/", [servers, server.id, "policies", policy.id, "rules"])]
	rule.status == "ACTIVE"
]

own_clients := [app |
	some app in lists["/api/v1/apps"]
	app.status == "ACTIVE"
	is_object(app.settings.oauthClient)
]

client_status[name] := app.status if {
	some app in lists["/api/v1/apps"]
	some name in {app.id, object.get(app.credentials.oauthClient, "client_id", app.id)}
}

group_types[group.id] := group.type if some group in lists["/api/v1/groups"]

built_in_scopes := {
	"openid", "profile", "email", "address", "phone", "offline_access", "device_sso",
	"interclient_access", "online_access",
}

defined_scopes[server.id] := scopes if {
	some server in lists[servers]
	own := {scope.name | some scope in lists[concat("/", [servers, server.id, "scopes"])]}
	scopes := built_in_scopes | own
}

has_members(group_id) if count(lists[concat("/", ["/api/v1/groups", group_id, "users"])]) > 0

# Policies

findings contains ["OAM201", policy.id, "conditions.clients.include", "ALL_CLIENTS"] if {
	some policy in active_policies
	"ALL_CLIENTS" in policy.conditions.clients.include
}

findings contains ["OAM203", policy.id, "conditions.clients.include", client] if {
	some policy in active_policies
	some client in policy.conditions.clients.include
	client != "ALL_CLIENTS"
	not startswith(client, "wlp")
	not startswith(client, "https://")
	object.get(client_status, client, "") != "ACTIVE"
}

# Rules

findings contains ["OAM302", rule.id, "conditions.scopes.include", scope] if {
	some entry in active_rules
	rule := entry.rule
	some scope in rule.conditions.scopes.include
	scope != "*"
	not scope in defined_scopes[entry.server]
}

findings contains ["OAM306", rule.id, field, group] if {
	some entry in active_rules
	rule := entry.rule
	some side in ["include", "exclude"]
	some group in rule.conditions.people.groups[side]
	group != "EVERYONE"
	object.get(group_types, group, "") == ""
	field := concat(".", ["conditions.people.groups", side])
}

findings contains ["OAM306", rule.id, "conditions.people.groups.include", ""] if {
	some entry in active_rules
	rule := entry.rule
	groups := rule.conditions.people.groups.include
	count(groups) > 0
	count(object.get(rule.conditions.people, ["users", "include"], [])) == 0
	not has_people(groups)
}

has_people(groups) if {
	some group in groups
	may_have_people(group)
}

may_have_people(group) if object.get(group_types, group, "BUILT_IN") == "BUILT_IN"

may_have_people(group) if has_members(group)

findings contains ["OAM702", rule.id, "actions.token.accessTokenLifetimeMinutes", ""] if {
	some entry in active_rules
	rule := entry.rule
	minutes := rule.actions.token.accessTokenLifetimeMinutes
	minutes > 60
	minutes <= 1440
}

# Clients

findings contains ["OAM509", app.id, concat(".", ["settings.oauthClient", kind]), ""] if {
	some app in own_clients
	some kind in ["redirect_uris", "post_logout_redirect_uris"]
	some uri in app.settings.oauthClient[kind]
	regex.match(`^[Hh][Tt][Tt][Pp]://`, uri)
	not regex.match(`^[Hh][Tt][Tt][Pp]://(([^/:]+\.)?localhost|127\.[0-9.]+|\[::1\])([:/?#]|$)`, uri)
}

findings contains ["OAM511", app.id, "credentials.oauthClient.token_endpoint_auth_method", ""] if {
	some app in own_clients
	app.credentials.oauthClient.token_endpoint_auth_method == "private_key_jwt"
	object.get(app.settings.oauthClient, "jwks_uri", null) == null
	not has_key(app)
}

has_key(app) if {
	some key in lists[concat("/", ["/api/v1/apps", app.id, "credentials/jwks"])]
	object.get(key, "status", "ACTIVE") == "ACTIVE"
	object.get(key, "use", "sig") != "enc"
}

userless_grants := {
	"client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange",
}

findings contains ["OAM601", app.id, "", ""] if {
	some app in own_clients
	object.get(app.settings, "implicitAssignment", false) != true
	some grant in app.settings.oauthClient.grant_types
	not grant in userless_grants
	not somebody_assigned(app)
}

ended := {"DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED"}

somebody_assigned(app) if {
	some way in lists[concat("/", ["/api/v1/apps", app.id, "users"])]
	not way.status in ended
	count(way.ids) > 0
}

somebody_assigned(app) if {
	some group in lists[concat("/", ["/api/v1/apps", app.id, "groups"])]
	has_members(group.id)
}

# API tokens

findings contains ["OAM804", token.id, "network", ""] if {
	some token in lists["/api/v1/api-tokens"]
	not kept_in(object.get(token, "network", {}))
}

kept_in(network) if {
	network.connection == "ZONE"
	count(object.get(network, "include", [])) > 0
}

kept_in(network) if {
	network.connection == "ZONE"
	count(object.get(network, "exclude", [])) == 0
}
