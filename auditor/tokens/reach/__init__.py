"""All requests at once: who can obtain which scopes, exactly and without enumeration.

| file | what it holds |
|---|---|
| `access_rows.py` | who can obtain which scopes, as rows for people and programs |
| `equal_access.py` | clients to which rules give the same, and what they give |
| `situations.py` | `Reach`: all requests of a tenant; of one server, client and grant type |
| `servers.py` | `ServerReach`: all requests to one authorization server |
| `rules.py` | whether any request reaches a rule, and the obstacle if none does |
| `client_groups.py` | clients to which the same rules apply |
| `regions.py` | the algorithm: where everybody's requests end |
| `requestable.py` | the scopes that may be asked for together |
| `populations.py` | who can sign in, who is assigned, whom a rule admits, as sets |
| `zones.py` | whom the network zones of a client let in |
| `user_sets.py` | sets of users as bitmaps, and three-valued sets |
"""
