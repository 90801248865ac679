"""Tells whether two programs read and keep the same of a tenant."""

from __future__ import annotations

import hashlib
from functools import cache

import orjson

from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.kept_fields import field_names


@cache
def table_digest() -> str:
    """A digest of the collection table and of the fields that are kept, 16 hexadecimal digits."""
    rows = [
        (
            *(row.name, row.path, dict(row.query), row.parent, row.single),
            field_names(row.model) if row.model else (),
        )
        for row in COLLECTIONS
    ]
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()[:16]
