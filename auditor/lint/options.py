"""Thresholds of rules: typed, documented on the rule's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class RuleOptions(BaseModel):
    """Base of a rule's options: fields with a default, bounds and a description."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def documented(cls) -> list[tuple[str, str, str]]:
        """Name, default and description of each option."""
        return [
            (name, repr(field.get_default(call_default_factory=True)), field.description or "")
            for name, field in cls.model_fields.items()
        ]

    def changed(self, values: Mapping[str, Any]) -> Self:
        """The same options with some values replaced, validated.

        Raises:
            pydantic.ValidationError: there is no such option, or a value is out of bounds.
        """
        return self.model_validate({**self.model_dump(), **values})
