"""Which records of a list a query chooses: `filter`, `search`, `q`, `type` and `status`.

Okta allows expressions for some properties of some lists; here any will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.sandbox.expressions import Test, Values, parsed

_BEGINNINGS = ("name", "label", "profile.name", "profile.firstName", "profile.lastName",
               "profile.email")  # fmt: skip


def chosen(records: list[Any], query: Mapping[str, str], values: Values) -> list[Any]:
    """The records that a query chooses, in their order.

    Args:
        records: the whole list.
        query: the parameters of the request.
        values: what a record has at an attribute.

    Raises:
        FilterError: `filter` or `search` is no expression.
    """
    tests = [parsed(query[name], values) for name in ("filter", "search") if query.get(name)]
    tests += [_equal(name, query[name]) for name in ("type", "status") if query.get(name)]
    if beginning := query.get("q"):
        tests.append(_begins(beginning.casefold(), values))
    if not tests:
        return records
    return [
        record
        for record in records
        if isinstance(record, dict) and all(test(record) for test in tests)
    ]


def _equal(name: str, wanted: str) -> Test:
    # A record without the member is not told apart by it.
    return lambda record: record.get(name, wanted) == wanted


def _begins(beginning: str, values: Values) -> Test:
    return lambda record: any(
        isinstance(value, str) and value.casefold().startswith(beginning)
        for name in _BEGINNINGS
        for value in values(record, name)
    )
