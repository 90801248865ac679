"""Puts the demo company together, sound or with its flaws, as a tenant file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from auditor.sandbox.northwind.agents import add_agents
from auditor.sandbox.northwind.clients import add_clients
from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws import FLAWS
from auditor.sandbox.northwind.org import add_org, add_tokens
from auditor.sandbox.northwind.people import add_people
from auditor.sandbox.northwind.servers import add_servers


def northwind(now: datetime, *, flaws: Iterable[str] | None = None) -> dict[str, Any]:
    """The company as a tenant file, for `TenantFile.from_document`.

    Args:
        now: the moment that dates, such as when an API token expires, are relative to.
        flaws: codes of the rules whose mistakes to plant; by default all there are.

    Raises:
        ValueError: there is no flaw for one of the codes.
    """
    chosen = FLAWS.keys() if flaws is None else set(flaws)
    if unknown := sorted(chosen - FLAWS.keys()):
        raise ValueError(f"Northwind Robotics has no flaw for {', '.join(unknown)}")
    company = Company(now)
    add_org(company)
    add_people(company)
    add_tokens(company)
    add_clients(company)
    add_servers(company)
    add_agents(company)
    for code in sorted(chosen):
        FLAWS[code].plant(company)
    return company.document()
