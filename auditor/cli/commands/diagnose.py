"""`okta-auditor diagnose`: from an error, an address or a token to the cause."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import exact_json
from auditor.cli.audited_snapshot import read_audited
from auditor.cli.diagnosis.document import diagnosis_document
from auditor.cli.diagnosis.inputs import clues_of, read_inputs
from auditor.cli.diagnosis.keys import read_keys
from auditor.cli.diagnosis.request import answer_time, input_lines, parts_of, request_of, words_of
from auditor.cli.diagnosis.text import diagnosis_lines
from auditor.cli.options import FILE, format_option
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.cli.token_requests import scope_names
from auditor.diagnosis.api_calls import ApiCall, named_call
from auditor.diagnosis.causes.verdict import Confidence
from auditor.diagnosis.diagnosis import Diagnosis, MatchedError, diagnose
from auditor.diagnosis.request_words import RequestWords
from auditor.diagnosis.signature import keys_of_org
from auditor.errors import AuditorError, ExitCode, UsageError
from auditor.lint.planned import planned
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import escaped, fitted, one_line, quoted
from auditor.tokens.grants import USERLESS_GRANTS


@click.command("diagnose")
@click.argument("words", metavar="[INPUT]...", nargs=-1)
@click.option("--snapshot", type=FILE, metavar="FILE", help="The org's configuration.")
@click.option("--server", metavar="NAME", help="Authorization server: name, id, issuer, `org`.")
@click.option("--client", metavar="NAME", help="Client: label, client id or app id.")
@click.option("--grant", metavar="TYPE", help="Grant type of the request.")
@click.option("--user", metavar="LOGIN", help="The user.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable.")
@click.option("--redirect-uri", metavar="URI", help="The redirect_uri that was sent.")
@click.option(
    "--logout-redirect-uri", metavar="URI", help="The post_logout_redirect_uri that was sent."
)
@click.option(
    "--call",
    "call_words",
    metavar="CALL",
    help='Call of an Okta API that failed, as "GET /api/v1/users", if INPUT does not tell.',
)
@click.option("--api-token", metavar="NAME", help="API token (SSWS) that was sent: name or id.")
@click.option(
    "--at",
    metavar="TIME",
    help="When it failed, as 2026-11-28T14:05:00Z: tokens are judged by it. [default: the time of "
    "the answer, if it is there, or now]",
)
@click.option(
    "--keys",
    type=click.Path(allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Public keys (a JWK Set) to check signatures of tokens with; - is standard input.",
)
@click.option(
    "--needs", multiple=True, metavar="SCOPE", help="A scope that the token is to have. Repeatable."
)
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    words: tuple[str, ...],
    snapshot: Path | None,
    server: str | None,
    client: str | None,
    grant: str | None,
    user: str | None,
    scopes: tuple[str, ...],
    redirect_uri: str | None,
    logout_redirect_uri: str | None,
    call_words: str | None,
    api_token: str | None,
    at: str | None,
    keys: Path | None,
    needs: tuple[str, ...],
    form: str,
) -> None:
    """Say why a request failed: from an error, an address, a token or a whole log.

    INPUT is a file, or the thing itself: an error as JSON, the URL of a redirect, a request to
    /v1/authorize, a `curl -v` transcript, rate-limit headers, an Okta error code, a token, a stack
    trace, debug output of Terraform, a HAR file, events of the System Log; several at once, if that
    helps. Without INPUT, or with -, standard input is read. With --snapshot the cause is looked for
    in the configuration. Server, client, grant type, user and scopes are read from the input as far
    as it has them, and with all of them the request is decided.

    Nothing is sent anywhere. Tokens are taken apart here, never shown, never written; their
    signatures are checked with the keys of the snapshot and of --keys.

    Exit codes: 0 a cause is proven, or that the configuration is not at fault; 2 wrong usage, or
    nothing is recognised; 3 there are several possible causes, or the snapshot is planned.
    """
    now = _moment(at) if at else datetime.now(UTC)
    given_keys = read_keys(keys, words) if keys else ()
    inputs = read_inputs(words)
    org, findings = read_audited(snapshot) if snapshot else (None, ())
    clues = clues_of(inputs, (*given_keys, *(keys_of_org(org) if org else ())))
    asked = request_of(clues, org, client)
    answered = None if at else answer_time(clues)
    given = RequestWords(
        server=server,
        client=client,
        grant=grant,
        user=user,
        scopes=scope_names(scopes) or None,
        redirect_uri=redirect_uri,
        logout_redirect_uri=logout_redirect_uri,
    )
    result = diagnose(
        clues,
        org,
        given.or_else(words_of(asked, clues)),
        findings,
        now,
        needs=scope_names(needs),
        answered=answered,
        call=_call(call_words),
        api_token=api_token,
    )
    problem = _misspelt(given, result)
    if problem is not None and not result.settled:
        raise problem
    if result.empty and asked is None:
        raise UsageError(
            "Nothing in this tells why a request failed: no error, no address, no token.",
            remedy="Give the error as it came: JSON, a URL, a log, a token or headers.",
        )
    missing = _missing(result, snapshot=snapshot is not None)
    plan = planned(org.snapshot.capture) if org else ""
    if form == "json":
        print_document(escaped(exact_json.indented(diagnosis_document(result, missing, plan))))
    else:
        for line in input_lines(clues, inputs, answered, client):
            _print_fitted(line)
        if plan:
            _print_fitted(f"{plan} Whether a cause holds in the org as it is, it does not tell.")
        for line in diagnosis_lines(result, missing):
            _print_fitted(line)
        if asked is not None and result.explanation is None and not result.of_api:
            _print_fitted(f"Read from the input: {parts_of(asked)}.")
        for error in result.case.problems.values() if result.case else ():
            if not result.settled:
                _print_fitted(f"The request cannot be decided on the snapshot: {error.message}")
    # What failed, failed in the org as it is.
    ctx.exit(ExitCode.CLEAN if result.settled and not plan else ExitCode.INCOMPLETE)


def _call(words: str | None) -> ApiCall | None:
    call = named_call(words) if words is not None else None
    if words is not None and call is None:
        raise UsageError(
            f"--call: {quoted(without_credentials(words))} is no call of an Okta API.",
            remedy='Write it as "GET /api/v1/users", with a path of Okta\'s API reference.',
        )
    return call


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--at: {quoted(without_credentials(text))} is no time.",
            remedy="Write it as 2026-11-28T14:05:00Z.",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print_fitted(line: str) -> None:
    """Print a line; on a terminal in as many as its width makes of it, in a log whole."""
    whole = one_line(line)
    for part in fitted(whole, columns()) if sys.stdout.isatty() and whole else [whole]:
        print_line(part)


def _misspelt(words: RequestWords, result: Diagnosis) -> AuditorError | None:
    """The first option whose word names nothing."""
    problems = result.case.problems if result.case else {}
    options = {
        "server": words.server,
        "client": words.client,
        "user": words.user,
        "grant": words.grant,
    }
    if any(_has_cause(error) for error in result.errors):
        return None  # what is not there may be the very cause
    found = (problems[name] for name, word in options.items() if word and name in problems)
    return next((error for error in found if isinstance(error, UsageError)), None)


def _has_cause(error: MatchedError) -> bool:
    """Whether a cause of an error is proven or likely."""
    causes = error.judged.causes if error.judged else ()
    return any(one.verdict.confidence in {Confidence.PROVEN, Confidence.LIKELY} for one in causes)


def _missing(result: Diagnosis, *, snapshot: bool) -> tuple[str, ...]:
    """Options that would make the answer more exact."""
    if result.of_api:
        return result.api.missing
    if not snapshot:
        return ("--snapshot",)
    if result.explanation is not None or result.case is None:
        words = result.case.words if result.case else RequestWords()
        return () if words.user or words.grant in USERLESS_GRANTS else ("--user",)
    words = result.case.words
    given = {
        "--server": words.server,
        "--client": words.client,
        "--grant": words.grant,
        "--user": words.user or words.grant in USERLESS_GRANTS,
        "--scope": words.scopes or words.scope_omitted,
    }
    return tuple(name for name, value in given.items() if not value)
