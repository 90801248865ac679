"""Reading raw JSON into models, one record at a time, so that a bad one harms no other."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.snapshot.collections import Collection
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import Part


def read_records(
    row: Collection, path: str, raw: list[Any], *, start: int = 0
) -> tuple[list[tuple[int, Part]], list[Quarantined]]:
    """Read a list of records.

    Args:
        row: the collection they belong to; it has a model.
        path: the resource path they were read from.
        raw: the JSON values.
        start: the position of the first, where they are a part of the list.

    Returns:
        The records, each with its position in the list, and the ones set aside.
    """
    records: list[tuple[int, Part]] = []
    quarantined: list[Quarantined] = []
    for position, value in enumerate(raw, start):
        read = read_record(row, path, position, value)
        if isinstance(read, Quarantined):
            quarantined.append(read)
        else:
            records.append((position, read))
    return records, quarantined


def read_record(row: Collection, path: str, position: int, value: Any) -> Part | Quarantined:
    """Read one record, or say why it is set aside.

    Args:
        row: the collection it belongs to; it has a model.
        path: the resource path it was read from.
        position: where it stands in the list.
        value: the JSON value.
    """
    try:
        return _adapter(row).validate_python(value)
    except ValidationError as error:
        return Quarantined(path=path, record=_name(value, position), reason=_reason(error))


@cache
def _adapter(row: Collection) -> TypeAdapter[Part]:
    assert row.model is not None
    return TypeAdapter(row.model)


def _name(value: Any, position: int) -> str:
    identity = value.get("id") if isinstance(value, dict) else None
    return identity if isinstance(identity, str) else f"#{position}"


def _reason(error: ValidationError) -> str:
    # Never the input: pydantic would print the record, and with it what it holds.
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the record"
    return f"{field}: {first['msg']}"
