"""Looks before an export: the network, the token, what it may read, the rate limits."""
