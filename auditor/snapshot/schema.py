"""The JSON Schema of a snapshot, made from the models and the collection table."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from auditor.snapshot.collections import COLLECTIONS, Collection
from auditor.snapshot.document import FORMAT, VERSION, Capture
from auditor.snapshot.ledger import LedgerEntry


def snapshot_schema() -> dict[str, Any]:
    """The schema as a JSON value, draft 2020-12."""
    models: set[type[BaseModel]] = {row.model for row in COLLECTIONS if row.model}
    models |= {Capture, LedgerEntry}
    ordered = sorted(models, key=lambda model: model.__name__)
    references, definitions = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/$defs/{model}"
    )

    def shape(row: Collection) -> dict[str, Any]:
        one = references[row.model, "validation"] if row.model else {"type": "string"}
        return one if row.single else {"type": "array", "items": one}

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor snapshot",
        "type": "object",
        "required": ["format", "version", "capture", "ledger", "resources", "digest"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "digest": {
                "type": "string",
                "pattern": "^sha256:[0-9a-f]{64}$",
                "description": "Of all the rest, as it is laid out when it is written.",
            },
            "capture": references[Capture, "validation"],
            "ledger": {"type": "array", "items": references[LedgerEntry, "validation"]},
            "resources": {
                "type": "object",
                "description": "What each API path answered, pages joined.",
                "patternProperties": {_pattern(row): shape(row) for row in COLLECTIONS},
            },
        },
        **definitions,
    }


def _pattern(row: Collection) -> str:
    return "^" + re.escape(row.path).replace(r"\{\}", "[^/]+").replace(r"\-", "-") + "$"
