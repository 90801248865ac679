-- The nine checks of `side_by_side.py`: OAM201, 203, 302, 306, 509, 511, 601, 702 and 804.
--
-- Gives code, id of the object, field and key of each finding. What the checks mean is on the pages
-- of the rules; what they take for granted is that the whole snapshot was read. `$snapshot` is its file.

-- The file is a subquery, as long lists are further down: a join would copy all of it for each of
-- its parts. Of lists of people only the length is kept: most of a tenant is ids, and to copy them
-- takes longer than all checks.
CREATE TEMP TABLE lists AS
SELECT key AS address, json_array_length(value) AS size,
       CASE WHEN regexp_matches(key, '^/api/v1/(groups/.*/)?users$') THEN NULL ELSE value END AS list
FROM json_each(
    (SELECT json FROM read_json_objects($snapshot, maximum_object_size = 1000000000)),
    '$.resources'
)
WHERE key <> '/api/v1/users';

CREATE TEMP TABLE servers AS
SELECT server.value->>'$.id' AS id
FROM json_each((SELECT list FROM lists WHERE address = '/api/v1/authorizationServers')) AS server
WHERE server.value->>'$.status' = 'ACTIVE';

CREATE TEMP TABLE policies AS
SELECT servers.id AS server, policy.value->>'$.id' AS id,
       from_json(policy.value->'$.conditions.clients.include', '["VARCHAR"]') AS clients
FROM servers
JOIN lists ON address = '/api/v1/authorizationServers/' || servers.id || '/policies',
     json_each(list) AS policy
WHERE policy.value->>'$.status' = 'ACTIVE';

CREATE TEMP TABLE rules AS
SELECT server, rule.value->>'$.id' AS id,
       from_json(rule.value->'$.conditions.scopes.include', '["VARCHAR"]') AS scopes,
       from_json(rule.value->'$.conditions.people.groups.include', '["VARCHAR"]') AS included,
       from_json(rule.value->'$.conditions.people.groups.exclude', '["VARCHAR"]') AS excluded,
       coalesce(json_array_length(rule.value, '$.conditions.people.users.include'), 0) AS users,
       CAST(rule.value->'$.actions.token.accessTokenLifetimeMinutes' AS INTEGER) AS minutes
FROM policies
JOIN lists
  ON address = '/api/v1/authorizationServers/' || server || '/policies/' || policies.id || '/rules',
     json_each(list) AS rule
WHERE rule.value->>'$.status' = 'ACTIVE';

CREATE TEMP TABLE apps AS
SELECT app.value->>'$.id' AS id, app.value->>'$.status' AS status,
       coalesce(app.value->>'$.credentials.oauthClient.client_id', app.value->>'$.id') AS client,
       app.value->>'$.credentials.oauthClient.token_endpoint_auth_method' AS auth_method,
       app.value->>'$.settings.implicitAssignment' AS broker,
       app.value->'$.settings.oauthClient' AS settings
FROM json_each((SELECT list FROM lists WHERE address = '/api/v1/apps')) AS app;

CREATE TEMP TABLE clients AS
SELECT * FROM apps WHERE status = 'ACTIVE' AND json_type(settings) = 'OBJECT';

CREATE TEMP TABLE groups AS
SELECT own.value->>'$.id' AS id, own.value->>'$.type' = 'BUILT_IN' AS built_in,
       coalesce(members.size, 0) AS size
FROM json_each((SELECT list FROM lists WHERE address = '/api/v1/groups')) AS own
LEFT JOIN lists AS members ON address = '/api/v1/groups/' || (own.value->>'$.id') || '/users';

CREATE TEMP TABLE scopes AS
SELECT servers.id AS server, scope.value->>'$.name' AS name
FROM servers
JOIN lists ON address = '/api/v1/authorizationServers/' || servers.id || '/scopes',
     json_each(list) AS scope
UNION ALL
SELECT servers.id, unnest(['openid', 'profile', 'email', 'address', 'phone', 'offline_access',
                           'device_sso', 'interclient_access', 'online_access'])
FROM servers;

CREATE TEMP TABLE assigned AS
SELECT clients.id AS app
FROM clients
JOIN lists ON address = '/api/v1/apps/' || clients.id || '/users',
     json_each(list) AS way
WHERE coalesce(way.value->>'$.status', '')
          NOT IN ('DEPROVISIONED', 'INACTIVE', 'REVOKED', 'SUSPENDED', 'UNASSIGNED')
  AND json_array_length(way.value, '$.ids') > 0
