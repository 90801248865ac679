"""OCSF, as the package ocsf-json-schema carries it, and what it says against an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

VERSION = "1.5.0"
CLASS = "compliance_finding"

Json = dict[str, Any]


def objections(event: Json, version: str = VERSION) -> list[str]:
    """Everything that is wrong with an event of the class; no profile is applied.

    The JSON Schema has the types, the enumerations, what is required, and that nothing is there
    which the class does not define. What it cannot say is added: that deprecated attributes are
    not for new events, that the text beside a number is the number's caption, and that an
    attribute which says nothing is left out.
    """
    errors = _validator(version).iter_errors(event)
    broken = (f"{item.json_path}: {item.message}" for item in errors)
    schema = _schema(version)
    return sorted([*broken, *_beyond(schema, schema["classes"][CLASS]["attributes"], event, "$")])


def required(event: Json) -> Iterator[tuple[str | int, ...]]:
    """The paths in an event of the attributes that the schema requires there."""
    schema = _schema(VERSION)
    yield from _required(schema, schema["classes"][CLASS]["attributes"], event, ())


@cache
def _schema(version: str) -> Json:
    return dict(get_ocsf_schema(version=version))


@cache
def _validator(version: str) -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(_schema(version)).get_class_schema(CLASS)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _beyond(schema: Json, attributes: Json, value: Json, path: str) -> Iterator[str]:
    for name, held in value.items():
        known, here = attributes.get(name), f"{path}.{name}"
        if known is None:
            continue
        if "@deprecated" in known:
            yield f"{here}: is deprecated since {known['@deprecated']['since']}"
        if held in ("", [], {}, None):
            yield f"{here}: says nothing"
        caption = known.get("enum", {}).get(json.dumps(held), {}).get("caption")
        beside = value.get(known.get("sibling", ""))
        if caption == "Other":
            if not beside or beside == caption:
                yield f"{here}: the source's own words are missing"
        elif caption and beside != caption:
            yield f"{here}: beside it stands {beside!r}, not {caption!r}"
        for inner, place in _objects(known, held, here):
            yield from _beyond(schema, _attributes(schema, known), inner, place)


def _required(
    schema: Json, attributes: Json, value: Json, path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    for name, known in attributes.items():
        if name not in value:
            continue
        if known.get("requirement") == "required":
            yield (*path, name)
        held = value[name]
        if known.get("type") == "object_t":
            many = isinstance(held, list)
            for number, inner in enumerate(held if many else [held]):
                place = (*path, name, number) if many else (*path, name)
                yield from _required(schema, _attributes(schema, known), inner, place)


def _objects(known: Json, held: Any, path: str) -> Iterator[tuple[Json, str]]:
    if known.get("type") == "object_t":
        for number, inner in enumerate(held if isinstance(held, list) else [held]):
            yield inner, f"{path}[{number}]" if isinstance(held, list) else path


def _attributes(schema: Json, known: Json) -> Json:
    return dict(schema["objects"][known["object_type"]]["attributes"])
