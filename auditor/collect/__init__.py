"""Exports a tenant's configuration over HTTP into a snapshot.

`credentials` → `client` (the only importer of the okta SDK) → `governor` (rate limits) →
`fetcher` (retries and paging) → `exporter` (walks the collection table, fills the ledger).
"""
