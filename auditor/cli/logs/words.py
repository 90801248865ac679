"""Words for groups of failed requests: times, objects, changes, what a snapshot says of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.system_log.decisions import Agreement, Outcomes
from auditor.system_log.event_types import PEOPLE
from auditor.system_log.explanations import ExplainedGroup
from auditor.system_log.groups import Change
from auditor.system_log.situations import UndecidedReason
from auditor.text import counted, listed, quoted
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.steps import PolicyStep, RuleStep
from auditor.tokens.wording.steps import step_words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = timedelta(hours=1)

_UNKNOWN = {
    UndecidedReason.NO_SERVER: "The events do not name the authorization server.",
    UndecidedReason.SERVER: "The snapshot does not have this authorization server.",
    UndecidedReason.SERVERS_UNREAD: "The authorization servers were not read into the snapshot.",
    UndecidedReason.AMBIGUOUS_SERVER: "Several authorization servers have this name, and the "
    "events do not give the id.",
    UndecidedReason.NO_CLIENT: "The events do not name the client.",
    UndecidedReason.CLIENT: "The snapshot does not have this client.",
    UndecidedReason.CLIENTS_UNREAD: "The clients were not read into the snapshot.",
    UndecidedReason.NO_GRANT: "The events do not tell the grant type.",
    UndecidedReason.GRANT: "The grant type is none that Okta's documents name.",
    UndecidedReason.SCOPES: "The events do not tell which scopes were asked for.",
    UndecidedReason.USER: "The snapshot has no such user: deprovisioned, deleted, created later, "
    "or replaced in a redacted log.",
}


def day_and_time(moment: datetime) -> str:
    """A moment in UTC, to the minute: `Tuesday 2026-11-24 14:05`."""
    return f"{_DAYS[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"


def between(earlier: datetime, later: datetime) -> str:
    """How long it is from one moment to another: `2 minutes`, `3 hours`, `5 days`."""
    seconds = int((later - earlier).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(seconds // size, unit)
    return counted(seconds, "second")


def server_words(group: ExplainedGroup) -> str:
    """The authorization server of a group."""
    key = group.group.key
    if key.server == ORG_SERVER:
        return "the org authorization server"
    return _named(group.server, key.server_name or key.server, "authorization server")


def client_words(group: ExplainedGroup) -> str:
    """The client of a group."""
    return _named(group.client, group.group.key.client, "client")


def _named(record: AuthorizationServer | App | None, name: str, noun: str) -> str:
    title = record.title if record else name
    return f"{noun} {quoted(title)}" if title else f"an unknown {noun}"


def scope_words(scopes: frozenset[str] | None) -> str:
    """The scopes of a group."""
    if scopes is None:
        return "scopes not told"
    if not scopes:
        return "no scopes named"
    return "scopes " + listed(map(quoted, sorted(scopes)), most=6)


def people_words(org: Org | None, number: int, first: list[str]) -> str:
    """How many people, and who the first few are.

    Args:
        org: the snapshot; None if there is none.
        number: of people.
        first: ids of the first few, or logins where the log has no id.
    """
    names = listed((quoted(login(org, user)) for user in first), most=3)
    more = f" and {number - len(first):,} more" if number > len(first) else ""
    return f"{counted(number, 'person', 'people')}: {names}{more}"


def login(org: Org | None, user: str) -> str:
    """The login of a user; the id where the snapshot does not have it."""
    known = org.user(user) if org is not None and org.known("users") else None
    return known.title if known else user


def change_words(org: Org | None, change: Change) -> str:
    """A change: what was done to what, by whom, when."""
    targets = [target for target in change.targets if target.type not in PEOPLE]
    shown = targets or list(change.targets)
    names = listed((quoted(target.name or target.id) for target in shown), most=2)
    fields = f" ({listed(map(quoted, change.fields))})" if change.fields else ""
    who = change.actor_name or (login(org, change.actor) if change.actor else "")
    by = f" by {quoted(who)}" if who else ""
    kind = quoted(change.type).strip('"')
    return f"{kind} of {names}{fields}{by} on {day_and_time(change.at)}"


def before_words(org: Org | None, group: ExplainedGroup) -> str | None:
    """The change before the first request, which is not said to be the cause."""
    if group.before is None:
        return None
    first = group.group.first
    ago = between(group.before.at, first)
    near = "Shortly before the first" if first - group.before.at <= _HOUR else "Last change before"
    return f"{near}: {change_words(org, group.before)}, {ago} earlier."


def outcome_words(outcome: Outcomes, reason: str) -> str:
    """What the snapshot says of requests, held against the log.

    Args:
        outcome: of the requests.
        reason: `outcome.reason` of the events; may be empty.
    """
    if outcome.unknown is not None:
        return _UNKNOWN[outcome.unknown]
    confirmed = outcome.agreement is Agreement.CONFIRMED
    if reason.startswith("illegal_redirect_uri") and not confirmed:
        return (
            "The reason tells it: the redirect URI that was sent is none of the client's. The log "
            "does not keep it; okta-auditor diagnose --redirect-uri compares it with them."
        )
    if outcome.agreement in _REJECTED:
        return _rejected(outcome, reason)
    missing = outcome.decision.missing if outcome.decision else None
    if outcome.agreement is Agreement.INDETERMINATE and missing is not None:
        return f"The snapshot does not tell: it depends on {missing.text}."
    if outcome.agreement is Agreement.MINTED:
        return (
            "The snapshot gives the token, so configuration does not explain it: the request "
            "was another, the configuration was changed in between, or a code, a refresh "
            "token, a secret or a clock was at fault."
        )
    return "Not decided: of so many people only those with the most requests are."


def _rejected(outcome: Outcomes, reason: str) -> str:
    stop = _stop(outcome)
    if outcome.agreement is Agreement.CONFIRMED:
        return f"The snapshot rejects them for this reason: {stop}."
    if outcome.agreement is Agreement.OTHER_REASON:
        expected = quoted(outcome.decision.reason or "") if outcome.decision else ""
        return (
            f"The snapshot rejects them for another reason: {stop}. The log would say {expected}, "
            "so this does not explain it."
        )
    if not reason:
        return f"The snapshot rejects them: {stop}. The events give no reason."
    return (
        f"The snapshot rejects them: {stop}. Which reason the log gives for that is not published."
    )


def stop_words(outcome: Outcomes) -> str | None:
    """The rule, the policy or the check at which requests stop; None if they do not."""
    return _stop(outcome) if outcome.agreement in _REJECTED else None


_REJECTED = {Agreement.CONFIRMED, Agreement.OTHER_REASON, Agreement.REASON_NOT_PUBLISHED}


def _stop(outcome: Outcomes) -> str:
    return _stop_words(outcome).removesuffix(".")


def _stop_words(outcome: Outcomes) -> str:
    steps, stop = outcome.steps, outcome.stop
    assert steps is not None
    if stop is None:
        return "no access policy is for this client"
    words = step_words(steps, stop)
    match stop:
        case RuleStep():
            policy = quoted(stop.candidate.policy.title)
            rules = sum(isinstance(step, RuleStep) for step in steps.steps)
            nearest = "" if rules == 1 else "no rule matches; nearest is "
            return f"{nearest}{words} (policy {policy})"
        case PolicyStep():
            return f"{words}, but none of its rules is active"
        case _:
            return words


def at_rule(group: ExplainedGroup) -> str:
    """At which rule all requests of a group stop, to end a heading; empty if there is no such one.

    Where several rules could match, it is the one that comes nearest.
    """
    rules, alone = set(), True
    for outcome in group.outcomes:
        stop, steps = outcome.stop, outcome.steps
        rule = stop.candidate.rule if isinstance(stop, RuleStep) else None
        if outcome.agreement is not Agreement.CONFIRMED or rule is None or steps is None:
            return ""
        rules.add((rule.id, rule.title))
        alone = alone and sum(isinstance(step, RuleStep) for step in steps.steps) == 1
    if len(rules) != 1:
        return ""
    every = "all " if group.group.count > 1 else ""
    where = "at" if alone else "nearest to"
    return f", {every}{where} rule {quoted(rules.pop()[1])}"
