"""Where a setting comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """What can set a setting; a later one wins over an earlier one."""

    DEFAULT = "default"
    PROFILE = "profile"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Origin:
    """A layer of the settings, and the place in it."""

    layer: Layer
    name: str = ""
    """The profile, the file or the variable."""
    line: int | None = None

    def __str__(self) -> str:
        """As messages and `okta-auditor config` name it."""
        if self.layer is Layer.FILE:
            return self.name if self.line is None else f"{self.name}:{self.line}"
        return f"{self.layer} {self.name}" if self.name else self.layer.value
