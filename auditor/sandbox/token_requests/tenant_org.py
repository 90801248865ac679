"""The tenant file as the decision engine sees it: as if it had been exported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from auditor.sandbox.relations import Relations
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.collections import COLLECTIONS, Collection
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.org import Org
from auditor.snapshot.proof import complete_ledger, expected_lists
from auditor.version import __version__

Json = dict[str, Any]


def tenant_org(tenant: TenantFile, url: str, moment: datetime) -> Org:
    """All of a tenant file as an export would have it.

    Args:
        tenant: the tenant file.
        url: the address of the org.
        moment: when that is, for what the snapshot says of itself.
    """
    relations = Relations(tenant)
    resources: Json = {}
    lists: dict[str, Json] = {}
    for row in COLLECTIONS:  # parents come first
        own = lists[row.name] = {}
        paths = [row.path] if row.parent is None else sorted(expected_lists(row, lists[row.parent]))
        for path in paths:
            value = tenant.resources.get(path)
            kept = _kept(row, relations.implied(path) if value is None else value)
            if kept is not None:
                own[path] = kept
        resources |= own
    capture = Capture(org_url=url, tool_version=__version__, started_at=moment, finished_at=moment)
    ledger = complete_ledger(resources)
    return Org.of(Snapshot(capture=capture, ledger=ledger, resources=resources))


def _kept(row: Collection, value: Any) -> Any:
    """What a snapshot keeps of an answer; None of an object that is not there."""
    if row.single:
        return value if isinstance(value, dict) else None
    if row.member is not None and isinstance(value, dict):
        value = value.get(row.member)
    listed = row.with_ids(value) if isinstance(value, list) else []
    records = [record for record in listed if isinstance(record, dict) and row.keep(record)]
    if row.pack is None:
        return records
    return row.pack([record for record in records if record.get("id") is not None])
