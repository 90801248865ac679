"""`okta-auditor diagnose`: from an error, an address or a token to the cause."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.audit.rule_choice import choose_rules
from auditor.cli.diagnosis_text import diagnosis_lines
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions
from auditor.cli.printing import print_line
from auditor.diagnosis.api_calls import ApiCall, named_call
from auditor.diagnosis.clues import Clues
from auditor.diagnosis.diagnosis import diagnose
from auditor.diagnosis.reading import read_clues
from auditor.errors import ExitCode, UsageError
from auditor.input_files import name_problem, read_input
from auditor.lint.engine import audit
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.lookup.authorize_url import AuthorizeUrl, read_authorize_url
from auditor.tokens.lookup.named_request import NamedRequest

LARGEST = 100_000_000
"""Bytes of what a person has in hand: a HAR file of a long session."""


@click.command("diagnose")
@click.argument("words", metavar="[INPUT]...", nargs=-1)
@click.option("--snapshot", type=FILE, metavar="FILE", help="The org's configuration.")
@click.option("--server", metavar="NAME", help="Authorization server: name, id, issuer, `org`.")
@click.option("--client", metavar="NAME", help="Client: label, client id or app id.")
@click.option("--grant", metavar="TYPE", help="Grant type of the request.")
@click.option("--user", metavar="LOGIN", help="The user.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable.")
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
    help="When it failed, as 2026-11-28T14:05:00Z: tokens are judged by it. [default: now]",
)
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
    call_words: str | None,
    api_token: str | None,
    at: str | None,
) -> None:
    """Say why a request failed: from an error, an address, a token or a whole log.

    INPUT is a file, or the thing itself: an error as JSON, the URL of a redirect, a request to
    /v1/authorize, a `curl -v` transcript, rate-limit headers, an Okta error code, a token, a stack
    trace, a HAR file. Without INPUT, standard input is read. With --snapshot the cause is looked
    for in the configuration; with client, user and scopes the request is decided on it.

    Nothing is sent anywhere. Tokens are taken apart here, never shown, never written.

    Exit codes: 0 a cause is known; 2 wrong usage, or nothing is recognised; 3 there are several
    possible causes.
    """
    now = _moment(at) if at else datetime.now(UTC)
    clues = read_clues(_text(words))
    url = read_authorize_url(clues.authorize_urls[0]) if clues.authorize_urls else None
    org, findings = _read(snapshot) if snapshot else (None, ())
    request = _RequestWords(server=server, client=client, grant=grant, user=user, scopes=scopes)
    named = request.named(url, clues)
    explanation, undecided = _explained(org, named) if org and named else (None, "")
    result = diagnose(
        clues,
        org,
        explanation,
        findings,
        now,
        call=_call(call_words),
        client=client,
        api_token=api_token,
    )
    if undecided and request.chosen:
        raise UsageError(undecided)
    if result.empty and not clues.authorize_urls:
        raise UsageError(
            "Nothing in this tells why a request failed: no error, no address, no token.",
            remedy="Give the error as it came: JSON, a URL, a log, a token or headers.",
        )
    missing = request.missing(named, snapshot=snapshot is not None)
    if result.of_api:
        missing = result.api.missing
    for line in diagnosis_lines(org, result, missing):
        print_line(line)
    if undecided:
        print_line(f"The request cannot be decided on the snapshot: {undecided}")
    ctx.exit(ExitCode.CLEAN if result.settled else ExitCode.INCOMPLETE)


def _text(words: tuple[str, ...]) -> str:
    """What the person has: standard input, a file, or the words themselves."""
    if not words or words == ("-",):
        data = sys.stdin.buffer.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UsageError(f"Standard input is larger than {LARGEST // 1_000_000:,} MB.")
        return data.decode(errors="replace")
    path = Path(words[0])
    if len(words) == 1 and not name_problem(path) and path.is_file():
        return read_input(path, LARGEST).decode(errors="replace")
    return " ".join(words)


def _call(words: str | None) -> ApiCall | None:
    call = named_call(words) if words is not None else None
    if words is not None and call is None:
        raise UsageError(
            f"--call: {words!r} is no call of an Okta API.",
            remedy='Write it as "GET /api/v1/users", with a path of Okta\'s API reference.',
        )
    return call


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--at: {text!r} is no time.", remedy="Write it as 2026-11-28T14:05:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(path: Path) -> tuple[Org, tuple[ReportedFinding, ...]]:
    """The org, and all that the selected rules find in it."""
    document = read_document(path)
    rules = choose_rules(read_settings(AuditOptions()))
    with without_garbage_collection():
        snapshot = parse_snapshot(document, path)
        result = audit(snapshot, rules.selected, Source(path.as_posix(), document))
        return Org.of(snapshot), result.findings


@dataclass(frozen=True, kw_only=True)
class _RequestWords:
    """What the options say of the request."""

    server: str | None
    client: str | None
    grant: str | None
    user: str | None
    scopes: tuple[str, ...]

    @property
    def chosen(self) -> bool:
        """Whether an option names something that may be misspelt."""
        return bool(self.server or self.client or self.user or self.scopes)

    def named(self, url: AuthorizeUrl | None, clues: Clues) -> NamedRequest | None:
        """The request, if server, client and grant type are known."""
        claims = clues.tokens[0].claims if clues.tokens else {}
        server = self.server or (url and url.server) or _claim(claims, "iss")
        client = self.client or (url and url.client) or _claim(claims, "cid")
        grant = self.grant or (url and url.grant)
        if not (server and client and grant):
            return None
        names = tuple(part for scope in self.scopes for part in scope.replace(",", " ").split())
        return NamedRequest(
            server=server,
            client=client,
            grant=grant,
            user=self.user,
            scopes=names or (url.scopes if url else None),
            response_type=url.response_type if url else None,
            redirect_uri=url.redirect_uri if url else None,
            prompt=url.prompt if url else None,
            pkce=False if url and not url.pkce else None,
        )

    def missing(self, named: NamedRequest | None, *, snapshot: bool) -> tuple[str, ...]:
        """Options that would make the answer more exact."""
        if not snapshot:
            return ("--snapshot",)
        if named is not None:
            return () if named.user else ("--user",)
        given = {
            "--server": self.server,
            "--client": self.client,
            "--grant": self.grant,
            "--user": self.user,
            "--scope": self.scopes,
        }
        return tuple(name for name, value in given.items() if not value)


def _claim(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None


def _explained(org: Org, named: NamedRequest) -> tuple[DecisionSteps | None, str]:
    """The request decided, or why it cannot be: something of it is not in the snapshot."""
    try:
        request = named.resolve(org)
    except UsageError as error:
        return None, error.message
    return Decider(org).explain(request), ""
