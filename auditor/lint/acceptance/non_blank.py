"""Text that a reviewed file must not leave empty."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

NonBlank: TypeAlias = Annotated[str, StringConstraints(pattern=r"\S")]
"""Text that holds more than white space."""
