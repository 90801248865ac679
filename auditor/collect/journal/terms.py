"""What two runs must have in common for one to go on where the other ended."""

from __future__ import annotations

from typing import Any

from auditor.collect.options import ExportOptions
from auditor.snapshot.table_digest import table_digest
from auditor.text import one_line
from auditor.version import __version__


def terms_of(org_url: str, options: ExportOptions, since: str = "") -> dict[str, Any]:
    """The terms of a run, as the first line of its journal says them.

    Args:
        org_url: the org.
        options: how it is read.
        since: what tells older snapshots apart that lists are carried over from; empty for none.
    """
    return {
        "org_url": org_url,
        "tool_version": __version__,
        "table": table_digest(),
        "all_members": options.all_members,
        "all_lists": options.all_lists,
        **({"since": since} if since else {}),
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
    if header.get("since") != terms.get("since"):
        return "a run with another --since or --full-every, or without"
    return None
