"""What a file that nobody named makes milder: a pull request may bring one along."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.text import one_line

GAPS = "accepted gaps"
"""The setting's name where a file accepts gaps."""

_ORDER = ("info", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Weakening:
    """A setting, or a file of accepted findings, that makes an audit milder unasked."""

    setting: str
    """The setting's name, such as `exit_zero` or `severity.OAM303`."""
    where: str
    """The file and line."""
    value: str
    """What it is set to, as TOML; of a file of accepted findings, how many entries it has."""
    otherwise: str
    """What would hold without the file; empty for a file of accepted findings."""
    decided_by: str = ""
    """The commit by which it is judged, where the checkout only proposes it; empty if it holds."""

    @property
    def label(self) -> str:
        """What reports put before the sentence."""
        return "Not in force" if self.decided_by else "Weakened"

    @property
    def sentence(self) -> str:
        """What reports say of it."""
        where, setting, value = one_line(self.where), one_line(self.setting), one_line(self.value)
        if self.decided_by:
            what = value if not self.otherwise else self._changed()
            by = one_line(self.decided_by)
            return f"{where}: this change {what}; {by} decides until it is merged."
        if self.setting == GAPS:
            return f"{where}: the {setting} let an audit pass that lacks rights, unasked, {value}."
        if not self.otherwise:
            return f"{where}: the {setting} accept findings unasked, {value}."
        return (
            f"{where}: {setting} is {value} instead of {one_line(self.otherwise)}, because of a "
            "file that nobody named."
        )

    def _changed(self) -> str:
        """As `raises fail_on from high to critical`."""
        old, new = (one_line(value).strip('"') for value in (self.otherwise, self.value))
        verb = "changes"
        if self.setting in {"fail_on", "min_confidence"} and {old, new} <= set(_ORDER):
            verb = "raises" if _ORDER.index(new) > _ORDER.index(old) else "lowers"
        return f"{verb} {one_line(self.setting)} from {old} to {new}"
