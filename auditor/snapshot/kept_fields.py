"""Which fields of a record are kept: those that its model declares, and nothing else.

A list of allowed fields cannot miss a secret that nobody thought of. So the models are the
list: declaring a field has it kept, in every collection that uses the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import cache
from typing import Any, TypeAlias, get_args

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.base import Part


class Leaf(Enum):
    """A field without members of its own."""

    READ = auto()
    """The model has checked its type."""
    UNREAD = auto()
    """It may be anything, and is kept if it is a text."""


Fields: TypeAlias = "Mapping[str, Fields | Leaf]"
"""The fields of an object, as the API names them."""


def kept(record: Any, model: type[Part]) -> Any:
    """What a snapshot keeps of a record, with credentials in its texts replaced.

    Args:
        record: a JSON value that the model accepts.
        model: what it is read into.
    """
    return _kept(record, fields_of(model))


@cache
def fields_of(model: type[Part]) -> Fields:
    """The fields of a model that are kept, those of its parts included."""
    fields: dict[str, Fields | Leaf] = dict.fromkeys(sorted(model.kept_unread), Leaf.UNREAD)
    for name, info in model.model_fields.items():
        part = next(_parts(info.annotation), None)
        fields[info.alias or name] = fields_of(part) if part else Leaf.READ
    return fields


def field_names(model: type[Part]) -> tuple[str, ...]:
    """The fields of a model that are kept, dotted and sorted."""
    return tuple(sorted(_dotted(fields_of(model))))


def _parts(annotation: Any) -> Iterator[type[Part]]:
    """The model of an object, or of the objects of a list, in a field's annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _dotted(fields: Fields, prefix: str = "") -> Iterator[str]:
    for name, inner in fields.items():
        if isinstance(inner, Leaf):
            yield prefix + name
        else:
            yield from _dotted(inner, f"{prefix}{name}.")


def _kept(value: Any, fields: Fields) -> Any:
    if isinstance(value, list):
        return [_kept(item, fields) for item in value]
    if not isinstance(value, dict):
        return value  # a null in the place of an object
    clean: dict[str, Any] = {}
    for name, inner in fields.items():
        if name not in value:
            continue
        item = value[name]
        if not isinstance(inner, Leaf):
            clean[name] = _kept(item, inner)
        elif isinstance(item, str):
            clean[name] = without_credentials(item)
        elif inner is Leaf.READ:
            clean[name] = _texts(item) if isinstance(item, list) else item
    return clean


def _texts(items: list[Any]) -> list[Any]:
    return [without_credentials(item) if isinstance(item, str) else item for item in items]
