"""Frameworks, their controls, and the rules that bear on them. Data only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Strength: TypeAlias = Literal["direct", "related"]
"""direct: a finding of the rule is a place where the control is not met. related: it bears on
the control, but neither a finding nor the lack of one decides about it."""

STRENGTHS: tuple[Strength, ...] = ("direct", "related")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A rule that bears on a control, and why."""

    rule: str
    """The rule's code."""
    strength: Strength
    rationale: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control, requirement or section of a framework."""

    id: str
    """As the framework writes it, for example `AC-6(5)`."""
    title: str
    """What it is about, in our words."""
    rules: tuple[Mapped, ...]
    """The direct ones first, each kind by code; never empty."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework, as far as the configuration of API Access Management bears on it."""

    id: str
    """Short and permanent, for example `nist-800-53-r5`."""
    title: str
    version: str
    source: str
    """The address of whoever publishes it."""
    controls: tuple[Control, ...]
    """In the framework's order; those on which no rule bears are left out."""
    beyond: tuple[str, ...]
    """What the configuration cannot show, a sentence each."""

    @property
    def rules(self) -> frozenset[str]:
        """The codes of the rules that bear on any of the controls."""
        return frozenset(mapped.rule for control in self.controls for mapped in control.rules)


def bearing_on(
    frameworks: Iterable[Framework], rule: str
) -> tuple[tuple[Framework, Control, Mapped], ...]:
    """Where a rule is mapped, in the order of the frameworks and their controls."""
    return tuple(
        (framework, control, mapped)
        for framework in frameworks
        for control in framework.controls
        for mapped in control.rules
        if mapped.rule == rule
    )
