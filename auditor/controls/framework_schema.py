"""The JSON Schema of a framework's file, for editors. `reading` decides what is accepted."""

from __future__ import annotations

from typing import Any

from auditor.controls.framework_file import CODE, ID

_TEXT = {"type": ["string", "number"], "pattern": r"\S"}
"""Numbers too: `version: 4.0` is read as it is written."""


def framework_schema() -> dict[str, Any]:
    """What the file of a framework may hold."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor compliance framework",
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "title", "version", "source", "beyond", "controls"],
        "properties": {
            "id": {
                "type": "string",
                "pattern": f"^{_ended(ID.pattern)}",
                "description": "Short and permanent, for example acme-iam.",
            },
            "title": _TEXT | {"description": "The framework's name."},
            "version": _TEXT | {"description": "The version that the ids are taken from."},
            "source": _TEXT | {"description": "The address of whoever publishes it."},
            "beyond": {
                "type": "array",
                "minItems": 1,
                "items": _TEXT,
                "description": "What the configuration cannot show, a sentence each.",
            },
            "controls": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/control"}},
        },
        "$defs": {"control": _control(), "rules": _rules()},
    }


def _control() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "title"],
        "anyOf": [{"required": ["direct"]}, {"required": ["related"]}],
        "properties": {
            "id": _TEXT | {"description": "As the framework writes it, for example AC-6(5)."},
            "title": _TEXT | {"description": "What the control is about."},
            "direct": {
                "$ref": "#/$defs/rules",
                "description": "Rules whose findings are places where the control is not met.",
            },
            "related": {
                "$ref": "#/$defs/rules",
                "description": "Rules that bear on the control without deciding about it.",
            },
        },
    }


def _rules() -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{_ended(CODE.pattern)}"},
        "additionalProperties": _TEXT | {"description": "Why, in one sentence."},
    }


def _ended(pattern: str) -> str:
    r"""A pattern of Python's as JSON Schema has it, whose dialect does not know `\Z`."""
    return pattern.replace(r"\Z", "$")
