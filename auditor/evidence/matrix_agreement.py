"""Whether the control matrix and the OSCAL document say what the results of a bundle say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from auditor.controls.assessment import status_of
from auditor.controls.coverage_report import ASSESSED, COLUMNS
from auditor.evidence.manifest import RESULTS, TOOL
from auditor.evidence.oscal import STATES
from auditor.evidence.stated_results import StatedResults
from auditor.lint.rule_outcomes import RuleOutcome
from auditor.text import quoted

MATRIX = "controls.csv"
OSCAL = "assessment-results.json"

_MOST = 5
Row = dict[str, str]
Outcomes = list[RuleOutcome]
Control = tuple[str, str]
"""The ids of a framework and of one of its controls."""


def matrix_rows(data: bytes) -> list[Row]:
    """The rows of the matrix.

    Raises:
        ValueError: it is not one.
    """
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    columns = (*COLUMNS, *ASSESSED)
    # The last one says which gaps are accepted; bundles of earlier versions have none.
    if tuple(reader.fieldnames or ()) not in {columns, columns[:-1]}:
        raise ValueError("other columns")
    return rows


def control_problems(
    rows: Sequence[Row], results: StatedResults, frameworks: Sequence[str], oscal: Any
) -> Iterator[str]:
    """What the matrix says otherwise than the results, and OSCAL otherwise than the matrix.

    Args:
        rows: of the matrix.
        results: what the bundle's results say.
        frameworks: the ids that tool.json names.
        oscal: the OSCAL document.
    """
    if list(dict.fromkeys(row["framework"] for row in rows)) != list(frameworks):
        yield f"{MATRIX} has other frameworks than {TOOL}"
    mapped = [row for row in rows if row["rule"]]
    direct = _direct_outcomes(mapped, results)
    yield from islice(_outcome_problems(mapped, results), _MOST)
    yield from islice(_status_problems(mapped, direct), _MOST)
    states: dict[str, list[str]] = {name: [] for name in frameworks}
    for (framework, _), outcomes in direct.items():
        if (status := status_of(outcomes)) in STATES:
            states.setdefault(framework, []).append(STATES[status])
    stated = [
        [item["target"]["status"]["state"] for item in result.get("findings", ())]
        for result in oscal["assessment-results"]["results"]
    ]
    if stated != list(states.values()):
        yield f"{OSCAL} has other states of controls than follow from {RESULTS}"


def _direct_outcomes(rows: Sequence[Row], results: StatedResults) -> dict[Control, Outcomes]:
    """What became of the direct rules of each control, in the order of the matrix."""
    direct: dict[Control, Outcomes] = {}
    outcomes = results.outcomes
    for row in rows:
        listed = direct.setdefault((row["framework"], row["control"]), [])
        if row["strength"] == "direct":
            listed.append(outcomes.get(row["rule"], RuleOutcome.NOT_SELECTED))
    return direct


def _outcome_problems(rows: Sequence[Row], results: StatedResults) -> Iterator[str]:
    outcomes, counts = results.outcomes, results.counts
    for row in rows:
        outcome = outcomes.get(row["rule"], RuleOutcome.NOT_SELECTED)
        count, accepted = counts.get(row["rule"], (0, 0))
        gaps = " ".join(results.gaps_by_rule.get(row["rule"], ()))
        expected = (outcome.value, str(count), str(accepted), gaps)
        stated = (row["outcome"], row["findings"], row["accepted"], row.get("accepted_gaps", ""))
        if stated != expected:
            yield f"{MATRIX} has another outcome of {quoted(row['rule'])} than {RESULTS}"


def _status_problems(rows: Sequence[Row], direct: Mapping[Control, Outcomes]) -> Iterator[str]:
    for row in rows:
        if row["status"] != status_of(direct[row["framework"], row["control"]]).value:
            yield (
                f"{MATRIX} has another status of {quoted(row['control'])} of "
                f"{quoted(row['framework'])} than follows from {RESULTS}"
            )
