"""README.txt of a bundle: what an auditor opens first.

What the evidence is, what was not evaluated, which file is what, and how to verify it, with
okta-auditor and without. Plain text of at most 80 columns, but for names that are longer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from itertools import groupby

from auditor.lint.carried_over import carried_over
from auditor.lint.completeness import incompleteness, unread_collections
from auditor.lint.deselection import deselected_words, evaluated_words
from auditor.lint.empty_org import empty_org
from auditor.lint.result import AuditResult, NotEvaluated
from auditor.lint.shown_gaps import shown_gaps
from auditor.log_commands import without_commands
from auditor.text import counted, listed, one_line, quoted

_WIDTH = 80

VERIFY = """\
printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < manifest.json)" > ../signed
cat manifest.json >> ../signed
sed -n 's/.*"sig": "\\(.*\\)"/\\1/p' manifest.dsse.json | openssl base64 -d -A > ../signature
openssl pkeyutl -verify -pubin -inkey ../evidence.key.pub -rawin -in ../signed -sigfile ../signature
"""
"""Commands that show who signed the manifest."""

CHECK_FILES = """\
sed -n 's/^      "name": "\\(.*\\)",$/\\1/p; s/^        "sha256": "\\(.*\\)"$/\\1/p' manifest.json |
  while read -r name && read -r digest; do echo "$digest  $name"; done > ../SHA256SUMS
