"""From what people type to what a request needs: names, labels, logins and ids.

An id always wins. Otherwise the word must name exactly one object: by its name as it is
spelled, or else regardless of case. A word that names nothing is an error that suggests one; a
word that names two objects is an error that lists them. Nothing is ever chosen for the user.

| file | what it holds |
|---|---|
| `named_request.py` | a token request by names, and the request by ids that it means |
| `records.py` | `find_server`, `find_client` and `find_user` |
| `authorize_url.py` | what a URL of an authorization endpoint asks for |
| `issuers.py` | the server that a URL means |
| `grants.py` | grant types and their short names |
| `scopes.py` | scopes of some servers |
| `matching.py` | the one record that a word names |
| `errors.py` | a word that names nothing or several objects, or that cannot be looked up |
"""
