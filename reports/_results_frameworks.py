"""The shape of compliance frameworks in the JSON results, where they are not the built-in ones."""

from __future__ import annotations

from typing import Literal

from auditor.results import Control, Framework, Mapped

from ._results_findings import Code, ResultsPart


class MappedInfo(ResultsPart):
    """A rule that bears on a control, and why."""

    rule: Code
    strength: Literal["direct", "related"]
    rationale: str


class ControlInfo(ResultsPart):
    """A control of a framework."""

    id: str
    title: str
    rules: list[MappedInfo]


class FrameworkInfo(ResultsPart):
    """A compliance framework."""

    id: str
    title: str
    version: str
    source: str
    controls: list[ControlInfo]
    beyond: list[str]

    @property
    def framework(self) -> Framework:
        """The framework that it describes."""
        controls = (
            Control(item.id, item.title, tuple(Mapped(**dict(each)) for each in item.rules))
            for item in self.controls
        )
        facts = self.model_dump(include={"id", "title", "version", "source"})
        return Framework(**facts, controls=tuple(controls), beyond=tuple(self.beyond))