sha256sum --check --strict ../SHA256SUMS
sha256sum manifest.json
ls
"""
"""Commands that show that the files are those that the manifest lists."""

_FILES = {
    "report.html": "the results, for people: open it in a browser",
    "controls.html": "the controls of frameworks, each with its status",
    "controls.csv": "the same as a spreadsheet: a row for each rule",
    "results.json": "the results, for programs",
    "results.sarif": "the results as SARIF 2.1.0",
    "assessment-results.json": "the controls as OSCAL assessment results",
    "findings.ocsf.jsonl": "the findings as OCSF Compliance Findings",
    "snapshot.json": "the configuration that was audited, as it was read",
    "ledger.json": "what was read, what was refused, when and as whom",
    "settings.json": "the settings of the audit, and where each comes from",
    "suppressions.toml": "findings and gaps that were accepted, by whom and until when",
    "baseline.json": "findings that were accepted on one day",
    "tool.json": "versions and digests of tool, rules and frameworks",
    "manifest.json": "the SHA-256 of each file and of the bundle before",
    "manifest.dsse.json": "the signature of the manifest, if it is signed",
}


def readme(result: AuditResult, names: Iterable[str], facts: Mapping[str, object]) -> bytes:
    """The file.

    Args:
        result: of the audit.
        names: of the other files that the bundle has, but for the manifest and its signature.
        facts: what the manifest says of the audit, by name.
    """
    present = {*names, "manifest.json", "manifest.dsse.json"}
    parts = [
        _head(result, facts),
        _section("What this is", _purpose()),
        _section("What was found", _found(result)),
        _section("What was not evaluated", _not_evaluated(result)),
        _section("The files", _files(present)),
        _section("How to verify it", _verification()),
    ]
    text = "\n".join(line for part in parts for line in part)
    return f"{without_commands(text)}\n".encode()


def _head(result: AuditResult, facts: Mapping[str, object]) -> Iterator[str]:
    title = f"Evidence of an audit of {quoted(result.tenant.name)}"
    yield from (title, "=" * min(len(title), _WIDTH), "")
    but = f", but for {words}" if (words := deselected_words(result)) else ""
    complete = f"yes{but}" if result.complete else f"NO. {incompleteness(result)}"
    captured = result.capture.finished_at.astimezone(UTC)
    carried = carried_over(result.coverage)
    rows = {
        "Org": f"{one_line(result.tenant.url)} ({one_line(result.tenant.id)})",
        "Captured": f"{captured:%Y-%m-%d %H:%M:%S} UTC",
        **({"Carried": carried} if carried else {}),
        "Expiry": f"judged by {facts['as_of']}",
        "Complete": complete,
        "Tool": f"okta-auditor {one_line(result.tool_version)}",
        "Snapshot": result.snapshot_digest,
    }
    if facts["redacted"]:
        rows["Redacted"] = "ids, logins and addresses of people are keyed hashes"
    for name, value in rows.items():
        yield from _wrapped(value, f"{name:10} ", " " * 11)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", "", title, "-" * len(title), "")
    yield from lines


def _purpose() -> Iterator[str]:
    yield from _wrapped(
        "okta-auditor read the configuration of API Access Management of this Okta org (its "
        "authorization servers, access policies, clients and who is assigned to them) and "
        "evaluated rules over it. It shows one moment, and configuration only: not how people "
        "work with it, and not what happened before or since."
    )
    yield ""
    yield from _wrapped("Begin with report.html and controls.html. Both work without a network.")


def _found(result: AuditResult) -> Iterator[str]:
    counts = [f"{number:,} {severity}" for severity, number in result.by_severity.items() if number]
    severities = f": {listed(counts, most=len(counts))}" if counts else ""
    yield from _wrapped(f"{counted(len(result.findings), 'finding')}{severities}.")
    if result.accepted:
        yield from _wrapped(
            f"{counted(len(result.accepted), 'finding')} more accepted by the org's own decision; "
            "report.html says by whom and until when. No control is satisfied by that."
        )
    yield from _wrapped(f"{evaluated_words(result)}.")
    yield from _wrapped(empty_org(result.coverage))


def _not_evaluated(result: AuditResult) -> Iterator[str]:
    """Of these nothing is claimed."""
    items = [
        *(gap.sentence for gap in shown_gaps(result)),
        *_unread(result),
        *(
            f"{item.rule.code} {item.rule.name} crashed: {one_line(item.error.strip())}"
            for item in result.crashed
        ),
        *_reasons(result.unread, ""),
        *(
            f"Not selected by {one_line(item.by)}: {', '.join(item.codes)}"
            for item in result.deselected
        ),
        *_reasons(result.not_applicable, "Does not apply: "),
    ]
    if not items:
        yield from _wrapped("Nothing: every collection was read and every rule evaluated.")
        return
    yield from _wrapped("Of the following nothing is known, and no control is satisfied by it.")
    yield ""
    for item in items:
        yield from _wrapped(item, "- ", "  ")


def _unread(result: AuditResult) -> Iterator[str]:
    accepted = {gap.collection for gap in result.accepted_gaps}
    for entry in unread_collections(result):
        if entry.collection in accepted:
            continue
        yield f"Not completely read: {entry.label} ({one_line(entry.explanation())})"


def _reasons(items: Iterable[NotEvaluated], head: str) -> Iterator[str]:
    def reason(item: NotEvaluated) -> str:
        return item.reason

    for why, group in groupby(sorted(items, key=reason), key=reason):
        yield f"{head}{', '.join(item.rule.code for item in group)}: {one_line(why)}"


def _files(present: Iterable[str]) -> Iterator[str]:
    shown = [name for name in _FILES if name in set(present)]
    width = max(map(len, shown)) + 2
    for name in shown:
        yield f"{name:{width}}{_FILES[name]}"


def _verification() -> Iterator[str]:
    yield from _wrapped(
        "Whoever can write all files can make them all anew. So demand the signature of a key "
        "that you were given on another way than this evidence, here ../evidence.key.pub:"
    )
    yield from ("", "    okta-auditor evidence verify . --public-key ../evidence.key.pub", "")
    yield from _wrapped(
        "With --replay it derives results, reports and controls from the snapshot again and "
        "compares them byte for byte. Without okta-auditor, openssl 3 shows that the key has "
        "signed the manifest (Signature Verified Successfully):"
    )
    yield from ("", *_indented(VERIFY), "")
    yield from _wrapped(
        "And these, that each file is as the manifest says (OK), and that there is no other but "
        "manifest.json and manifest.dsse.json:"
    )
    yield from ("", *_indented(CHECK_FILES), "")
    yield from _wrapped(
        "The digest of manifest.json is the one that was printed when the evidence was made, and "
        "that the next bundle of the series names as the one before."
    )


def _indented(commands: str) -> Iterator[str]:
    yield from (f"    {line}" for line in commands.splitlines())


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
