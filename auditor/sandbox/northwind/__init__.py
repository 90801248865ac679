"""Northwind Robotics: a made-up company to try the tool on.

It builds warehouse robots in Aarhus, sells spare parts, and runs an API for each of these
things. To get to know it: `people` are the staff, `clients` the apps they use and the
machines behind them, `servers` the authorization servers that guard the APIs, and `org`
the rest. All of that is sound: no built-in rule has anything to say about it. `flaws` then
plants one mistake per rule, each with its story. `build` is how any of it is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from auditor.sandbox.northwind.build import Company
from auditor.sandbox.northwind.clients import add_clients
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
    for code in sorted(chosen):
        FLAWS[code].plant(company)
    return company.document()
