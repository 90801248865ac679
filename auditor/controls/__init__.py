"""Frameworks of controls, and which rules have to do with which control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mapped:
    """A rule that has to do with a control."""

    rule: str
    strength: Literal["direct", "related"]
    rationale: str


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a framework."""

    id: str
    title: str
    rules: tuple[Mapped, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework, and what of it configuration cannot show."""

    id: str
    title: str
    version: str
    source: str
    controls: tuple[Control, ...]
    beyond: tuple[str, ...]


def load_frameworks(extra: Sequence[Path] = ()) -> tuple[Framework, ...]:
    """The frameworks that come with the product."""
    del extra
    return (
        Framework(
            id="nist-800-53",
            title="NIST SP 800-53",
            version="5",
            source="https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
            controls=(
                Control(
                    id="AC-6",
                    title="Least Privilege",
                    rules=(
                        Mapped("OAM201", "direct", "A policy for all clients grants more."),
                        Mapped("OAM702", "related", "Long lifetimes prolong what is granted."),
                    ),
                ),
                Control(
                    id="AC-12",
                    title="Session Termination",
                    rules=(Mapped("OAM702", "direct", "Tokens end when their lifetime does."),),
                ),
            ),
            beyond=("AC-2: whether people review accounts",),
        ),
    )
