"""Mistakes with how apps sign people in and out (OAM527 to OAM536)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, let_browse, oauth
from auditor.sandbox.northwind.records import BACKCHANNEL, CODE, DEVICE, IMPLICIT
from auditor.sandbox.northwind.servers import SIGN_IN


@flaw("OAM527")
def page_that_moved(company: Company) -> None:
    """The idea box moved to an address of its own, which nobody told Okta to trust."""
    app = company.app(
        "idea-box",
        "browser",
        "none",
        redirects=["https://ideas.northwind.example/signed-in"],
        groups=["Support"],
    )
    oauth(app)["post_logout_redirect_uris"] = ["https://ideas.northwind.example/"]
    let_browse(company, "idea-box")


@flaw("OAM528", also=["OAM503", "OAM505"])
def proof_that_is_never_sent(company: Company) -> None:
    """The price list was to use bound tokens, and kept the grant that cannot bind them."""
    redirect = "https://prices.northwind.example/"
    app = company.browser_app("price-list", redirect, grants=[CODE, IMPLICIT], groups=["Sales"])
    oauth(app)["response_types"] = ["code", "token"]
    oauth(app)["dpop_bound_access_tokens"] = True
    prices = company.at("Parts Catalog").policy("Prices", clients=["price-list"])
    prices.rule("Browse", [CODE], [*SIGN_IN, "catalog:browse"])


@flaw("OAM532")
def code_for_a_portal(company: Company) -> None:
    """The supplier portal was copied from an app for handhelds, device codes and all."""
    redirect = "https://suppliers.northwind.example/callback"
    grants = [CODE, DEVICE]
    company.web_app("supplier-portal", redirect, grants=grants, groups=["Partner managers"])
    suppliers = company.at("Parts Catalog").policy("Suppliers", clients=["supplier-portal"])
    suppliers.rule("Browse", grants, [*SIGN_IN, "catalog:browse"])


@flaw("OAM534")
def no_way_out(company: Company) -> None:
    """Whoever signs out of the suggestion form is shown an error page."""
    redirect = "https://suggestions.northwind.example/callback"
    app = company.web_app("suggestion-form", redirect, groups=["Support"])
    oauth(app)["post_logout_redirect_uris"] = []
    let_browse(company, "suggestion-form")


@flaw("OAM536")
def nobody_to_ask(company: Company) -> None:
    """The call centre was to have calls approved on a phone; the app for that never came."""
    redirect = "https://calls.northwind.example/callback"
    grants = [CODE, BACKCHANNEL]
    company.web_app("call-centre", redirect, grants=grants, groups=["Support"])
    calls = company.at("Parts Catalog").policy("Call centre", clients=["call-centre"])
    calls.rule("Browse", grants, [*SIGN_IN, "catalog:browse"])
