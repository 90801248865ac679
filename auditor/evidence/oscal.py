"""The audit as an OSCAL assessment-results document (NIST, OSCAL 1.1.2).

OSCAL knows `satisfied` and `not-satisfied` only: a control that was not evaluated, or of which
no more than related rules speak, has observations and no finding. Ids are UUIDs of version 5, so
that the same audit has the same bytes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

from auditor.controls import Framework
from auditor.controls.assessment import Assessment, ControlStatus, assess
from auditor.lint.carried_over import carried_over
from auditor.lint.deselection import deselected_words, evaluated_words
from auditor.lint.reported_finding import ObjectRef
from auditor.lint.result import AuditResult
from auditor.lint.rule_outcomes import RuleOutcomes
from auditor.lint.shown_gaps import gaps_by_rule, shown_gaps
from auditor.text import counted, one_line

OSCAL_VERSION = "1.1.2"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:okta-auditor:evidence:1")
_NS = "urn:okta-auditor:oscal"
STATES = {ControlStatus.SATISFIED: "satisfied", ControlStatus.NOT_SATISFIED: "not-satisfied"}

Json = dict[str, Any]


def assessment_results(result: AuditResult, frameworks: tuple[Framework, ...]) -> Json:
    """The document."""
    return {"assessment-results": _Writer(result, frameworks).document()}


class _Writer:
    def __init__(self, result: AuditResult, frameworks: tuple[Framework, ...]) -> None:
        self._result = result
        self._frameworks = frameworks
        self._outcomes = RuleOutcomes(result)
        self._gaps = gaps_by_rule(result)
        self._names = {item.code: item.name for item in result.rules}
        start, end = result.capture.started_at, result.capture.finished_at
        self._start, self._end = start.isoformat(), end.isoformat()
        self._seed = f"{result.tenant.id}\n{self._end}\n{result.tool_version}\n{result.as_of}"

    def document(self) -> Json:
        plan = self._id("plan")
        return {
            "uuid": self._id("document"),
            "metadata": {
                "title": f"okta-auditor: {_line(self._result.tenant.name)}",
                "last-modified": self._end,
                "version": self._end,
                "oscal-version": OSCAL_VERSION,
            },
            "import-ap": {"href": f"#{plan}"},
            "results": [self._framework(item) for item in self._frameworks],
            "back-matter": {
                "resources": [
                    {
                        "uuid": plan,
                        "title": "No assessment plan",
                        "description": "There is no assessment plan in OSCAL. What was assessed is "
                        "the tenant's configuration, by the rules that tool.json lists.",
                    }
                ]
            },
        }

    def _framework(self, framework: Framework) -> Json:
        codes = sorted({rule.rule for control in framework.controls for rule in control.rules})
        objects = {
            (item.object.type, item.object.id): item.object
            for code in codes
            for item in self._outcomes.findings(code)
        }
        items = [self._item(framework, objects[key]) for key in sorted(objects)]
        observations = [self._observation(framework, code) for code in codes]
        findings = [
            self._finding(framework, item)
            for item in assess(framework, self._outcomes)
            if item.status in STATES
        ]
        controls = [{"control-id": token(framework, item.id)} for item in framework.controls]
        beyond = "; ".join(map(_line, framework.beyond)) or "nothing was named"
        return {
            "uuid": self._id("result", framework.id),
            "title": _line(f"{framework.title} {framework.version}"),
            "description": "What the configuration of Okta API Access Management shows. It "
            f"cannot show: {beyond}.{self._left_out()}{self._carried_over()}"
            f"{self._accepted_gaps()}",
            "start": self._start,
            "end": self._end,
            **({"local-definitions": {"inventory-items": items}} if items else {}),
            "reviewed-controls": {
                "control-selections": [
                    {
                        "description": _line(f"{framework.title} {framework.version}"),
                        "include-controls": controls,
                    }
                ]
            },
            **({"observations": observations} if observations else {}),
            **({"findings": findings} if findings else {}),
        }

    def _left_out(self) -> str:
        """What the settings left out, in a sentence; empty if they left nothing out."""
        return f" {evaluated_words(self._result)}." if deselected_words(self._result) else ""

    def _carried_over(self) -> str:
        """What was read before `start`, in sentences; empty if nothing was."""
        words = carried_over(self._result.coverage)
        return f" {words}" if words else ""

    def _accepted_gaps(self) -> str:
        """The accepted gaps, two sentences each; empty if there is none."""
        return "".join(f" {_line(gap.sentence)}" for gap in shown_gaps(self._result))

    def _observation(self, framework: Framework, code: str) -> Json:
        outcome = self._outcomes.of(code)
        findings = self._outcomes.findings(code)
        subjects = sorted({(item.object.type, item.object.id) for item in findings})
        name = self._names.get(code, "not selected")
        number = f" ({counted(len(findings), 'finding')})" if findings else ""
        accepted = self._gaps.get(code, ())
        observation: Json = {
            "uuid": self._id("observation", framework.id, code),
            "title": _line(f"{code} {name}"),
            "description": f"Rule {code} ({name}): {outcome.value}{number}."
            + "".join(f" {_line(gap.sentence)}" for gap in accepted),
            "props": [
                {"name": "outcome", "ns": _NS, "value": outcome.value},
                *(
                    prop
                    for gap in accepted
                    for prop in _props({"accepted-gap": gap.gap.collection})
                ),
            ],
            "methods": ["TEST"],
            "relevant-evidence": [
                {"href": "results.json", "description": f"The findings of {code}."},
                {"href": "snapshot.json", "description": "The configuration as it was read."},
                {"href": "ledger.json", "description": "What was read and what was not."},
            ],
            "collected": self._end,
        }
        if subjects:
            observation["subjects"] = [
                {"subject-uuid": self._id("object", framework.id, *key), "type": "inventory-item"}
                for key in subjects
            ]
        return observation

    def _finding(self, framework: Framework, assessed: Assessment) -> Json:
        control = assessed.control
        direct = [item for item in assessed.rules if item.mapped.strength == "direct"]
        outcomes = "; ".join(f"{item.mapped.rule}: {item.outcome}" for item in direct)
        missing = ", ".join(assessed.not_evaluated)
        note = f" Not evaluated: {missing}." if missing else ""
        return {
            "uuid": self._id("finding", framework.id, control.id),
            "title": _line(f"{control.id} {control.title}"),
            "description": f"As far as these rules show: {outcomes}.{note}",
            "target": {
                "type": "objective-id",
                "target-id": objective(framework, control.id),
                "status": {"state": STATES[assessed.status]},
            },
            "related-observations": [
                {"observation-uuid": self._id("observation", framework.id, code)}
                for code in dict.fromkeys(item.rule for item in control.rules)
            ],
        }

    def _item(self, framework: Framework, item: ObjectRef) -> Json:
        return {
            "uuid": self._id("object", framework.id, item.type, item.id),
            "description": _line(f"{item.type}: {item.name}"),
            "props": list(_props({"object-type": item.type, "object-id": item.id})),
        }

    def _id(self, *parts: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, "\n".join((self._seed, *parts))))


def token(framework: Framework, control: str) -> str:
    """A control's id as OSCAL writes it: NIST's own form for NIST, a token for all.

    `AC-6(5)` is `ac-6.5` in NIST's catalogue. A token begins with a letter or an underscore; which
    letters beyond ASCII it may hold, readers disagree about, so each stands as its code point.
    """
    ascii_only = re.sub(r"[^\x00-\x7f]", lambda match: f"u{ord(match[0]):x}", control)
    plain = re.sub(r"[^\w.\-]+", "-", ascii_only.replace("(", ".").replace(")", "")).strip("-.")
    if framework.id.startswith("nist-800-53"):
        plain = plain.lower()
    return plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"


def objective(framework: Framework, control: str) -> str:
    """What a finding is about: in NIST's catalogue a control's assessment objective.

    That of `ac-2` is `ac-2_obj` there. Other frameworks have no catalogue by their publisher, so
    the control stands for its objective.
    """
    plain = token(framework, control)
    return f"{plain}_obj" if framework.id.startswith("nist-800-53") else plain


def _props(values: dict[str, str]) -> Iterator[Json]:
    for name, value in values.items():
        if line := _line(value):
            yield {"name": name, "ns": _NS, "value": line}


def _line(text: str) -> str:
    """Text as OSCAL's strings demand it: one line, not empty, no blanks at the ends."""
    return one_line(text).strip() or "-"
