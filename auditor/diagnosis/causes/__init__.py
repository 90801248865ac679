"""Okta's errors with their causes, and how each cause is looked for in an org.

A row (`KnownError`) stands in the module of its kind, with the functions that check its causes
above it. A check takes a `Case`, the request as far as it is known and the org, and returns a
`CauseVerdict`: proven, likely, unknown or not so, in a sentence, with the settings it rests on.
To add an error, add its row to `ROWS` of a module, with a check for each cause that a snapshot can
tell; `catalogue` has all rows, and `docs/okta-errors.md` is written from them.

| module | errors |
|---|---|
| `access_policies` | no rule lets the request through |
| `assignments` | the user is not assigned |
| `scopes` | scopes that cannot be asked for |
| `grants` | grant types, response types, subject tokens |
| `redirect_uris` | redirect URIs after sign-in and sign-out, and what of them differs |
| `clients` | client ids that Okta does not take |
| `client_authentication` | secrets, keys, methods |
| `missing_proofs` | PKCE and DPoP that were not sent |
| `network_zones` | clients outside their zones |
| `codes_and_refresh_tokens` | codes and refresh tokens that are over |
| `claims` | claims that cannot be evaluated |
| `users` | users who cannot sign in, or have no session |
| `okta_api` | errors of Okta's own APIs |
| `unfitting_proofs` | PKCE, redirect URIs and DPoP claims that do not agree |
| `http_requests` | requests that come to no answer of OAuth |
| `log_reasons` | reasons of the System Log that no answer has |
| `token_validation` | what libraries say that refuse a token; about its key in `token_keys` |
"""
