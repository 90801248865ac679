"""The nearest changes with which a rejected request would be minted.

| file | what it holds |
|---|---|
| `search.py` | tries proposals, alone and together, until a token is minted |
| `proposals.py` | the proposals that a rejection calls for, by the condition that failed |
| `proposal.py` | one proposal: its words, the request, and the changes |
| `client_changes.py` | of the server and the client: status, grant types, keys, network zones |
| `request_changes.py` | of the request: response type, redirect URI, PKCE, DPoP, subject token |
| `scope_changes.py` | of scopes: asked for, defined, granted, with consent |
| `user_changes.py` | of the user: status, assignment |
| `rule_changes.py` | of policies and rules, and whom they admit |
| `reached_people.py` | how many more people a proposal would reach |
| `hypothetical.py` | the org as it would be with some changes |
"""
