"""What all parts of JSON documents have in common, and the schema of a document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter


class DocumentPart(BaseModel):
    """A part of a document that a command prints.

    Keys may be added in later versions; none is removed, renamed or given another meaning.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)


class NamedObject(DocumentPart):
    """An object of the org. The name is the tenant's own words."""

    id: str
    name: str


def document_schema(kind: Any, title: str) -> dict[str, Any]:
    """The JSON Schema of a document.

    Args:
        kind: its model, or a list of models.
        title: what it is called.
    """
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    own = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**own, **schema, "title": f"okta-auditor {title}"}
