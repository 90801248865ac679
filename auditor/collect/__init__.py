"""Reads a tenant over HTTP into a snapshot.

Which file does what, from the network upwards:

- who asks: `credentials`; `signing` and `dpop` for service apps; `tokens` gets access tokens
- the wire: `route` (proxy, authorities), `transport` (HTTP with bounds), `failures` (in words)
- `client`: sends authenticated requests; the only importer of the okta SDK
- when to send: `governor` gives turns, from `bucket` (one rate limit, with `standing`: what
  headers say, and `others`: who else spends it) and `slots` (limits over all buckets)
- one page: `requester` asks as often as it is worth it, with `answers` (what an answer means),
  `breaker` (outages) and `patience` (every bound)
- one list: `fetcher` reads it page by page, `paging` says which next pages are followed
- what is kept: `listing` (of a page), `journal` with `journal_file` and `journal_lines` (so
  that another run can go on), `reader` (from the journal what is there, from Okta the rest)
- the whole tenant: `walk` goes through the collection table, `deletions` tells what is gone,
  `shelf` and `tally` become resources and ledger
- the outside: `exporter` (one tenant), `several` (many at once), `options`, `plan` (requests
  and minutes beforehand), `progress` and `phases` (how far it is)
- `doctor` looks before an export: `checks`, `reach` (network, clock), `probes` and `rights`
"""
