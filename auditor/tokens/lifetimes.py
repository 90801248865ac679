"""The bounds that Okta sets to token lifetimes, in minutes (Management API, `TokenAction`)."""

SHORTEST_ACCESS = 5
LONGEST_ACCESS = 1_440
SHORTEST_WINDOW = 10
LONGEST_WINDOW = 2_628_000
UNLIMITED = 0
"""A refresh token lifetime of 0 is none at all, and the default."""
