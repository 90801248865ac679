"""How a flaw is declared, and a few things to plant one on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

from auditor.sandbox.northwind.company import Company, Server
from auditor.sandbox.northwind.records import CODE, Json
from auditor.sandbox.northwind.servers import SIGN_IN, STAY

Plant = Callable[[Company], None]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake that somebody at Northwind Robotics made."""

    code: str
    """The rule that finds it."""

    story: str
    """How it came about, in a sentence."""

    plant: Plant
    """Makes it, in a company that is sound otherwise."""

    also: tuple[str, ...] = ()
    """Codes of rules that cannot but find something in it, too."""


def flaw(code: str, *, also: Iterable[str] = ()) -> Callable[[Plant], Flaw]:
    """Make a flaw of a function, whose docstring is the story.

    Args:
        code: the rule that finds it.
        also: codes of rules that cannot but find something in it, too.
    """

    def declare(plant: Plant) -> Flaw:
        story = inspect.cleandoc(plant.__doc__ or "")
        return Flaw(code, story, plant, tuple(also))

    return declare


def table(modules: Iterable[ModuleType]) -> Mapping[str, Flaw]:
    """The flaws that modules declare, by code."""
    found = [
        value for module in modules for value in vars(module).values() if isinstance(value, Flaw)
    ]
    return {item.code: item for item in sorted(found, key=lambda item: item.code)}


def pilot(
    company: Company, name: str, *, audience: str = "", scopes: Mapping[str, str] | None = None
) -> Server:
    """Add a small, sound authorization server to plant a flaw on.

    Args:
        company: where.
        name: its name.
        audience: its audience; by default one of its own.
        scopes: its scopes, all of which its one rule allows; by default one.
    """
    slug = name.lower().replace(" ", "-")
    scopes = scopes or {f"{slug}:use": f"Use {name}."}
    server = company.server(name, audience or f"https://api.northwind.example/{slug}", scopes)
    users = server.policy("Pilot users", clients=["orders-portal"])
    users.rule("Try it", [CODE], [*SIGN_IN, *scopes])
    return server


def let_browse(company: Company, label: str) -> None:
    """Cover a client with a sound policy, so that nothing but its flaw is wrong with it."""
    policy = company.at("Parts Catalog").policy(label, clients=[label])
    policy.rule("Browse", [CODE], [*STAY, "catalog:browse"])


def oauth(app: Json) -> Json:
    """The OAuth settings of an app."""
    settings: Json = app["settings"]["oauthClient"]
    return settings


def credentials(app: Json) -> Json:
    """The OAuth credentials of an app."""
    found: Json = app["credentials"]["oauthClient"]
    return found
