"""Which attribute of a resource is which field of a record, and how one is laid over the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.terraform.attributes import Attribute, Attributes
from auditor.terraform.planned_org import Json, set_field


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record that comes from an attribute."""

    path: str
    """With dots."""
    is_list: bool = False
    default: Any = None
    """What Okta takes for a new object if the attribute is not set."""
    computed: Callable[[Attributes], Attribute] | None = None
    """What is known of it before apply where the provider computes it."""
    unset: Callable[[Attributes], Attribute] | None = None
    """What the provider takes for a new object if the attribute is not set or empty."""
    shapes_tokens: bool = True
    """Whether a decision may rest on it, so that one that is not known leaves it open."""


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What became of a record."""

    record: Json
    unknown: tuple[tuple[str, str], ...]
    """Attributes that decisions may rest on and that are known after apply, and their fields."""
    assumed: tuple[str, ...]
    """Attributes that were read off their references."""


def lay_over(record: Json, attributes: Attributes, fields: Fields, *, new: bool) -> Overlay:
    """Lay the attributes of a resource over a record.

    Args:
        record: what there is, which is changed; no more than an id for a new object.
        attributes: those of the resource.
        fields: by attribute.
        new: whether nothing is there yet, so that every attribute counts, changed or not.
    """
    unknown: list[tuple[str, str]] = []
    assumed: list[str] = []
    for name, field in fields.items():
        if not new and not attributes.changed(name):
            continue
        found = attributes.get_list(name) if field.is_list else attributes.get(name)
        if found.unknown and field.computed is not None:
            found = field.computed(attributes)
        elif new and field.unset is not None and not found.value and not found.unknown:
            found = field.unset(attributes)
        if found.unknown and field.shapes_tokens:
            unknown.append((found.unknown, field.path))
        if found.assumed:
            assumed.append(found.assumed)
        value = found.value
        if value is None and new:
            value = field.default
        if value is None and field.is_list and not found.unknown:
            value = []
        if isinstance(value, list):
            value = sorted(dict.fromkeys(item for item in value if isinstance(item, str)))
        set_field(record, field.path, value)
    return Overlay(record, tuple(unknown), tuple(assumed))
