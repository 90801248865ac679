"""Reads a tenant over HTTP into a snapshot.

Each of these imports those above it, never those below:

    options       the limits that a user sets
    http/         proxies, certificate authorities, connections, limits of one answer
    auth/         credentials from the environment; private keys, DPoP, access tokens
    api/          authenticated requests; `sdk_executor` is the only importer of the okta SDK
    rate_limits/  when a request may be sent
    fetch/        one list, page by page, with retries and bounds to everything
    lists/        what a snapshot keeps of the lists that were read, and the ledger
    journal/      what was read so far, in a file, so that another run can resume it
    since/        which lists need not be read again, because an older snapshot has them
    progress/     what whoever watches an export learns
    plan/         requests and minutes, calculated beforehand
    system_log/   pulls events of the System Log into a file
    tenant/       which lists are read, and what one of them leads to
    exporter      one tenant from beginning to end; `export_many`: several at the same time
    doctor/       checks before an export: network, token, permissions, rate limits

Where is …

    a 429 waited for?                 rate_limits/waiting, and what a bucket allows: bucket
    a share of a rate limit set?      rate_limits/allowance
    an access token fetched?          auth/fetch_token; kept until it expires: token_cache
    a fault retried?                  fetch/retries; which faults: page_result, answers
    a failing org or endpoint left?   fetch/circuit_breaker
    every bound of retries and pages? fetch/bounds
    the next page followed?           fetch/next_page
    a journal resumed?                journal/resume
    a list carried over?              since/carrying_over; what proves it: sameness
    a deletion told from a refusal?   tenant/deletions
"""
