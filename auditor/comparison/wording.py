"""Words that the text and the Markdown share, made of the result's values."""

from __future__ import annotations

from auditor.comparison.result import (
    AccessChange,
    ClientPart,
    DiffResult,
    LifetimeChange,
    RuleLifetimes,
    RuleRef,
    Totals,
)
from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.lint.reported_finding import ObjectRef
from auditor.text import counted, duration, listed, one_line, quoted
from auditor.tokens.request import ORG_SERVER

_SCOPES = 6


def headline(result: DiffResult) -> str:
    """The answer in a sentence or two."""
    parts = [
        _gained_or_lost(result.gained, result.gained_total, "gained"),
        _gained_or_lost(result.lost, result.lost_total, "lost"),
    ]
    if result.lifetimes:
        parts.append(f"Token lifetimes changed for {_who(result.lifetimes_total)}")
    if not (result.gained or result.lost or result.lifetimes):
        parts = ["Nobody gained or lost access to a scope, and no token lifetime changed"]
        if not result.complete:
            parts = ["As far as could be compared, nobody gained or lost anything"]
    if not result.complete:
        accepted = "" if result.unaccepted else ", which is accepted"
        parts.append(f"{counted(len(result.uncompared), 'thing')} could not be compared{accepted}")
    return f"{'. '.join(parts)}."


def carried_over_notes(result: DiffResult) -> list[str]:
    """What of each side was read before it was captured, so that no change in it is no proof."""
    sides = {"OLD": result.old.carried_over, "NEW": result.new.carried_over}
    return [f"Note on {name}: {words}" for name, words in sides.items() if words]


def _gained_or_lost(changes: tuple[AccessChange, ...], total: Totals, verb: str) -> str:
    if not changes:
        return f"Nobody {verb} anything"
    largest = max(changes, key=lambda item: (item.people or 0, len(item.clients)))
    scopes = scopes_words(largest.scopes)
    who = _who(total)
    if len(changes) == 1:
        return f"{who} {verb} {scopes}{through(largest.rule)}"
    some = _people(largest.people) if largest.people else counted(len(largest.clients), "client")
    return f"{who} {verb} access, among them {some} {scopes}{through(largest.rule)}"


def _who(total: Totals) -> str:
    clients = counted(total.clients, "client")
    return f"{_people(total.people)} through {clients}" if total.people else clients


def _people(number: int) -> str:
    return counted(number, "person", "people")


def through(rule: RuleRef | None) -> str:
    """By which rule."""
    return f" through rule {quoted(rule.rule.name)}" if rule else ""


def server_words(server: ObjectRef) -> str:
    """How a heading calls a server."""
    if server.id == ORG_SERVER:
        return "org authorization server"
    return f"authorization server {quoted(server.name)}"


def whom(item: AccessChange | LifetimeChange) -> str:
    """`312 people` or `2 clients without users`."""
    if item.people is None:
        return f"{counted(len(item.clients), 'client')} without a user"
    return _people(item.people)


def scopes_words(scopes: tuple[str, ...]) -> str:
    """Some of the scopes."""
    return listed(map(one_line, scopes), most=_SCOPES)


def clients_words(clients: tuple[ClientPart, ...]) -> str:
    """Some of the clients, with how many there are and by which grant types."""
    names = listed((quoted(part.client.name) for part in clients), most=4)
    grants = sorted({grant for part in clients for grant in part.grants})
    by = listed(map(one_line, grants), most=3)
    return f"{counted(len(clients), 'client')}: {names} ({by})"


def rules_lifetimes_words(lifetimes_by_rule: tuple[RuleLifetimes, ...]) -> str:
    """TokenLifetimes by rule."""
    return " or ".join(
        f"{lifetimes_words(item.lifetimes)}{through(item.rule)}" for item in lifetimes_by_rule
    )


def lifetimes_words(lifetimes: TokenLifetimes) -> str:
    """`access 1 hour, refresh unlimited, ends when unused for 7 days`."""
    access = "not set" if lifetimes.access is None else duration(lifetimes.access)
    parts = [f"access {access}"]
    if lifetimes.refresh_token:
        refresh = lifetimes.refresh
        shown = "not set" if refresh is None else (duration(refresh) if refresh else "unlimited")
        parts.append(f"refresh {shown}")
        if lifetimes.window:
            parts.append(f"ends when unused for {duration(lifetimes.window)}")
    else:
        parts.append("no refresh token")
    return ", ".join(parts)
