"""The AI agents: whom they help, and what they may ask for on behalf of these people.

Each is linked to the app in which people talk to it, has a connection to the server that it
needs, and stands in a policy of that server, which says for whom.
"""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.records import ASSERTION


def add_agents(company: Company) -> None:
    """Register the agents, connect them, and let the servers' policies know them."""
    _add_support_copilot(company)
    _add_fleet_analyst(company)


def _add_support_copilot(company: Company) -> None:
    company.agent("Support copilot", app="support-desk")
    orders = company.at("Orders")
    company.connect("Support copilot", "Orders", ["orders:read"])
    policy = orders.policy("Agents", clients=["Support copilot"])
    policy.rule("Look up for support", [ASSERTION], ["orders:read"], groups=["Support"], access=10)


def _add_fleet_analyst(company: Company) -> None:
    company.agent("Fleet analyst", app="fleet-dashboard")
    telemetry = company.at("Fleet Telemetry")
    company.connect("Fleet analyst", "Fleet Telemetry", ["telemetry:read"])
    policy = telemetry.policy("Agents", clients=["Fleet analyst"])
    policy.rule("Summarise", [ASSERTION], ["telemetry:read"], groups=["Fleet operations"])
