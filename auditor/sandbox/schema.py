"""The JSON Schema of a tenant file."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from auditor.sandbox.tenant import Fault, RateLimit

_REFERENCE = "#/$defs/{model}"


def tenant_schema() -> dict[str, Any]:
    """What a tenant file may hold: paths and directives."""
    _, definitions = models_json_schema(
        [(Fault, "validation"), (RateLimit, "validation")], ref_template=_REFERENCE
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor tenant file",
        "type": "object",
        "properties": {
            "@faults": _listed("Fault", "How the sandbox misbehaves."),
            "@rate_limits": _listed("RateLimit", "The first that matches a path counts."),
            "@latency_ms": {
                "type": "number",
                "minimum": 0,
                "description": "Milliseconds that every answer takes.",
            },
            "@tokens": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The API tokens that are accepted; without it, every one is.",
            },
        },
        "patternProperties": {
            "^/[^?]*$": {
                "type": ["array", "object"],
                "description": "What a path answers with: a list, which is paged, or an object.",
            }
        },
        "additionalProperties": False,
        **definitions,
    }


def _listed(model: str, meaning: str) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"$ref": _REFERENCE.format(model=model)},
        "description": meaning,
    }
