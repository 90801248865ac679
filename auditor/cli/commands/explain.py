"""`okta-auditor explain`: what becomes of one token request, and why."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import orjson

from auditor.cli.options import FILE
from auditor.cli.token_requests import oidc_scopes_option, read_org, unread
from auditor.errors import ExitCode
from auditor.snapshot.org import Org
from auditor.text import counted, duration, escaped, listed, one_line, quoted
from auditor.tokens.advice.search import Advice, advise
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision, Outcome, Passed, Step
from auditor.tokens.grants import AUTHORIZATION_CODE, BROWSER_GRANTS, USERLESS_GRANTS
from auditor.tokens.lookup import Words
from auditor.tokens.request import ORG_SERVER, TokenRequest

_MARKS = {Passed.YES: "✓", Passed.NO: "✗", Passed.UNKNOWN: "?", Passed.SKIPPED: "-"}
_COLOURS = {
    Outcome.MINTED: "green",
    Outcome.REJECTED: "red",
    Outcome.INDETERMINATE: "yellow",
}
_SKIPPED_SHOWN = 3
_EVALUATED_ONCE = (
    "The policy is evaluated once, at sign-in: later changes do not affect codes already issued."
)


@click.command("explain")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option("--server", required=True, metavar="NAME", help="Authorization server, or `org`.")
@click.option("--client", required=True, metavar="NAME", help="Client: label, client id or app id.")
@click.option(
    "--grant",
    required=True,
    metavar="TYPE",
    help="Grant type; also device_code, jwt-bearer, saml2-bearer, token-exchange, ciba.",
)
@click.option("--user", metavar="LOGIN", help="The user who signs in, or whom an assertion names.")
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable; none asks for defaults."
)
@click.option("--response-type", metavar="TYPE", help="[default: what the client is set up for]")
@click.option("--redirect-uri", metavar="URI", help="[default: one that is registered]")
@click.option("--no-pkce", is_flag=True, help="The request sends no code challenge.")
@click.option("--no-dpop", is_flag=True, help="The request carries no DPoP proof.")
@oidc_scopes_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    server: str,
    client: str,
    grant: str,
    user: str | None,
    scopes: tuple[str, ...],
    response_type: str | None,
    redirect_uri: str | None,
    oidc_scopes: str,
    form: str,
    no_pkce: bool,
    no_dpop: bool,
) -> None:
    """Say what becomes of one token request, why, and what would make it pass.

    Names, labels, logins and ids are all accepted.

    Exit codes: 0 a definite answer, minted or rejected; 2 wrong usage, for example a name that
    means nothing or two things; 3 the snapshot does not tell (INDETERMINATE).
    """
    org = read_org(path)
    words = Words(
        server=server,
        client=client,
        grant=grant,
        user=user,
        scopes=tuple(part for scope in scopes for part in scope.split()) or None,
        response_type=response_type,
        redirect_uri=redirect_uri,
        pkce=False if no_pkce else None,
        dpop=False if no_dpop else None,
    )
    request = words.request(org)
    decider = Decider(org, OidcScopes(oidc_scopes))
    decision, steps = decider.explain(request)
    advice = advise(decider, request, decision)
    if form == "json":
        document = {
            **decision.as_json(),
            "system_log_filter": _log_filter(request, decision),
            "request": _request_json(org, request),
            "trace": [_step_json(step) for step in steps],
            "advice": [item.as_json() for item in advice],
        }
        click.echo(escaped(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()))
    else:
        lines = _lines(org, request, decision, steps, advice)
        head, *rest = [one_line(line) for line in lines]
        click.echo("\n".join([_coloured(head, decision.outcome), *rest]))
    definite = decision.outcome is not Outcome.INDETERMINATE
    ctx.exit(ExitCode.CLEAN if definite else ExitCode.INCOMPLETE)


def _coloured(head: str, outcome: Outcome) -> str:
    word, _, rest = head.partition(" ")
    if os.environ.get("NO_COLOR"):
        return head
    return f"{click.style(word, fg=_COLOURS[outcome], bold=True)} {rest}"


def _lines(
    org: Org,
    request: TokenRequest,
    decision: Decision,
    steps: list[Step],
    advice: tuple[Advice, ...],
) -> list[str]:
    answer = {
        Outcome.MINTED: _minted,
        Outcome.REJECTED: _rejected,
        Outcome.INDETERMINATE: _indeterminate,
    }[decision.outcome]
    lines = answer(request, decision, steps)
    lines += [f"Note: {caveat}" for caveat in decision.caveats]
    if request.user is not None and request.grant in USERLESS_GRANTS:
        lines.append(f"Note: {request.grant} has no user; the one named plays no part.")
    lines += ["", *_trace(steps)]
    if len(advice) == 1:
        lines += ["", "It would pass if", f"  · {advice[0].text}"]
    elif advice:
        lines += ["", "It would pass if either", *(f"  · {item.text}, or" for item in advice)]
        lines[-1] = lines[-1].removesuffix(", or")
    if decision.outcome is Outcome.INDETERMINATE:
        if request.user is None and request.grant not in USERLESS_GRANTS:
            lines += ["", "Name a user: --user LOGIN"]
        lines += ["", *unread(org)] if unread(org) else []
    if request.grant == AUTHORIZATION_CODE and request.server != ORG_SERVER:
        lines += ["", _EVALUATED_ONCE]
    return lines


def _minted(request: TokenRequest, decision: Decision, steps: list[Step]) -> list[str]:
    del steps
    by = "the org authorization server"
    if decision.rule and decision.policy:
        by = f"rule {quoted(decision.rule.title)} of policy {quoted(decision.policy.title)}"
    rows = {
        "scopes": listed(decision.granted_scopes, most=20),
        "access token": _lifetime(decision.access_token_minutes),
        "refresh token": _refresh(decision),
    }
    if request.scopes and (left := request.scopes - set(decision.granted_scopes)):
        rows["left out"] = listed(sorted(left))
    if decision.id_token_minutes is not None:
        rows["ID token"] = _lifetime(decision.id_token_minutes)
    return [f"MINTED  by {by}", *(f"        {name:14} {text}" for name, text in rows.items())]


def _lifetime(minutes: int | None) -> str:
    return "not known" if minutes is None else duration(minutes)


def _refresh(decision: Decision) -> str:
    if not decision.refresh_token:
        return "none"
    minutes, window = decision.refresh_token_minutes, decision.refresh_window_minutes
    lifetime = "unlimited" if minutes == 0 else _lifetime(minutes)
    return f"{lifetime}, ends when unused for {duration(window)}" if window else lifetime


def _rejected(request: TokenRequest, decision: Decision, steps: list[Step]) -> list[str]:
    words = ": ".join(filter(None, [decision.error, decision.error_description]))
    if not words:
        why = next((step.text for step in reversed(steps) if step.passed is Passed.NO), "")
        words = f"{why} (no source gives Okta's words for it)"
    found = _log_filter(request, decision)
    return [f"REJECTED  {words}", *([f"          System Log: {found}"] if found else [])]


def _indeterminate(request: TokenRequest, decision: Decision, steps: list[Step]) -> list[str]:
    del request, steps
    return [f"INDETERMINATE  not known: {decision.missing}"]


def _log_filter(request: TokenRequest, decision: Decision) -> str | None:
    """The System Log search that shows such a rejection, where its reason is known."""
    if decision.reason is None:
        return None
    place = "app.oauth2" if request.server == ORG_SERVER else "app.oauth2.as"
    event = "authorize" if request.grant in BROWSER_GRANTS else "token.grant"
    return f'eventType eq "{place}.{event}" and outcome.reason eq "{decision.reason}"'


def _trace(steps: list[Step]) -> list[str]:
    lines: list[str] = []
    for (kind, passed, failed), group in groupby(
        steps, key=lambda step: (step.kind, step.passed, step.failed)
    ):
        run = list(group)
        if kind == "policy" and passed is Passed.SKIPPED and len(run) > _SKIPPED_SHOWN:
            why = "are not active" if failed == "status" else "name other clients"
            lines.append(f"  - {counted(len(run), 'policy', 'policies')} {why}")
            continue
        indent = "      " if kind == "rule" else "  "
        lines += [f"{indent}{_MARKS[passed]} {step.text}" for step in run]
    return lines


def _request_json(org: Org, request: TokenRequest) -> dict[str, Any]:
    server = None if request.server == ORG_SERVER else org.server(request.server)
    client = org.client(request.client)
    user = org.user(request.user) if request.user else None
    assert client is not None
    return {
        "server": {"id": request.server, "name": server.title if server else ORG_SERVER},
        "client": {"id": request.client, "name": client.title},
        "grant": request.grant,
        "user": {"id": request.user, "name": user.title if user else None}
        if request.user
        else None,
        "scopes": None if request.scopes is None else sorted(request.scopes),
        "response_type": request.response_type,
        "redirect_uri": request.redirect_uri,
        "pkce": request.pkce,
        "dpop": request.dpop,
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "passed": step.passed.value,
        "text": step.text,
        "object_id": step.object_id,
        "failed": step.failed,
    }
