"""What a path answers with: what the tenant file has, what follows from it, or nothing yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from auditor.sandbox.answers import Answer, answered, refused
from auditor.sandbox.expansion import Expansion
from auditor.sandbox.expressions import FilterError, member_values
from auditor.sandbox.filters import chosen
from auditor.sandbox.known_paths import known_list, known_object
from auditor.sandbox.paging import page
from auditor.sandbox.relations import Relations
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.collections import Collection, match

if TYPE_CHECKING:
    from yarl import URL

Json = dict[str, Any]

_UNKNOWN = "E0000022"
"""Okta's code for a path that it has not, with the words of a method that it has not."""


class Resources:
    """The objects and lists of one tenant file, as Okta shows them."""

    def __init__(self, tenant: TenantFile) -> None:
        self._tenant = tenant
        self._relations = Relations(tenant)
        self._expansion = Expansion(tenant, self._relations)

    def answer(self, url: URL) -> Answer:
        """The answer to a request that may read."""
        matched = match(url.path)
        row = matched[0] if matched else None
        listed = known_list(url.path) if row is None else (row.member,)
        value = self._value(url.path, row, listed)
        member = listed[0] if listed else None
        if member is not None and isinstance(value, dict):
            value = value.get(member, value)
        if isinstance(value, list):
            return self._page(value, url, row, member)
        if value is None:
            return _missing(url.path)
        return answered(self._expanded(url, url.path.rpartition("/")[0], [value])[0])

    def _value(self, path: str, row: Collection | None, listed: tuple[str | None] | None) -> Any:
        value = self._tenant.resources.get(path)
        if value is None:
            value = self._relations.implied(path)
        if value is None and listed is not None and not (row is not None and row.single):
            return []
        if value is not None:
            return value
        # Every object of a list has an address of its own.
        folder, _, identity = path.rpartition("/")
        return next((r for r in self._tenant.records(folder) if r.get("id") == identity), None)

    def _page(
        self, records: list[Any], url: URL, row: Collection | None, member: str | None
    ) -> Answer:
        # What is always read with a filter stands in a tenant file as the filter gives it.
        if row is None or "filter" not in row.query:
            try:
                records = chosen(records, url.query, self._values)
            except FilterError:
                return refused(400, url.path, "Invalid search criteria.", "E0000031")
        return page(records, url, row, member, lambda rows: self._expanded(url, url.path, rows))

    def _expanded(self, url: URL, path: str, records: list[Any]) -> list[Any]:
        expand = url.query.get("expand")
        return self._expansion.expanded(path, expand, records) if expand else records

    def _values(self, record: Json, attribute: str) -> Iterable[Any]:
        if attribute == "user.id":
            return self._relations.user_ids(record)
        return member_values(record, attribute)


def _missing(path: str) -> Answer:
    if not known_object(path):
        usual = "The endpoint does not support the provided HTTP method"
        return refused(404, path, usual, _UNKNOWN)
    what = f"{path} (not in the tenant file)"
    return refused(404, path, f"Not found: Resource not found: {what}")
