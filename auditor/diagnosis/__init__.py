"""From what a person has in hand to the cause in the configuration.

`reading` finds in any text what may be one: an error, an address, a token, rate-limit headers.
`catalogue` knows Okta's errors with their meaning and causes, `token_checks` holds a token
against a snapshot, `api_answers` tells of calls of the Okta APIs (rights, limits, faults), and
`diagnosis` puts the answer together.
Nothing is sent anywhere, and no token, secret or header value is kept.
"""
