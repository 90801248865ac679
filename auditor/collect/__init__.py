"""Exports a tenant's configuration over HTTP into a snapshot.

`credentials` → `client` (the only importer of the okta SDK) → `governor` (rate limits) →
`fetcher` (retries and paging) → `listing` (what is kept of a page) → `journal` (so that another
run can go on) → `exporter` (walks the collection table) → `shelf`, `tally` (resources, ledger).
"""
