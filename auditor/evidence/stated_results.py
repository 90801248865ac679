"""What the results in a bundle say, whoever wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from auditor.evidence.manifest import RESULTS
from auditor.evidence.ocsf import STATUS
from auditor.lint.rule_outcomes import RuleOutcome

Json = dict[str, Any]

_UNREAD = frozenset({"partial", "refused"})


@dataclass(frozen=True)
class StatedResults:
    """The JSON results as far as other files of a bundle repeat them.

    Reading one that is not what `evidence export` writes raises a ValueError, a KeyError, a
    TypeError or an AttributeError.
    """

    document: Json

    @classmethod
    def of(cls, data: bytes) -> StatedResults:
        """Read them."""
        return cls(cls.loaded(data))

    @staticmethod
    def loaded(data: bytes) -> Any:
        """A JSON value."""
        return orjson.loads(data)

    @property
    def tenant(self) -> Any:
        """The org's id."""
        return self.document["tenant"]["id"]

    @property
    def captured_at(self) -> datetime:
        """When reading the tenant was finished."""
        return datetime.fromisoformat(self.document["captured_at"])

    @property
    def tool_version(self) -> Any:
        """The version of the tool."""
        return self.document["tool"]["version"]

    @property
    def complete(self) -> Any:
        """Whether all could be checked."""
        return self.document["summary"]["complete"]

    @property
    def unchecked(self) -> bool:
        """Whether the lists of rules say that something could not be checked."""
        absent = [item["absent"] for item in self.document["not_evaluated"]]
        return not all(absent) or bool(self.document["crashed"]) or not self.document["rules"]

    @property
    def rules(self) -> dict[str, tuple[Any, Any]]:
        """Severity and options of each selected rule, by code."""
        return {
            item["code"]: (item["severity"], item["options"] or {})
            for item in self.document["rules"]
        }

    @property
    def coverage(self) -> dict[str, str]:
        """How completely each collection was read."""
        return {item["collection"]: item["status"] for item in self.document["coverage"]}

    @property
    def carried_over(self) -> set[tuple[str, datetime, bool]]:
        """Which lists were carried over, as `carried_over_in` has them."""
        return carried_over_in(self.document["coverage"])

    @property
    def accepted_gaps(self) -> list[Json]:
        """Those that were accepted; results of earlier versions have none."""
        return list(self.document.get("accepted_gaps", []))

    @property
    def gaps_by_rule(self) -> dict[str, list[str]]:
        """The accepted gaps because of which a rule was not evaluated, by code."""
        gaps = [item["collection"] for item in self.accepted_gaps]
        without = self._without
        return {
            item["code"]: [name for name in gaps if name in item["missing"]]
            for item in self.document["not_evaluated"]
            if not item["absent"] and without.issuperset(item["missing"])
        }

    @property
    def unaccepted(self) -> bool:
        """Whether the lists say that something could not be checked that nobody accepts."""
        without = self._without
        unread = {name for name, status in self.coverage.items() if status in _UNREAD}
        missing = [item["missing"] for item in self.document["not_evaluated"] if not item["absent"]]
        evaluated = set(self.outcomes.values()) & {RuleOutcome.CLEAN, RuleOutcome.FINDINGS}
        return (
            not without.issuperset(unread)
            or not all(map(without.issuperset, missing))
            or bool(self.document["crashed"])
            or not evaluated
        )

    @property
    def _without(self) -> set[str]:
        """Collections that may be missing: the org has none of them, or somebody accepts it."""
        absent = {name for name, status in self.coverage.items() if status == "absent"}
        return absent | {item["collection"] for item in self.accepted_gaps}

    @property
    def findings(self) -> list[Json]:
        """All of them: those that count, and then accepted ones."""
        return [*self.document["findings"], *self.document["accepted"]]

    @property
    def fingerprints(self) -> list[str]:
        """Of all findings, in their order."""
        return [item["fingerprint"] for item in self.findings]

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many findings of each rule count and are accepted; of rules that have some."""
        count, accepted = (
            Counter(item["code"] for item in self.document[name])
            for name in ("findings", "accepted")
        )
        return {code: (count[code], accepted[code]) for code in count | accepted}

    @property
    def outcomes(self) -> dict[str, RuleOutcome]:
        """What became of each selected rule, by code."""
        outcomes = dict.fromkeys(self.rules, RuleOutcome.CLEAN)
        outcomes |= dict.fromkeys(self.counts, RuleOutcome.FINDINGS)
        for item in self.document["not_evaluated"]:
            absent, unread = RuleOutcome.ABSENT, RuleOutcome.NOT_EVALUATED
            outcomes[item["code"]] = absent if item["absent"] else unread
        crashed = (item["code"] for item in self.document["crashed"])
        return outcomes | dict.fromkeys(crashed, RuleOutcome.CRASHED)

    @property
    def events(self) -> list[tuple[str, str, str]]:
        """The control, status and uid of each OCSF event that follows."""
        without = [
            (code, STATUS[outcome][1], f"{self.tenant}/{code}")
            for code, outcome in self.outcomes.items()
            if outcome is not RuleOutcome.FINDINGS
        ]
        failed = STATUS[RuleOutcome.FINDINGS][1]
        return [
            *without,
            *((item["code"], failed, item["fingerprint"]) for item in self.findings),
        ]

    def contradictions(self) -> Iterator[str]:
        """What the numbers say otherwise than the lists."""
        summary, document = self.document["summary"], self.document
        findings = document["findings"]
        severities = Counter(item["severity"] for item in findings)
        rules = summary["rules"]
        not_evaluated, crashed = len(document["not_evaluated"]), len(document["crashed"])
        selected = len(document["rules"])
        statuses = Counter(item["status"] for item in document["accepted"])
        numbers = {
            "findings": (summary["findings"], len(findings)),
            "suppressed": (summary["suppressed"], statuses["suppressed"]),
            "unchanged": (summary["unchanged"], statuses["unchanged"]),
            "fixed": (summary["fixed"], len(document["fixed"])),
            "by_severity": (
                {name: number for name, number in summary["by_severity"].items() if number},
                dict(severities),
            ),
            "by_rule": (summary["by_rule"], dict(Counter(item["code"] for item in findings))),
            "rules": (
                [rules[key] for key in ("selected", "not_evaluated", "crashed", "evaluated")],
                [selected, not_evaluated, crashed, selected - not_evaluated - crashed],
            ),
        }
        for name, (stated, counted) in numbers.items():
            if stated != counted:
                yield f"{RESULTS} contradicts itself: its summary has another {name} than its lists"
        stated = summary.get("unaccepted")
        if stated is not None and stated != self.unaccepted:
            yield f"{RESULTS} contradicts itself: its summary has another unaccepted than its lists"
        if set(self.outcomes) != set(self.rules):
            yield f"{RESULTS} contradicts itself: it has findings of rules that were not selected"


def carried_over_in(entries: list[Json]) -> set[tuple[str, datetime, bool]]:
    """Each list that was carried over: its path, when it was read, and whether it is proven.

    Args:
        entries: of a ledger, as JSON. Those of earlier versions say nothing of it.
    """
    return {
        (path, datetime.fromisoformat(item["read_at"]), item["proven"])
        for entry in entries
        for item in entry.get("carried_over", ())
        for path in item["paths"]
    }
