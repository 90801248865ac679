"""Mistakes with the rules of access policies (OAM3)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import ANY_CLIENT, Company
from auditor.sandbox.northwind.flaws.flaw import flaw, pilot
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.org import add_hook
from auditor.sandbox.northwind.records import CODE, IMPLICIT, MACHINE, PASSWORD
from auditor.sandbox.northwind.servers import SIGN_IN, STAY


@flaw("OAM301")
def scopes_to_follow(company: Company) -> None:
    """Terraform applied the stocktaking rule before anybody had written down its scopes."""
    handhelds = company.at("Warehouse").find_policy("Handhelds")
    handhelds.rule("Stocktaking", [CODE], [])


@flaw("OAM302")
def scope_renamed(company: Company) -> None:
    """A scope was renamed on the server, and its old name lives on in a rule."""
    machines = company.at("Warehouse").find_policy("Machines")
    machines.rule("Reserve", [MACHINE], ["stock:read", "stock:move", "stock:reserve"])


@flaw("OAM303", also=["OAM201"])
def hackathon(company: Company) -> None:
    """The hackathon of 2023 needed everything at once, and was never cleaned up."""
    server = company.server(
        "Hackathon 2023", "https://hackathon.northwind.example", {"arm:wave": "Wave the big arm."}
    )
    anything = server.policy("Anything goes", clients=[ANY_CLIENT])
    anything.rule("Go", [CODE], ["*"])


@flaw("OAM304")
def page_without_a_build(company: Company) -> None:
    """A page from before the bundler still reads its token from the address bar."""
    readers = company.at("Parts Catalog").find_policy("Readers")
    readers.rule("The old page", [IMPLICIT], ["openid", "catalog:browse"])


@flaw("OAM305")
def scanners_without_a_browser(company: Company) -> None:
    """The scanners of 2016 have no browser, so they ask for passwords themselves."""
    handhelds = company.at("Warehouse").find_policy("Handhelds")
    handhelds.rule("Scanners", [PASSWORD], ["openid", "stock:read"])


@flaw("OAM306")
def groups_that_left(company: Company) -> None:
    """One group was deleted in a reorganisation; the interns of the other went home."""
    watching = company.at("Fleet Telemetry").find_policy("Watching")
    scopes = [*SIGN_IN, "telemetry:read"]
    night = watching.rule("Night watch", [CODE], scopes, first=True)
    night["conditions"]["people"]["groups"]["include"] = [made_id("00g", "Night watch")]
    company.group("Summer interns")
    watching.rule("Interns", [CODE], scopes, groups=["Summer interns"], first=True)


@flaw("OAM307")
def suspended_tester(company: Company) -> None:
    """Quentin was to test the new dashboard, and has been suspended since the party."""
    watching = company.at("Fleet Telemetry").find_policy("Watching")
    scopes = [*SIGN_IN, "telemetry:read"]
    watching.rule("Testers", [CODE], scopes, groups=[], users=["oscar", "quentin"], first=True)


@flaw("OAM308")
def two_rules_at_once(company: Company) -> None:
    """Two people added a rule in the same minute, with the same script."""
    lockers = pilot(company, "Depot Lockers")
    users = lockers.find_policy("Pilot users")
    scopes = ["openid", "email", "depot-lockers:use"]
    users.rule("Open", [CODE], scopes, access=15)["priority"] = 1


@flaw("OAM309")
def guards_may_do_anything(company: Company) -> None:
    """The guards' app may ask for any scope, and then somebody added one for the vault."""
    scopes = {"doors:open": "Open doors.", "doors:admin": "Decide who may open doors."}
    guards = pilot(company, "Site Security", scopes=scopes).find_policy("Pilot users")
    guards.find_rule("Try it")["conditions"]["scopes"]["include"] = ["*"]


@flaw("OAM310")
def machines_in_a_group(company: Company) -> None:
    """Somebody limited the partners' nightly batch to partner managers: no machine is one."""
    partners = company.at("Partner Gateway").find_policy("Partners")
    scopes = ["partner.stock:view"]
    partners.rule("Nightly batch", [MACHINE], scopes, groups=["Partner managers"])


@flaw("OAM311")
def machine_with_a_profile(company: Company) -> None:
    """A machine was to sign in like everybody else, with a profile."""
    machines = company.at("Orders").find_policy("Machines")
    machines.rule("Who am I", [MACHINE], ["openid", "profile"])


@flaw("OAM312")
def read_or_write(company: Company) -> None:
    """Writers at the checkout lost the right to read in a tidy-up; checkout-web asks for both."""
    writers = company.at("Payments").find_policy("Checkout").find_rule("Writers")
    writers["conditions"]["scopes"]["include"].remove("payments:read")


@flaw("OAM313")
def hook_in_the_air(company: Company) -> None:
    """Bonuses get their limit from a hook that is off, and gifts from one that is gone."""
    off = add_hook(company, "Bonus limit")
    off["status"] = "INACTIVE"
    for label, hook in {"bonus-run": off["id"], "gift-run": made_id("cal", "Gift limit")}.items():
        company.service_app(label)
        policy = company.at("People").policy(label, clients=[label])
        run = policy.rule("Once a year", [MACHINE], ["payroll:export"], access=5)
        run["actions"]["token"]["inlineHook"] = {"id": hook}


@flaw("OAM314")
def nobody_in_particular(company: Company) -> None:
    """A rule for the sales team was saved before the team was chosen."""
    portals = company.at("Orders").find_policy("Portals")
    portals.rule("Returns", [CODE], [*STAY, "orders:read"], groups=[])


@flaw("OAM315")
def one_rule_for_all(company: Company) -> None:
    """The drone shop's portal and its nightly script share one rule, being one team."""
    company.service_app("drone-script")
    shop = company.at("Orders").policy("Drone shop", clients=["drone-script", "orders-portal"])
    shop.rule("All of us", [CODE, MACHINE], ["openid", "orders:read"])


@flaw("OAM316")
def shut_out_in_vain(company: Company) -> None:
    """Partner managers were shut out of the price list, by the first of its two rules."""
    prices = pilot(company, "Price List")
    rule = prices.find_policy("Pilot users").find_rule("Try it")
    sales = company.group_id("Sales")
    rule["conditions"]["people"]["groups"]["exclude"] = [sales]
    later = prices.policy("Stragglers", clients=["orders-portal", "support-desk"])
    later.rule("Look up", [CODE], [*SIGN_IN, "price-list:use"])


@flaw("OAM317")
def one_phone_many_apps(company: Company) -> None:
    """Apps on the forklifts were to share a sign-in; two of the three scopes were forgotten."""
    handhelds = company.at("Warehouse").find_policy("Handhelds")
    handhelds.rule("Share a sign-in", [CODE], ["openid", "device_sso"])


@flaw("OAM318")
def a_shorter_life_in_vain(company: Company) -> None:
    """After an incident tokens for packing lists were cut to five minutes, in the wrong place."""
    packing = pilot(company, "Packing Lists")
    users = packing.find_policy("Pilot users")
    users.rule("Five minutes", [CODE], ["openid", "packing-lists:use"], access=5)
