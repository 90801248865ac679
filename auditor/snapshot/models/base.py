"""What every record has in common: an id, a place in the snapshot, and tolerance.

Recorded tenants disagree with Okta's OpenAPI document about nulls, missing keys and
enum values, so these models ask for as little as they can: unknown fields are tolerated,
enum values are plain strings, and null means the same as absent.

A snapshot keeps the fields that are declared here and no others (`snapshot.kept_fields`), so
nothing that may hold a secret is ever declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True, eq=False)
class _NullAs:
    """Reads null as an empty value, and has JSON Schemas say that null is accepted."""

    empty: object

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        inner = handler(source)
        return core_schema.no_info_before_validator_function(
            self._read, inner, json_schema_input_schema=core_schema.nullable_schema(inner)
        )

    def _read(self, value: object) -> object:
        return self.empty if value is None else value


NullAsEmpty = _NullAs(())
"""Reads a null list as an empty one."""

NullAsObject = _NullAs({})
"""Reads a null object as one without members, that is, with all defaults."""

Strings = Annotated[tuple[str, ...], NullAsEmpty]
"""A list of strings; null and absent both mean empty."""


class Part(BaseModel):
    """A nested object of a record, named in camelCase by the API."""

    model_config = ConfigDict(
        extra="allow", frozen=True, alias_generator=to_camel, populate_by_name=True
    )

    kept_unread: ClassVar[frozenset[str]] = frozenset()
    """Further fields that a snapshot keeps if they are texts: no rule reads them."""


class SnakePart(Part):
    """A nested object of a record, named in snake_case by the API (the OAuth parts)."""

    model_config = ConfigDict(alias_generator=None)


class RecordPlace(NamedTuple):
    """Where a record stands in the snapshot: a resource path and a position in its list.

    The position is None where the resource is a single object.
    """

    path: str
    position: int | None


_NOWHERE = RecordPlace("", None)


class Record(Part):
    """One object of the Management API, with typed access to what rules need."""

    kept_unread: ClassVar[frozenset[str]] = frozenset({"created", "lastUpdated"})

    kind: ClassVar[str] = "object"
    """The object type as reports spell it, for example `policy_rule`."""

    # A slot, because rules ask for places a million times and a private attribute of pydantic's
    # takes ten times as long to read.
    __slots__ = ("_place",)

    id: str

    @property
    def place(self) -> RecordPlace:
        """Where the record stands in the snapshot; nowhere until the index has put it there."""
        return getattr(self, "_place", _NOWHERE)

    @property
    def title(self) -> str:
        """What Okta's Admin Console calls the object; its id where it has no name."""
        return self.id

    def put(self, place: RecordPlace) -> None:
        """Remember where the record was read from. Called once, by the index."""
        object.__setattr__(self, "_place", place)


class Named(Record):
    """A record with a name."""

    name: str | None = None

    @property
    def title(self) -> str:
        """The name, or the id of an object without one."""
        return self.name or self.id


class Switchable(Named):
    """A named record that can be switched off."""

    status: str | None = None

    @property
    def active(self) -> bool:
        """Whether the object takes part at all. Okta's word for it is ACTIVE."""
        return self.status == "ACTIVE"
