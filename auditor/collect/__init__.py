"""Reads a tenant over HTTP into a snapshot.

Where what happens. A folder imports those above it, never those below:

    http/         proxies, certificate authorities, connections, limits of one answer
    auth/         credentials from the environment; access tokens, DPoP, private keys
    api/          authenticated requests; `sdk_executor` is the only importer of the okta SDK
    rate_limits/  when a request may be sent; here a 429 is waited for
    fetch/        one list: retries, circuit breaker, next pages, bounds to all of it
    lists/        what a snapshot keeps of the lists that were read, and the ledger
    journal/      what was read so far, in a file, so that another run can resume it
    progress/     what is told to whoever watches
    plan/         requests and minutes, calculated beforehand
    walk/         which lists are read, and what one of them leads to
    exporter      one tenant from beginning to end; `export_many`: several at the same time
    doctor/       checks before an export: network, token, permissions, rate limits

`options` are the limits that a user sets; `fetch/bounds` are those that nobody needs to set.
"""
