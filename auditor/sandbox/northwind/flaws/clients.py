"""Mistakes with OAuth clients (OAM5)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import credentials, flaw, let_browse, oauth
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import (
    CODE,
    DEVICE,
    EXCHANGE,
    IMPLICIT,
    MACHINE,
    PASSWORD,
    REFRESH,
)
from auditor.sandbox.northwind.servers import SIGN_IN, STAY


@flaw("OAM501")
def badge_printer(company: Company) -> None:
    """The badge printer was registered, and then the project lost its budget."""
    company.service_app("badge-printer")


@flaw("OAM502")
def wiki(company: Company) -> None:
    """The old wiki signs people in with an implicit ID token, and no policy knows it."""
    redirect = "https://wiki.northwind.example/"
    app = company.browser_app("wiki", redirect, grants=[IMPLICIT], groups=["Support"])
    oauth(app)["response_types"] = ["id_token"]


@flaw("OAM503")
def showroom_display(company: Company) -> None:
    """The display in the showroom has no keyboard, and no rule for devices without one."""
    company.native_app(
        "showroom-display",
        "http://localhost/callback",
        grants=[CODE, DEVICE, REFRESH],
        groups=["Sales"],
    )
    let_browse(company, "showroom-display")


@flaw("OAM504", also=["OAM310"])
def night_porter(company: Company) -> None:
    """The night porter is a script, but its rule is for the people who wrote it."""
    company.service_app("night-porter")
    porter = company.at("Warehouse").policy("Night porter", clients=["night-porter"])
    porter.rule("Rounds", [MACHINE], ["stock:read"], groups=["Platform engineering"])


@flaw("OAM505", also=["OAM503"])
def stock_ticker(company: Company) -> None:
    """The stock ticker moved to authorization codes and kept its old grant, just in case."""
    app = company.browser_app(
        "stock-ticker",
        "https://ticker.northwind.example/",
        grants=[CODE, IMPLICIT, REFRESH],
        groups=["Sales"],
    )
    oauth(app)["response_types"].append("token")
    let_browse(company, "stock-ticker")


@flaw("OAM506", also=["OAM503"])
def scanner_from_2016(company: Company) -> None:
    """The scanners from 2016 type their users' passwords for them."""
    company.native_app(
        "scanner-2016",
        "example.northwind.scanner:/callback",
        grants=[CODE, PASSWORD, REFRESH],
        groups=["Warehouse"],
    )
    let_browse(company, "scanner-2016")


@flaw("OAM507")
def price_calculator(company: Company) -> None:
    """The price calculator's library knew no PKCE in 2019, and nobody has looked since."""
    for label in ("price-calculator", "spare-part-finder"):
        app = company.app(
            label,
            "native",
            "client_secret_post",
            redirects=[f"example.northwind.{label}:/callback"],
            grants=[CODE, REFRESH],
            groups=["Sales"],
        )
        credentials(app)["pkce_required"] = False
        let_browse(company, label)


@flaw("OAM508")
def preview_builds(company: Company) -> None:
    """Every branch gets a preview of its own, so any subdomain will do."""
    redirect = "https://*.preview.northwind.example/callback"
    app = company.web_app("preview-builds", redirect, groups=["Platform engineering"])
    oauth(app)["wildcard_redirect"] = "SUBDOMAIN"
    let_browse(company, "preview-builds")


@flaw("OAM509")
def old_intranet(company: Company) -> None:
    """The intranet is as old as the company and has no certificate."""
    redirect = "http://intranet.northwind.example/callback"
    app = company.web_app("old-intranet", redirect, groups=["Support"])
    oauth(app)["post_logout_redirect_uris"] = ["http://intranet.northwind.example/"]
    let_browse(company, "old-intranet")


@flaw("OAM510")
def robot_remote(company: Company) -> None:
    """Rotating refresh tokens logged the technicians out in lifts, so it was turned off."""
    redirect = "example.northwind.remote:/callback"
    app = company.native_app("robot-remote", redirect, groups=["Field technicians"])
    oauth(app)["refresh_token"]["rotation_type"] = "STATIC"
    let_browse(company, "robot-remote")


@flaw("OAM511")
def weather_station(company: Company) -> None:
    """The weather station's key was taken away after a leak, and no new one came."""
    app = company.service_app("weather-station")
    oauth(app)["jwks"]["keys"].clear()
    company.lists[f"/api/v1/apps/{app['id']}/credentials/jwks"].clear()
    station = company.at("Fleet Telemetry").policy("Weather", clients=["weather-station"])
    station.rule("Report", [MACHINE], ["telemetry:publish"])


@flaw("OAM512")
def parcel_tracker(company: Company) -> None:
    """The parcel tracker and the label printer share a secret with Okta, and with e-mail."""
    labels = ["parcel-tracker", "label-printer"]
    for label in labels:
        company.app(label, "service", "client_secret_basic", grants=[MACHINE])
    parcels = company.at("Orders").policy("Parcels", clients=labels)
    parcels.rule("Track", [MACHINE], ["orders:read"])


