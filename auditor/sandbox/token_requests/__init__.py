"""Token requests to the sandbox, decided as `explain` decides them.

`endpoints.py` leads to `token.py` and `authorize.py`. On the way, `clients.py` authenticates the
client, `subjects.py` and `people.py` find the user, `issued_grants.py` keeps codes and tokens
that were issued, `decisions.py` asks the decision engine about the tenant file, `minting.py` signs,
`refusals.py` words what is refused, `events.py` writes all of it into the System Log.
"""
