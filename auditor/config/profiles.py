"""Bundles of settings for the three occasions on which people look at findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Profile(StrEnum):
    """An occasion."""

    PR = "pr"
    NIGHTLY = "nightly"
    AUDIT = "audit"


@dataclass(frozen=True)
class ProfileSettings:
    """What a profile sets, and what for."""

    purpose: str
    settings: Mapping[str, Any]
    """Values as a configuration file would have them."""


PROFILES: Mapping[Profile, ProfileSettings] = MappingProxyType(
    {
        # Whoever opened the pull request must act on everything red, so nothing that may be a
        # false alarm, and nothing that can wait.
        Profile.PR: ProfileSettings(
            "what must stop a change", {"fail_on": "high", "min_confidence": "medium"}
        ),
        # Nobody waits for it, and somebody looks at it with time to judge.
        Profile.NIGHTLY: ProfileSettings(
            "what a team should work on",
            {"fail_on": "medium", "min_confidence": "low", "statistics": True},
        ),
        # Evidence: nothing left out, nothing hidden, nothing that was not looked at.
        Profile.AUDIT: ProfileSettings(
            "everything, as evidence",
            {
                "fail_on": "info",
                "min_confidence": "low",
                "strict": True,
                "statistics": True,
                "show_suppressed": True,
            },
        ),
    }
)