@flaw("OAM513")
def secret_in_the_page(company: Company) -> None:
    """A single-page app was given a secret, which is in its page source."""
    redirect = "https://feedback.northwind.example/"
    app = company.browser_app("feedback-form", redirect, groups=["Support"])
    method = "client_secret_post"
    credentials(app)["token_endpoint_auth_method"] = method
    let_browse(company, "feedback-form")


@flaw("OAM514")
def travel_expenses(company: Company) -> None:
    """Two web apps from one template were registered before it asked for PKCE."""
    for label in ("travel-expenses", "meeting-rooms"):
        redirect = f"https://{label}.northwind.example/callback"
        app = company.web_app(label, redirect, groups=["Leadership"])
        credentials(app)["pkce_required"] = False
        let_browse(company, label)


@flaw("OAM515")
def office_that_moved(company: Company) -> None:
    """The visitors' register may only be used in an office that was given up in 2022."""
    redirect = "https://visitors.northwind.example/callback"
    app = company.web_app("visitors-register", redirect, groups=["People team"])
    gone = made_id("nzo", "Odense office")
    oauth(app)["network"] = {"connection": "ZONE", "include": [gone], "exclude": []}
    let_browse(company, "visitors-register")


@flaw("OAM516")
def partner_federation(company: Company) -> None:
    """Partners bring their own people, so assigning anybody was skipped altogether."""
    redirect = "https://training.northwind.example/callback"
    app = company.web_app("partner-training", redirect, grants=[CODE])
    app["settings"]["implicitAssignment"] = True
    policy = company.at("Parts Catalog").policy("Training", clients=["partner-training"])
    policy.rule("Learn", [CODE], [*SIGN_IN, "catalog:browse"])


@flaw("OAM521")
def through_the_tunnel(company: Company) -> None:
    """The train scheduler loses its connection in tunnels, so old refresh tokens live on."""
    redirect = "https://trains.northwind.example/"
    app = company.browser_app("train-scheduler", redirect, groups=["Sales"])
    oauth(app)["refresh_token"]["leeway"] = 60
    let_browse(company, "train-scheduler")


@flaw("OAM522")
def key_in_the_firmware(company: Company) -> None:
    """The coffee machine's screen has Okta's key in its firmware, so it must never change."""
    redirect = "https://coffee.northwind.example/callback"
    app = company.web_app("coffee-screen", redirect, groups=["Support"])
    credentials(app)["autoKeyRotation"] = False
    let_browse(company, "coffee-screen")


@flaw("OAM517")
def no_way_to_stay(company: Company) -> None:
    """The shift planner may use refresh tokens; its rule was copied from one that may not."""
    redirect = "https://shifts.northwind.example/callback"
    company.web_app("shift-planner", redirect, groups=["Warehouse shift leads"])
    shifts = company.at("Parts Catalog").policy("Shifts", clients=["shift-planner"])
    shifts.rule("Plan", [CODE], [*SIGN_IN, "catalog:browse"])


@flaw("OAM518")
def stays_by_itself(company: Company) -> None:
    """The signage screens ask to stay signed in, and were never allowed refresh tokens."""
    redirect = "https://signage.northwind.example/callback"
    company.web_app("signage", redirect, grants=[CODE], groups=["Support"])
    let_browse(company, "signage")


@flaw("OAM520")
def a_grant_for_nobody(company: Company) -> None:
    """The film crew's rule still allows device codes, for cameras that were sent back."""
    redirect = "https://film.northwind.example/callback"
    company.web_app("film-crew", redirect, groups=["Sales"])
    film = company.at("Parts Catalog").policy("Film crew", clients=["film-crew"])
    film.rule("Browse", [CODE, DEVICE], [*STAY, "catalog:browse"])


@flaw("OAM524")
def delete_from_the_browser(company: Company) -> None:
    """Pictures of parts are deleted from a page in the browser, with a bearer token."""
    redirect = "https://pictures.northwind.example/"
    company.browser_app("part-pictures", redirect, grants=[CODE], groups=["Sales"])
    scopes = {"pictures:view": "See pictures.", "pictures:delete": "Delete pictures."}
    pictures = company.server("Pictures", "https://api.northwind.example/pictures", scopes)
    editors = pictures.policy("Editors", clients=["part-pictures"])
    editors.rule("Tidy up", [CODE], [*SIGN_IN, *scopes])


@flaw("OAM526")
def helpful_agent(company: Company) -> None:
    """The shopping agent trades its users' tokens for ones that may write anything."""
    company.service_app("shopping-agent", grants=[EXCHANGE])
    scopes = {"baskets:read": "See baskets.", "baskets:write": "Fill baskets."}
    baskets = company.server("Baskets", "https://api.northwind.example/baskets", scopes)
    agents = baskets.policy("Agents", clients=["shopping-agent"])
    agents.rule("On behalf of users", [EXCHANGE], list(scopes), access=5)
    baskets.trust("Orders")
