"""`okta-auditor diagnose`: from an error, an address or a token to the cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.audit.rule_choice import choose_rules
from auditor.cli.diagnosis_input import read_input_clues
from auditor.cli.diagnosis_text import diagnosis_lines
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions
from auditor.cli.printing import print_line
from auditor.diagnosis.clues import Clues, RequestClue
from auditor.diagnosis.diagnosis import diagnose
from auditor.diagnosis.requests_in_text import likeliest
from auditor.errors import ExitCode, UsageError
from auditor.lint.engine import audit
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.text import quoted
from auditor.tokens.decide import Decider
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.lookup.named_request import NamedRequest


@click.command("diagnose")
@click.argument("words", metavar="[INPUT]...", nargs=-1)
@click.option("--snapshot", type=FILE, metavar="FILE", help="The org's configuration.")
@click.option("--server", metavar="NAME", help="Authorization server: name, id, issuer, `org`.")
@click.option("--client", metavar="NAME", help="Client: label, client id or app id.")
@click.option("--grant", metavar="TYPE", help="Grant type of the request.")
@click.option("--user", metavar="LOGIN", help="The user.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable.")
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
    at: str | None,
) -> None:
    """Say why a request failed: from an error, an address, a token or a whole log.

    INPUT is a file, or the thing itself: an error as JSON, the URL of a redirect, a request to
    /v1/authorize, a `curl -v` transcript, rate-limit headers, an Okta error code, a token, a stack
    trace, debug output of Terraform, a HAR file; several at once, if that helps. Without INPUT, or
    with -, standard input is read. With --snapshot the cause is looked for in the configuration;
    server, client, grant type, user and scopes are read from the input as far as it has them, and
    the request is decided on it.

    Nothing is sent anywhere. Tokens are taken apart here, never shown, never written.

    Exit codes: 0 a cause is known; 2 wrong usage, or nothing is recognised; 3 there are several
    possible causes.
    """
    now = _moment(at) if at else datetime.now(UTC)
    clues = read_input_clues(words)
    asked = _asked(clues)
    org, findings = _read(snapshot) if snapshot else (None, ())
    request = _RequestWords(server=server, client=client, grant=grant, user=user, scopes=scopes)
    named = request.named(asked, clues)
    explanation, undecided = _explained(org, named) if org and named else (None, "")
    result = diagnose(clues, org, explanation, findings, now)
    if undecided and request.chosen:
        raise UsageError(undecided)
    if result.empty and asked is None:
        raise UsageError(
            "Nothing in this tells why a request failed: no error, no address, no token.",
            remedy="Give the error as it came: JSON, a URL, a log, a token or headers.",
        )
    missing = request.missing(named, asked, snapshot=snapshot is not None)
    for line in diagnosis_lines(org, result, missing):
        print_line(line)
    if asked is not None and explanation is None:
        print_line(f"Read from the input: {_parts(asked)}.")
    if undecided:
        print_line(f"The request cannot be decided on the snapshot: {undecided}")
    ctx.exit(ExitCode.CLEAN if result.settled else ExitCode.INCOMPLETE)


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

    def named(self, asked: RequestClue | None, clues: Clues) -> NamedRequest | None:
        """The request, if server, client and grant type are known."""
        asked = asked or RequestClue()
        claims = clues.tokens[0].claims if clues.tokens else {}
        server = self.server or asked.server or _claim(claims, "iss")
        client = self.client or asked.client or _claim(claims, "cid")
        grant = self.grant or asked.grant
        if not (server and client and grant):
            return None
        names = tuple(part for scope in self.scopes for part in scope.replace(",", " ").split())
        return NamedRequest(
            server=server,
            client=client,
            grant=grant,
            user=self.user or asked.user,
            scopes=names or asked.scopes,
            response_type=asked.response_type,
            redirect_uri=asked.redirect_uri,
            prompt=asked.prompt,
            resource=asked.resource,
            pkce=asked.pkce,
        )

    def missing(
        self, named: NamedRequest | None, asked: RequestClue | None, *, snapshot: bool
    ) -> tuple[str, ...]:
        """Options that would make the answer more exact."""
        if not snapshot:
            return ("--snapshot",)
        if named is not None:
            return () if named.user else ("--user",)
        given = {
            "--server": self.server or (asked and asked.server),
            "--client": self.client or (asked and asked.client),
            "--grant": self.grant or (asked and asked.grant),
            "--user": self.user or (asked and asked.user),
            "--scope": self.scopes or (asked and asked.scopes),
        }
        return tuple(name for name, value in given.items() if not value)


def _asked(clues: Clues) -> RequestClue | None:
    """The request that the first error is the answer to, as far as the input tells of it."""
    error = clues.errors[0] if clues.errors else None
    if error is None:
        return likeliest(clues.requests)
    return likeliest(clues.requests, error.at, error.source)


def _parts(asked: RequestClue) -> str:
    """What the input tells of the request, each part with its name."""
    parts = {
        "server": asked.server,
        "client": asked.client,
        "grant type": asked.grant,
        "user": asked.user,
        "scopes": " ".join(asked.scopes) if asked.scopes else None,
    }
    pushed = ["its other parts were pushed before"] if asked.elsewhere else []
    return ", ".join([*(f"{name} {quoted(text)}" for name, text in parts.items() if text), *pushed])


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
