"""What is wrong at Northwind Robotics: one mistake per rule, each a short story.

A new rule needs a flaw here. Write a function that makes the mistake, next to others of its
kind, with the story as its docstring:

    @flaw("OAM101")
    def contractor_sandbox(company: Company) -> None:
        \"\"\"A contractor's test server was never given a policy.\"\"\"
        company.server("Contractor Sandbox", "https://sandbox.northwind.example", {})

Give it an app or a server of its own where you can, so that no other rule has anything to
say about it, and the other flaws keep working.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.sandbox.northwind.flaws import (
    agents,
    claims,
    client_keys,
    clients,
    exchanges,
    okta_apis,
    org,
    people,
    rules,
    scopes,
    servers,
    sign_in,
    tokens,
)
from auditor.sandbox.northwind.flaws.flaw import Flaw, table

FLAWS: Mapping[str, Flaw] = table(
    [
        servers,
        agents,
        rules,
        exchanges,
        scopes,
        claims,
        clients,
        sign_in,
        client_keys,
        people,
        okta_apis,
        tokens,
        org,
    ]
)
"""All flaws, by the code of the rule that finds them."""
