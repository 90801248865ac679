"""What a tenant calls its objects changes nothing in a report but these very words.

Each report is made twice, once with a name that holds words of our own sentences and once with
a name of the same shape that holds none. Where text is taken apart again, the two differ.
"""

import html
import re
from dataclasses import replace
from datetime import date

import audits
import pytest

from auditor import AuditResult
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.suppression import Suppression
from auditor.plugins import load_reports

WORDS = (
    "Brand and Legal",
    "Yes: and",
    "did you mean",
    "Nothing: every collection was read",
    "No: 2 of 8 rules, but",
    "Every selected rule, but",
    "of the baseline. Fix: none",
    "policy rule: access policy",
    "since the baseline",
)


def shape(name: str) -> str:
    """The name with other letters."""
    return re.sub("[A-Z]", "Q", re.sub("[a-z]", "q", name))


def result(name: str) -> AuditResult:
    """Findings, suppressed and expired ones, a crash and gaps, all with one name."""
    snapshot = audits.snapshot_of(
        audits.tenant(name, name, name), audits.REFUSED, audits.ABSENT, audits.UNUSED
    )
    rules = (audits.NAMES, audits.PAIRS, audits.ABSENT_FIELD, audits.CRASHING, audits.ON_GROUPS)
    found = audits.audited(snapshot, *rules)
    entries = [
        Suppression(
            rule="OAM101",
            target=target,
            name=name,
            reason=name,
            owner=name,
            ticket=name,
            expires=expires,
        )
        for target, expires in (("aus2", date(2026, 11, 30)), ("aus3", date(2026, 11, 1)))
    ]
    judged = accept(found, audits.suppressions(*entries), None, as_of=audits.TODAY)
    tenant = replace(judged.tenant, name=name)
    return replace(judged, tenant=tenant, show_accepted=True)


def flowed(text: str) -> str:
    """A report without line breaks, which may stand within a name, and without references."""
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("report", sorted(load_reports()))
def test_a_name_stands_where_it_stood_and_changes_nothing_else(report: str, name: str) -> None:
    made = flowed(audits.rendered(report, result(name)))
    neutral = flowed(audits.rendered(report, result(shape(name))))

    # A content hash holds the value of the field at fault, which is the name itself.
    contents = re.compile(r'"content": ?"[0-9a-f]{32}"')
    assert shape(name) in neutral
    assert contents.sub("", made) == contents.sub("", neutral).replace(shape(name), name)
