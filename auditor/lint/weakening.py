"""What a file that nobody named makes milder: a pull request may bring one along."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.text import one_line


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

    @property
    def sentence(self) -> str:
        """What reports say of it."""
        where, setting, value = one_line(self.where), one_line(self.setting), one_line(self.value)
        if not self.otherwise:
            return f"{where}: the {setting} accept findings unasked, {value}."
        return (
            f"{where}: {setting} is {value} instead of {one_line(self.otherwise)}, because of a "
            "file that nobody named."
        )
