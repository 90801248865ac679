"""What two runs must have in common for one to go on where the other ended."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from auditor.collect.options import ExportOptions
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.kept_fields import field_names
from auditor.text import one_line
from auditor.version import __version__


def terms_of(org_url: str, options: ExportOptions) -> dict[str, Any]:
    """The terms of a run, as the first line of its journal says them."""
    return {
        "org_url": org_url,
        "tool_version": __version__,
        "table": _table_digest(),
        "all_members": options.all_members,
        "all_lists": options.all_lists,
    }


def difference(header: dict[str, Any], terms: dict[str, Any]) -> str | None:
    """How the run that wrote a journal differs from this one, in words; None if it does not."""
    if header.get("org_url") != terms["org_url"]:
        return f"another org, {one_line(str(header.get('org_url')))[:200]}"
    if any(header.get(name) != terms[name] for name in ("tool_version", "table")):
        return f"another version, {one_line(str(header.get('tool_version')))[:40]}"
    for option in ("all_members", "all_lists"):
        if header.get(option) != terms[option]:
            return (
                f"a run {'with' if header.get(option) else 'without'} --{option.replace('_', '-')}"
            )
    return None


def _table_digest() -> str:
    """Tells whether two programs read and keep the same."""
    rows = [
        (
            *(row.name, row.path, dict(row.query), row.parent, row.single),
            field_names(row.model) if row.model else (),
        )
        for row in COLLECTIONS
    ]
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()[:16]
