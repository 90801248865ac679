"""Where a setting comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["default", "profile", "file", "environment", "command line"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A layer of the settings, and the place in it."""

    kind: Kind
    name: str = ""
    """The profile, the file or the variable."""
    line: int | None = None

    def __str__(self) -> str:
        """As messages and `okta-auditor config` say it."""
        if self.kind == "file":
            return self.name if self.line is None else f"{self.name}:{self.line}"
        return f"{self.kind} {self.name}".strip()


DEFAULT = Origin("default")
COMMAND_LINE = Origin("command line")
