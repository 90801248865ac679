"""The built-in rules: one module each, named after the bad state it finds.

A rule's code begins with its area: 1 servers, 2 policies, 3 policy rules, 4 scopes and
claims, 5 clients, 6 assignments and grants, 7 lifetimes and keys, 8 org settings and API
tokens. CONTRIBUTING.md says how to add one. A module whose name begins with an underscore
holds what several rules share.
"""
