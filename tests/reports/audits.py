"""Audits with a known outcome, over a tenant whose names are as hostile as names can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from auditor import AuditResult, Confidence, Finding, Impact, Org, Rule, Severity
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.baseline import Baseline, BaselineEntry, make_baseline
from auditor.lint.acceptance.suppression import Suppression, SuppressionPolicy, Suppressions
from auditor.lint.acceptance.suppression_writing import with_entry
from auditor.lint.acceptance.suppressions_file import parse_suppressions
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.finding import Related
from auditor.lint.rule import Check
from auditor.lint.rule_page import RulePage
from auditor.plugins import load_reports
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry
from auditor.text import quoted
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.answers import Answer
from auditor.tokens.request import TokenRequest

SERVERS = "/api/v1/authorizationServers"

SCRIPT = "<script>alert(1)</script>"
ANSI = "\x1b[31mred\x1b[0m"
LINK = "[x](http://evil)"
PLACEHOLDER = "{0}"
BIDI = "abc\u202egnp.exe"
LONG = "n" * 300
NEWLINES = "one\nHIGH  OAM999 forged"
TAGGED = "tag\U000e0041"

HOSTILE = (SCRIPT, ANSI, LINK, PLACEHOLDER, BIDI, LONG, NEWLINES, TAGGED)
EVERYTHING = "".join(HOSTILE)

ANSWER = Answer(
    error="access_denied",
    description=f"It is {SCRIPT}.",
    forms=(AnswerForm.REDIRECT, AnswerForm.BAD_REQUEST),
    log_filter='outcome.reason eq "no_matching_policy"',
)
ANSWERED = f'Okta answers: access_denied, "It is {SCRIPT}." (a redirect or 400)'
SEARCHED = 'System Log: outcome.reason eq "no_matching_policy"'

TODAY = date(2026, 11, 21)


def rendered(name: str, result: AuditResult) -> str:
    return load_reports()[name].render(result)


def make_rule(
    code: str,
    name: str,
    check: Check,
    *,
    severity: Severity = Severity.HIGH,
    reads: tuple[str, ...] = ("authorization_servers",),
    confidence: Confidence = Confidence.HIGH,
) -> Rule:
    page = RulePage(
        summary=f"The summary of {name}.",
        why=f"The reason for {name}.",
        fix=f"The fix for {name}.",
        flagged=({SERVERS: [{"id": "aus1"}]},),
        accepted=({SERVERS: []},),
        see=("A book, chapter [2]",),
    )
    return Rule(
        code=code,
        name=name,
        severity=severity,
        impact=Impact.RISKY,
        confidence=confidence,
        reads=frozenset(reads),
        check=check,
        page=page,
        module=f"pack.{name.replace('-', '_')}",
    )


def _names(org: Org) -> Iterator[Finding]:
    for server in org.servers:
        yield Finding(server, f"Server {quoted(server.title)} has a name.", field="name")


def _pairs(org: Org) -> Iterator[Finding]:
    first, second, *_ = org.servers
    yield Finding(
        first,
        f"Server {quoted(first.title)} looks like {quoted(second.title)}",
        field="audiences.0",
        fix=f"Rename {quoted(first.title)}",
        related=(Related(record=second, role="the other one"),),
        witness=TokenRequest(
            server=first.id,
            client="0oa1; reboot",
            grant="authorization_code",
            user="00u1",
            scopes=frozenset({"$(reboot)", "\x1b[2J"}),
            assertion_scopes=frozenset({"b", "a"}),
            redirect_uri="https://a.example/'",
            resource="https://mcp.example/a",
            subject_server=second.id,
            prompt="login",
            pkce=False,
        ),
        answer=ANSWER,
    )


def _absent_field(org: Org) -> Iterator[Finding]:
    for policy in org.policies(org.servers[0]):
        yield Finding(policy, f"Policy {quoted(policy.title)} has no end.", field="end", key="a")


def _crash(org: Org) -> Iterator[Finding]:
    raise ValueError(f"cannot read {org.servers[1].title}")


def _silent(_: Org) -> Iterator[Finding]:
    yield from ()


NAMES = make_rule("OAM101", "server-with-name", _names)
PAIRS = make_rule(
    "OAM102", "servers-alike", _pairs, severity=Severity.CRITICAL, confidence=Confidence.MEDIUM
)
ABSENT_FIELD = make_rule(
    "OAM201", "policy-without-end", _absent_field, severity=Severity.INFO, reads=("policies",)
)
CRASHING = make_rule("OAM103", "crashing", _crash)
SILENT = make_rule("OAM104", "silent", _silent, severity=Severity.LOW)
ON_GROUPS = make_rule("OAM601", "group-rule", _silent, reads=("groups",))
ALSO_ON_GROUPS = make_rule("OAM602", "other-group-rule", _silent, reads=("groups",))
ON_HOOKS = make_rule(
    "XYZ801", "hook-rule", _silent, severity=Severity.MEDIUM, reads=("inline_hooks",)
)

REFUSED = LedgerEntry(
    collection="groups",
    status=CollectionStatus.REFUSED,
    oauth_scope="okta.groups.read",
    reason="the service app lacks the scope okta.groups.read",
)
ABSENT = LedgerEntry(
    collection="inline_hooks",
    status=CollectionStatus.ABSENT,
    reason="the org does not have the feature",
)
UNUSED = LedgerEntry(
    collection="network_zones",
    status=CollectionStatus.PARTIAL,
    gaps=(Gap(path="/api/v1/zones", reason="500 on page 2"),),
)


def tenant(*names: str) -> dict[str, Any]:
    servers = [
        {"id": f"aus{number}", "name": name, "audiences": [f"api://{number}"]}
        for number, name in enumerate(names, 1)
    ]
    return {
        "/api/v1/org": {"id": "00o1", "companyName": "Example"},
        SERVERS: servers,
        f"{SERVERS}/aus1/policies": [{"id": "00p1", "name": "Default"}],
    }


def snapshot_of(example: dict[str, Any], *entries: LedgerEntry) -> Snapshot:
    """The example's snapshot, with counts in the ledger and some entries replaced."""
    snapshot = example_snapshot(example)
    given = {entry.collection: entry for entry in entries}
    counts = {"org": 1, "authorization_servers": len(example[SERVERS]), "policies": 1}
    ledger = tuple(
        given.get(entry.collection)
        or entry.model_copy(update={"objects": counts.get(entry.collection, 0)})
        for entry in snapshot.ledger.entries
    )
    return snapshot.model_copy(update={"ledger": Ledger(entries=ledger)})


