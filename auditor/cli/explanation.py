"""One decision as text and as JSON: the answer, the steps that led to it, and advice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click

from auditor.cli.reader import columns
from auditor.cli.token_requests import unread
from auditor.snapshot.org import Org
from auditor.text import counted, duration, fitted, listed, one_line, quoted
from auditor.tokens.advice.search import Advice
from auditor.tokens.answers import reason_filter
from auditor.tokens.checks import StepKind, Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.decision import Decision
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    BROWSER_GRANTS,
    JWT_BEARER,
    USERLESS_GRANTS,
)
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.wording.steps import explained_steps, step_words

_MARKS = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.SKIPPED: "-",
}
_COLOURS = {
    Outcome.MINTED: "green",
    Outcome.REJECTED: "red",
    Outcome.INDETERMINATE: "yellow",
}
_SKIPPED_SHOWN = 3
"""Policies in a row that take no part and are shown one by one."""

_EVALUATED_ONCE = (
    "The policy is evaluated once, at sign-in: later changes do not affect codes already issued."
)


def as_text(
    org: Org, explanation: DecisionSteps, advice: tuple[Advice, ...], *, coloured: bool = True
) -> str:
    """The explanation as lines that fit the terminal; only its first word has a colour.

    Args:
        org: the org that decided.
        explanation: the decision with its steps.
        advice: what would let a rejected request pass.
        coloured: whether the first word has the escape sequences of its colour.
    """
    outcome = explanation.decision.outcome
    answer = {
        Outcome.MINTED: _minted,
        Outcome.REJECTED: _rejected,
        Outcome.INDETERMINATE: _indeterminate,
    }[outcome]
    first, *others = (one_line(line) for line in answer(explanation))
    answered = _fitting(f"{outcome.name}  {first}").removeprefix(outcome.name)
    word = outcome.name
    if coloured:
        word = click.style(word, fg=_COLOURS[outcome], bold=True)
    rest = [_fitting(one_line(line)) for line in _below(org, explanation, advice)]
    return "\n".join([f"{word}{answered}", *others, *rest])


def _fitting(line: str) -> str:
    return "\n".join(fitted(line, columns()))


def as_document(org: Org, explanation: DecisionSteps, advice: tuple[Advice, ...]) -> dict[str, Any]:
    """The explanation as a JSON value; key names are part of the contract."""
    request, decision = explanation.request, explanation.decision
    return {
        **decision.as_json(),
        "system_log_filter": _log_filter(request, decision),
        "request": _request(org, request),
        "trace": [step.as_json() for step in explained_steps(explanation)],
        "advice": [way.as_json() for way in advice],
    }


def _below(org: Org, explanation: DecisionSteps, advice: tuple[Advice, ...]) -> Iterator[str]:
    request, decision = explanation.request, explanation.decision
    yield from (f"Note: {caveat.text}" for caveat in decision.caveats)
    if request.user is not None and request.grant in USERLESS_GRANTS:
        yield f"Note: {request.grant} has no user; the one named plays no part."
    yield from ("", *_trace(explanation))
    if advice:
        *ways, last = (f"  · {way.text}" for way in advice)
        yield from ("", "It would pass if either" if ways else "It would pass if")
        yield from (*(f"{way}, or" for way in ways), last)
    if decision.outcome is Outcome.INDETERMINATE:
        if request.user is None and request.grant not in USERLESS_GRANTS:
            yield from ("", "Name a user: --user LOGIN")
        if _lacks_assertion_scopes(decision, request):
            yield from ("", "Name what the assertion carries: --assertion-scope SCOPE")
        missing = decision.missing.kind if decision.missing else None
        agents = ("agent_connections",) if missing is MissingFactKind.AGENT_CONNECTIONS else ()
        sentences = unread(org, *agents)
        yield from ["", *sentences] if sentences else []
    if request.grant == AUTHORIZATION_CODE and request.server != ORG_SERVER:
        yield from ("", _EVALUATED_ONCE)


def _lacks_assertion_scopes(decision: Decision, request: TokenRequest) -> bool:
    missing = decision.missing and decision.missing.kind
    return missing is MissingFactKind.SCOPES_OF_ASSERTION and request.grant == JWT_BEARER


def _minted(explanation: DecisionSteps) -> list[str]:
    request, decision = explanation.request, explanation.decision
    by = "the org authorization server"
    if decision.rule and decision.policy:
        by = f"rule {quoted(decision.rule.title)} of policy {quoted(decision.policy.title)}"
    rows = {
        "scopes": listed(decision.granted_scopes, most=20),
        "access token": _access_token(explanation),
        "refresh token": _refresh(decision),
    }
    if decision.audience is not None:
        rows["audience"] = decision.audience
    if request.scopes and (left := request.scopes - set(decision.granted_scopes)):
        rows["left out"] = listed(sorted(left))
    if decision.id_token_minutes is not None:
        rows["ID token"] = _lifetime(decision.id_token_minutes)
    return [f"by {by}", *(f"        {name:14} {text}" for name, text in rows.items())]


def _lifetime(minutes: int | None) -> str:
    return "not known" if minutes is None else duration(minutes)


def _access_token(explanation: DecisionSteps) -> str:
    if not explanation.situation.asked(explanation.request).access_token:
        return "none"
    return _lifetime(explanation.decision.access_token_minutes)


def _refresh(decision: Decision) -> str:
    if decision.refresh_token is None:
        return "not known"
    if not decision.refresh_token:
        return "none"
    minutes, window = decision.refresh_token_minutes, decision.refresh_window_minutes
    lifetime = "unlimited" if minutes == 0 else _lifetime(minutes)
    return f"{lifetime}, ends when unused for {duration(window)}" if window else lifetime


def _rejected(explanation: DecisionSteps) -> list[str]:
    request, decision = explanation.request, explanation.decision
    words = ": ".join(filter(None, [decision.error, decision.error_description]))
    if not words:
        why = step_words(explanation, explanation.steps[-1])
        words = f"{why} (no source gives Okta's words for it)"
    log_filter = _log_filter(request, decision)
    return [words, *([f"          System Log: {log_filter}"] if log_filter else [])]


def _indeterminate(explanation: DecisionSteps) -> list[str]:
    missing = explanation.decision.missing
    assert missing is not None
    return [f"not known: {missing.text}"]


def _log_filter(request: TokenRequest, decision: Decision) -> str | None:
    """The System Log search that shows such a rejection, where its reason is known."""
    if decision.reason is None:
        return None
    place = "app.oauth2" if request.server == ORG_SERVER else "app.oauth2.as"
    event = "authorize" if request.grant in BROWSER_GRANTS else "token.grant"
    return f'eventType eq "{place}.{event}" and {reason_filter(decision.reason)}'


def _trace(explanation: DecisionSteps) -> Iterator[str]:
    for (kind, verdict, failed), group in groupby(
        explained_steps(explanation), key=lambda step: (step.kind, step.verdict, step.failed)
    ):
        run = list(group)
        policies = kind is StepKind.POLICY and verdict is Verdict.SKIPPED
        if policies and len(run) > _SKIPPED_SHOWN:
            why = "are not active" if failed is Condition.STATUS else "name other clients"
            yield f"  - {counted(len(run), 'policy', 'policies')} {why}"
            continue
        indent = "      " if kind is StepKind.RULE else "  "
        for step in run:
            yield f"{indent}{_MARKS[verdict]} {step.text}"


def _request(org: Org, request: TokenRequest) -> dict[str, Any]:
    client = org.client(request.client)
    user = org.user(request.user) if request.user else None
    assert client is not None
    return {
        "server": _server(org, request.server),
        "client": {"id": request.client, "name": client.title},
        "grant": request.grant,
        "user": {"id": request.user, "name": user.title if user else None}
        if request.user
        else None,
        "scopes": None if request.scopes is None else sorted(request.scopes),
        "assertion_scopes": (
            None if request.assertion_scopes is None else sorted(request.assertion_scopes)
        ),
        "response_type": request.response_type,
        "redirect_uri": request.redirect_uri,
        "resource": request.resource,
        "subject_server": _server(org, request.subject_server) if request.subject_server else None,
        "prompt": request.prompt,
        "pkce": request.pkce,
        "dpop": request.dpop,
    }


def _server(org: Org, server_id: str) -> dict[str, str]:
    name = ORG_SERVER if server_id == ORG_SERVER else org.server(server_id).title
    return {"id": server_id, "name": name}
