"""Mistakes with AI agents."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw
from auditor.sandbox.northwind.records import ASSERTION


@flaw("OAM207")
def intern_over_the_summer(company: Company) -> None:
    """A summer project's agent was switched off, and the Warehouse still has a policy for it."""
    company.agent("Stock whisperer", app="warehouse-planner")["status"] = "INACTIVE"
    company.connect("Stock whisperer", "Warehouse", ["stock:read"])
    policy = company.at("Warehouse").policy("Summer project", clients=["Stock whisperer"])
    policy.rule("Ask about stock", [ASSERTION], ["stock:read"], groups=["Warehouse shift leads"])
