"""What belongs to the org as a whole: API tokens, zones, hooks, origins, settings."""

from __future__ import annotations

from auditor.sandbox.northwind.company import OLDEST_DAYS, Company
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import ORG_ID, Json, trusted_origin

OFFICE = "Aarhus office"
"""The network zone from which API tokens may be used."""


def add_org(company: Company) -> None:
    """Add the org itself, its zones, hooks and origins."""
    company.objects["/api/v1/org"] = {
        "id": ORG_ID,
        "companyName": "Northwind Robotics",
        "subdomain": "northwind",
        "status": "ACTIVE",
        "city": "Aarhus",
        "country": "Denmark",
        "created": company.ago(days=OLDEST_DAYS),
        "lastUpdated": company.ago(days=OLDEST_DAYS),
    }
    company.objects["/api/v1/org/settings/clientPrivilegesSetting"] = {
        "clientPrivilegesSetting": False
    }
    add_zone(company, OFFICE, "203.0.113.0/24")
    add_zone(company, "Data centre", "198.51.100.16/28")
    for name in ("LegacyIpZone", "BlockedIpZone"):
        # Every org has these two; nobody at Northwind has put anything into them.
        add_zone(company, name)["system"] = True
    add_hook(company, "Cost centre")
    add_origin(company, "Fleet dashboard", "https://fleet-dashboard.northwind.example")


def add_tokens(company: Company) -> None:
    """Make API tokens for the programs that cannot use OAuth yet. Their owners must exist."""
    add_token(company, "directory-bridge", "svc-scim", days_idle=1)
    add_token(company, "configuration-backup", "svc-backup", days_idle=3)


def add_zone(company: Company, name: str, *ranges: str) -> Json:
    """Add a network zone of IP ranges."""
    gateways = [{"type": "CIDR", "value": value} for value in ranges]
    zone = {
        "id": made_id("nzo", name),
        "name": name,
        "type": "IP",
        "status": "ACTIVE",
        "usage": "POLICY",
        "system": False,
        "gateways": gateways,
        "proxies": None,
    }
    return company.add("/api/v1/zones", zone)


def add_hook(company: Company, name: str) -> Json:
    """Add a hook that may change a token before it is minted."""
    uri = "https://hooks.northwind.example/tokens"
    hook = {
        "id": made_id("cal", name),
        "name": name,
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "status": "ACTIVE",
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {"uri": uri, "method": "POST", "headers": []},
        },
    }
    return company.add("/api/v1/inlineHooks", hook)


def add_origin(company: Company, name: str, origin: str) -> Json:
    """Add an origin that browsers may call the org from."""
    record = trusted_origin(name, origin)
    return company.add("/api/v1/trustedOrigins", record)


def add_token(company: Company, name: str, owner: str, *, days_idle: float) -> Json:
    """Add an API token. Okta moves its end, 30 days ahead, each time it is used."""
    zone = made_id("nzo", OFFICE)
    token = {
        "id": made_id("00T", name),
        "name": name,
        "clientName": "Okta API",
        "userId": company.user(owner)["id"],
        "tokenWindow": "P30D",
        "expiresAt": company.ago(days=days_idle - 30),
        "network": {"connection": "ZONE", "include": [zone], "exclude": []},
    }
    return company.add("/api/v1/api-tokens", token)
