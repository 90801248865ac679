"""The JSON Schema of a tenant file."""

from __future__ import annotations

from typing import Any

from auditor.sandbox.tenant import TenantFile


def tenant_schema() -> dict[str, Any]:
    """What a tenant file may hold: paths and directives."""
    schema = TenantFile.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor tenant file",
        "type": "object",
        "properties": {
            f"@{name}": member
            for name, member in schema["properties"].items()
            if name != "resources"
        },
        "patternProperties": {
            "^/[^?]*$": {
                "type": ["array", "object"],
                "description": "What a path answers with: a list, which is paged, or an object.",
            }
        },
        "additionalProperties": False,
        "$defs": schema["$defs"],
    }
