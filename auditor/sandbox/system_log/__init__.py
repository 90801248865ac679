"""The System Log of a sandbox: what a tenant file has of it, and what happens while it runs.

`log.py` keeps the events, `writer.py` gives new ones the shape of Okta's, `violations.py` writes of
rate limits. `query.py` understands a request to `/api/v1/logs`, with `fields.py` for what a filter
may name and `keywords.py` for `q`; `pages.py` answers.

Sources: Okta Management API 2026.06.3 (`listLogEvents`), the page "System Log query" of the
developer documentation, and "Link header" of Core Okta API.
"""