UNION
SELECT clients.id
FROM clients
JOIN lists ON address = '/api/v1/apps/' || clients.id || '/groups',
     json_each(list) AS own
JOIN groups ON groups.id = own.value->>'$.id'
WHERE groups.size > 0;

SELECT 'OAM201' AS code, id, 'conditions.clients.include' AS field, 'ALL_CLIENTS' AS key
FROM policies
WHERE list_contains(clients, 'ALL_CLIENTS')
UNION ALL
SELECT 'OAM203', named.id, 'conditions.clients.include', named.client
FROM (SELECT DISTINCT id, unnest(clients) AS client FROM policies) AS named
WHERE named.client <> 'ALL_CLIENTS'
  AND NOT starts_with(named.client, 'wlp') AND NOT starts_with(named.client, 'https://')
  AND named.client NOT IN (SELECT id FROM apps WHERE status = 'ACTIVE')
  AND named.client NOT IN (SELECT client FROM apps WHERE status = 'ACTIVE')
UNION ALL
SELECT 'OAM302', allowed.id, 'conditions.scopes.include', allowed.scope
FROM (SELECT DISTINCT id, server, unnest(scopes) AS scope FROM rules) AS allowed
ANTI JOIN scopes ON scopes.server = allowed.server AND scopes.name = allowed.scope
WHERE allowed.scope <> '*'
UNION ALL
SELECT 'OAM306', named.id, 'conditions.people.groups.' || named.side, named.member
FROM (SELECT DISTINCT id, 'include' AS side, unnest(included) AS member FROM rules
      UNION ALL
      SELECT DISTINCT id, 'exclude', unnest(excluded) FROM rules) AS named
ANTI JOIN groups ON groups.id = named.member
WHERE named.member <> 'EVERYONE'
UNION ALL
SELECT 'OAM306', named.id, 'conditions.people.groups.include', ''
FROM (SELECT id, unnest(included) AS member FROM rules WHERE users = 0) AS named
LEFT JOIN groups ON groups.id = named.member
GROUP BY named.id
HAVING bool_and(groups.id IS NOT NULL AND NOT built_in AND size = 0)
UNION ALL
SELECT DISTINCT 'OAM509', insecure.id, 'settings.oauthClient.' || insecure.kind, ''
FROM (SELECT id, kind, unnest(from_json(settings->kind, '["VARCHAR"]')) AS uri
      FROM clients, (VALUES ('redirect_uris'), ('post_logout_redirect_uris')) AS kinds(kind))
     AS insecure
WHERE regexp_matches(uri, '^http://', 'i')
  AND NOT regexp_matches(uri, '^http://(([^/:]+\.)?localhost|127\.[0-9.]+|\[::1\])([:/?#]|$)', 'i')
UNION ALL
SELECT 'OAM511', clients.id, 'credentials.oauthClient.token_endpoint_auth_method', ''
FROM clients
ANTI JOIN (
    SELECT address
    FROM lists, json_each(list) AS own
    WHERE address LIKE '/api/v1/apps/%/credentials/jwks'
      AND coalesce(own.value->>'$.status', 'ACTIVE') = 'ACTIVE'
      AND coalesce(own.value->>'$.use', 'sig') <> 'enc'
) AS keys ON keys.address = '/api/v1/apps/' || clients.id || '/credentials/jwks'
WHERE auth_method = 'private_key_jwt' AND settings->>'$.jwks_uri' IS NULL
UNION ALL
SELECT DISTINCT 'OAM601', meant.id, '', ''
FROM (SELECT id, unnest(from_json(settings->'$.grant_types', '["VARCHAR"]')) AS grant_type
      FROM clients WHERE coalesce(broker, 'false') <> 'true') AS meant
ANTI JOIN assigned ON assigned.app = meant.id
WHERE meant.grant_type NOT IN ('client_credentials', 'refresh_token',
                               'urn:ietf:params:oauth:grant-type:token-exchange')
UNION ALL
SELECT 'OAM702', id, 'actions.token.accessTokenLifetimeMinutes', ''
FROM rules
WHERE minutes > 60 AND minutes <= 1440
UNION ALL
SELECT 'OAM804', token.value->>'$.id', 'network', ''
FROM json_each((SELECT list FROM lists WHERE address = '/api/v1/api-tokens')) AS token
WHERE NOT (coalesce(token.value->>'$.network.connection', '') = 'ZONE'
           AND (coalesce(json_array_length(token.value, '$.network.include'), 0) > 0
                OR coalesce(json_array_length(token.value, '$.network.exclude'), 0) = 0));
