"""How reports title what the data names in small letters."""

from __future__ import annotations

from auditor import Confidence, Impact, Severity

_TITLES: dict[str, str] = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Info",
    Impact.BROKEN: "Broken",
    Impact.RISKY: "Risky",
    Impact.DEAD: "Dead",
}


def title(value: Severity | Impact | Confidence) -> str:
    """A severity, an impact or a confidence with a capital."""
    return _TITLES[value]
