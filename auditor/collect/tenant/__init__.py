"""The way through a tenant: which lists are read, and what one of them leads to."""