def audited(
    snapshot: Snapshot, *rules: Rule, file: str = "okta-audit/snapshot.json"
) -> AuditResult:
    return audit(snapshot, rules, Source(file, dump_snapshot(snapshot)))


def hostile(file: str = "okta-audit/snapshot.json") -> AuditResult:
    """Findings of three severities, a crash, and rules that could not be evaluated."""
    snapshot = snapshot_of(tenant(*HOSTILE), REFUSED, ABSENT, UNUSED)
    rules = (NAMES, PAIRS, ABSENT_FIELD, CRASHING, SILENT, ON_GROUPS, ALSO_ON_GROUPS, ON_HOOKS)
    return audited(snapshot, *rules, file=file)


def clean() -> AuditResult:
    return audited(snapshot_of(tenant("Payments")), SILENT, ON_GROUPS)


def many(number: int) -> AuditResult:
    """As many findings as asked for, the last one the mildest."""
    result = audited(snapshot_of(tenant("Payments")), NAMES, SILENT)
    one = result.findings[0]
    findings = [
        replace(one, fingerprint=f"{position:032x}", severity=Severity.HIGH)
        for position in range(number - 1)
    ]
    last = replace(one, rule=SILENT, severity=Severity.LOW, fingerprint="f" * 32)
    return replace(result, findings=(*findings, last))


def suppressions(*entries: Suppression) -> Suppressions:
    text = ""
    for entry in entries:
        text = with_entry(text, entry)
    rules = (NAMES, PAIRS, ABSENT_FIELD, SILENT)
    return parse_suppressions(text, Path("s.toml"), rules, SuppressionPolicy(), TODAY)


def entry(rule: str, target: str, expires: date, name: str | None = None) -> Suppression:
    return Suppression(
        rule=rule,
        target=target,
        name=name,
        reason=f"Reason {EVERYTHING}",
        owner=f"Owner {EVERYTHING}",
        ticket=f"Ticket {EVERYTHING}",
        expires=expires,
    )


def accepted() -> AuditResult:
    """Everything at once: suppressed, expired, unused, misnamed, unchanged, changed, fixed."""
    found = hostile()
    made = make_baseline(found, frozenset())
    entries = dict(made.entries)
    changed = next(item for item in found.findings if item.object.id == "aus5")
    entries[changed.fingerprint] = BaselineEntry(
        **entries[changed.fingerprint].model_dump() | {"content": "0" * 32}
    )
    del entries[next(i.fingerprint for i in found.findings if i.object.id == "aus6")]
    entries["f" * 32] = BaselineEntry(
        content="0" * 32, code="OAM101", type="client", id=EVERYTHING, name=EVERYTHING
    )
    baseline = Baseline(made.tenant, made.url, ("OAM104",), entries, f"b{ANSI}.json")
    return accept(
        found,
        suppressions(
            entry("OAM101", "aus2", date(2026, 11, 30), name=EVERYTHING),
            entry("OAM101", "aus3", date(2027, 1, 31)),
            entry("OAM101", "aus4", date(2026, 11, 20)),
            entry("OAM104", EVERYTHING, date(2026, 12, 31)),
        ),
        baseline,
        as_of=TODAY,
    )
