"""Whether JSON results hold together, beyond what their shape says."""

from __future__ import annotations

from auditor.results import BY_NAME, AcceptedBy, FindingStatus, LedgerEntry

from ._results_findings import FindingInfo
from ._results_model import Results, RuleInfo


def check_coherence(results: Results) -> None:
    """Refuse results that contradict themselves, or that reports here could not show.

    Raises:
        ValueError: with the key.
    """
    codes = [item.code for item in results.rules]
    if codes != sorted(set(codes)):
        raise ValueError("rules: they are not in the order of their codes, or one is there twice")
    if results.captured_at != results.capture.finished_at:
        raise ValueError("captured_at: it is not capture.finished_at")
    for at, rule in enumerate(results.rules):
        if set(rule.reads) - BY_NAME.keys():
            raise ValueError(f"rules.{at}.reads: this okta-auditor does not know all of it")
        if set(rule.consults) - BY_NAME.keys():
            raise ValueError(f"rules.{at}.consults: this okta-auditor does not know all of it")
    marked = any(item.new is not None for item in (*results.findings, *results.accepted))
    if marked and results.since is None:
        raise ValueError("since: findings say whether they are new, and it does not say since when")
    if results.log is None and any(
        item.rejections for item in (*results.findings, *results.accepted)
    ):
        raise ValueError("log: findings have rejections, and it does not say by which log")
    _check_coverage(results)
    rules = {item.code: item for item in results.rules}
    _check_rules(results, rules)
    for part in ("findings", "accepted"):
        for at, finding in enumerate(getattr(results, part)):
            _check_finding(finding, rules[finding.code], f"{part}.{at}", counts=part == "findings")


def _check_coverage(results: Results) -> None:
    for at, entry in enumerate(results.coverage):
        if entry.collection not in BY_NAME:
            raise ValueError(f"coverage.{at}.collection: this okta-auditor does not know it")
    _check_gaps(results)
    stated = [entry.collection for entry in results.coverage]
    # Results of an earlier version have no entry of what it did not read.
    if stated != [name for name, row in BY_NAME.items() if name in stated or not row.later]:
        raise ValueError("coverage: it has not one entry for each collection, in their order")


def _check_gaps(results: Results) -> None:
    read = {entry.collection: entry for entry in results.coverage}
    for at, gap in enumerate(results.accepted_gaps):
        entry = read.get(gap.collection)
        if entry is None or not LedgerEntry.model_validate(entry.model_dump()).lacks_only_rights:
            raise ValueError(
                f"accepted_gaps.{at}.collection: what is missing of it is not a right alone"
            )


def _check_rules(results: Results, rules: dict[str, RuleInfo]) -> None:
    if any(code in rules for item in results.deselected or () for code in item.codes):
        raise ValueError("deselected: a rule is among the selected ones as well")
    for part in ("findings", "accepted", "not_evaluated", "crashed"):
        for at, item in enumerate(getattr(results, part)):
            if item.code not in rules:
                raise ValueError(f"{part}.{at}.code: {item.code} is not among the rules")
            if item.name != rules[item.code].name:
                raise ValueError(f"{part}.{at}.name: {item.code} has another name in rules")


def _check_finding(finding: FindingInfo, rule: RuleInfo, where: str, *, counts: bool) -> None:
    if finding.impact != rule.impact:
        raise ValueError(f"{where}.impact: {finding.code} has another one in rules")
    fits = (finding.status is FindingStatus.OPEN) is counts is (finding.acceptance is None)
    if not fits:
        raise ValueError(f"{where}.status: it does not fit the list, or the acceptance")
    expected = {
        AcceptedBy.SUPPRESSION: FindingStatus.SUPPRESSED,
        AcceptedBy.BASELINE: FindingStatus.UNCHANGED,
    }
    if finding.acceptance and expected[finding.acceptance.by] != finding.status:
        raise ValueError(f"{where}.status: it does not fit acceptance.by")
