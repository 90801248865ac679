"""What `config --format json` prints."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from auditor.cli.json_documents.part import DocumentPart
from auditor.config.origin import Layer


class OriginInfo(DocumentPart):
    """Where a value comes from."""

    kind: Layer
    name: str | None = Field(description="The variable, option, file or profile.")
    line: int | None = Field(description="The line of the file.")


class SettingInfo(DocumentPart):
    """A setting, or a value of a table of settings."""

    key: list[str] = Field(description="Its name; of a table, the names that lead to it.")
    value: Any
    origin: OriginInfo


class SettingsInForce(DocumentPart):
    """The settings that hold for an audit."""

    version: str = Field(alias="schema")
    file: str | None = Field(description="The configuration file; null if there is none.")
    settings: list[SettingInfo]
