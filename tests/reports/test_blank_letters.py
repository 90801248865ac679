"""A name that looks like nothing, or like another one, is seen in every report."""

import audits
import pytest

from auditor.plugins import load_reports

BLANK = "\u3164\u115f\u1160\uffa0\u2800\u034f\u17b4\u180b\ufe0f\u00ad\u2060\u200a\U000e0100\ue000"


@pytest.mark.parametrize("report", sorted(load_reports()))
def test_no_report_holds_what_nobody_sees(report: str) -> None:
    names = (BLANK, *(f"a{letter}b" for letter in BLANK))
    snapshot = audits.snapshot_of(audits.tenant(*names))
    text = audits.rendered(report, audits.audited(snapshot, audits.NAMES, audits.PAIRS))

    assert not set(text) & set(BLANK)
