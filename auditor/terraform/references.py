"""Follows what an attribute refers to, through modules, `count` and `for_each`.

A plan does not hold expressions, only what each refers to. `[okta_group.a.id, okta_group.b.id]`
and `var.x ? okta_group.a.id : okta_group.b.id` refer to the same groups; but the second also refers
to `var.x`. So references are followed to objects where ids of resources are all that an
expression refers to, and are otherwise left unknown. What a literal beside them says
(`["EVERYONE", okta_group.a.id]`) is not in a plan. Nor is a splat: `okta_group.a[*].id` refers to
`okta_group.a`, as `okta_group.a[length(okta_group.a) - 1].id` does. So all instances are meant
where the configuration itself says so, or as many members are unknown as there are instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from auditor.terraform.instances import Instances, client_id, object_id, outer_module
from auditor.terraform.plan import Json, Plan, ResourceChange
from auditor.terraform.resource_addresses import Reference, parse_reference
from auditor.terraform.source.list_expressions import list_items
from auditor.terraform.source.source_tree import SourceTree

_DEEPEST = 50
"""Variables and outputs that a reference is followed through. Modules are nested less deeply."""

_MOST = 10_000
"""Ways from an expression to objects; modules that call modules may have any number."""

_LISTS_OF_IDS = frozenset(
    {
        "client_whitelist", "exclude", "group_assignments", "group_blacklist", "group_whitelist",
        "groups", "include", "priorities", "trusted", "user_blacklist", "user_whitelist", "users",
        "users_excluded",
    }
)  # fmt: skip
"""Attributes that are lists of ids."""

_IDS = frozenset({"role"})
"""Attributes that are ids, besides those whose names end in `_id`."""


class Unfollowed(Exception):  # noqa: N818 - a reason, not an error
    """A reference cannot be followed."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What an expression refers to."""

    ids: tuple[str, ...]
    """Ids of the objects, each once, in the order of the expression."""
    addresses: tuple[str, ...]
    """Their addresses."""
    several: bool = False
    """Whether a resource with several instances is named as a whole, so that some may be meant."""


@dataclass(frozen=True)
class References:
    """The references of a plan's configuration.

    Args:
        plan: the plan.
        instances: its resources and data sources.
        source: the configuration itself, if it is at hand.
    """

    plan: Plan
    instances: Instances
    source: SourceTree | None = None
    _resources: dict[str, dict[tuple[str, str, str], Json]] = field(default_factory=dict)

    def written(self, change: ResourceChange, name: str) -> tuple[str, ...] | None:
        """The members of a list as the configuration has them, ids for references.

        Args:
            change: whose attribute.
            name: the attribute.

        Returns:
            The members, each once; None if there is no configuration, or something else than
            literals and ids is in the list.
        """
        placed = self.source.block(change.address) if self.source else None
        if placed is None or placed.overridden:
            return None
        attribute = placed.block.attributes.get(name)
        items = list_items(placed.file, attribute.expression) if attribute else None
        if items is None:
            return None
        members: list[str] = []
        try:
            for item in items:
                if not item.reference:
                    members.append(item.text)
                    continue
                if item.splat:
                    reference = parse_reference(item.reference)
                    found = self._of_all(reference, change.module)
                    members += [identity for identity, _ in found]
                    continue
                text = _with_key(item.reference, change.index)
                expression = {"references": [text]}
                found = self._followed(expression, change.module, change, 0)
                members += [identity for identity, _ in found]
        except Unfollowed:
            return None
        return tuple(dict.fromkeys(members))

    def targets(self, change: ResourceChange, *way: str | int) -> Targets | None:
        """What an attribute refers to; None if that cannot be told, or it does not hold ids.

        An id within a text (`isMemberOfGroup("${okta_group.a.id}")`) is referred to as well.

        Args:
            change: whose attribute.
            way: the attribute; of one in a block, the block and its position come first.
        """
        expression = self._expression(change, way) if _holds_ids(way) else None
        if expression is None:
            return None
        several: list[str] = []
        followed = self._followed(expression, change.module, change, 0, several)
        try:
            found = list(islice(followed, _MOST + 1))
        except Unfollowed:
            return None
        if not 0 < len(found) <= _MOST:
            return None
        ids = dict.fromkeys(identity for identity, _ in found)
        addresses = dict.fromkeys(address for _, address in found)
        return Targets(tuple(ids), tuple(addresses), several=bool(several))

    def _expression(self, change: ResourceChange, way: tuple[str | int, ...]) -> Json | None:
        value: Any = self._resource(change).get("expressions")
        for step in way:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value if isinstance(value, dict) and "references" in value else None

    def _resource(self, change: ResourceChange) -> Json:
        resources = self._resources.get(change.module)
        if resources is None:
            resources = self._resources[change.module] = {
                (str(item.get("mode")), str(item.get("type")), str(item.get("name"))): item
                for item in self._module(change.module).get("resources") or ()
            }
        mode = "managed" if change.managed else "data"
        return resources.get((mode, change.type, change.name), {})

    def _module(self, address: str) -> Json:
        """The configuration of a module instance."""
        names: list[str] = []
        while address:
            address, name = outer_module(address)
            names.append(name)
        module: Json = self.plan.configuration
        for name in reversed(names):
            module = _call(module, name).get("module") or {}
        return module

    def _followed(
        self,
        expression: Any,
        module: str,
        change: ResourceChange | None,
        depth: int,
        several: list[str] | None = None,
    ) -> Iterator[tuple[str, str]]:
        """Ids and addresses of what an expression refers to.

        Args:
            expression: as the configuration has it.
            module: the module instance that it stands in.
            change: whose expression it is; None for one of a variable or an output.
            depth: how many variables and outputs lie between.
            several: gets resources that are named as a whole and have several instances, all of
                which are then told; None if they are not to be followed.

        Raises:
            Unfollowed: it refers to something else as well.
        """
        if depth > _DEEPEST or not isinstance(expression, dict):
            raise Unfollowed
        references = [text for text in expression.get("references", ()) if isinstance(text, str)]
        if not references:
            raise Unfollowed
        parsed = [parse_reference(text) for text in _longest(references)]
        each = any(reference.each for reference in parsed)
        for reference in parsed:
            if reference.each:
                if len(parsed) != 2 or change is None:  # noqa: PLR2004 - it and what it chooses
                    raise Unfollowed
            elif reference.resource:
                key = change.index if each and change else reference.index
                whole = not each and key is None and not reference.attribute
                if whole and several is not None and self._instances(module, reference):
                    several.append(reference.resource)
                    yield from self._of_all(reference, module)
                else:
                    yield self._object(reference, module, key)
            elif reference.variable:
                yield from self._variable(reference.variable, module, depth, several)
            elif reference.module:
                yield from self._output(reference, module, depth, several)
            else:
                raise Unfollowed

    def _instances(self, module: str, reference: Reference) -> list[ResourceChange]:
        """The instances that a resource with `count` or `for_each` will have, in their order."""
        found = self.instances.of(module, reference.resource)
        return [found[key] for key in sorted(found, key=_place) if _stays(found[key], key)]

    def _of_all(self, reference: Reference, module: str) -> Iterator[tuple[str, str]]:
        """Ids and addresses of all instances of a resource, or of what all of a module give."""
        if reference.module:
            calls = self.instances.modules.get((module, reference.module.name), ())
            if not calls:
                raise Unfollowed
            for inner in calls:
                yield from self._output_value(reference, module, inner, 0, None)
            return
        found = self.instances.of(module, reference.resource)
        if not found:
            raise Unfollowed
        if None in found:  # the splat of one object is a list of it
            yield self._object(reference, module, None)
        for instance in self._instances(module, reference):
            yield self._id(reference, instance)

    def _object(self, reference: Reference, module: str, key: str | int | None) -> tuple[str, str]:
        instance = self.instances.of(module, reference.resource).get(key)
        if instance is None:
            raise Unfollowed  # it has several, and all or some are meant
        return self._id(reference, instance)

    def _id(self, reference: Reference, instance: ResourceChange) -> tuple[str, str]:
        if not instance.managed and not isinstance(instance.after.get("id"), str):
            raise Unfollowed  # it is there already, and may be any
        if reference.attribute == "client_id":
            return client_id(instance), instance.address
        if reference.attribute in {"id", ""}:
            return object_id(instance), instance.address
        raise Unfollowed

    def _variable(
        self, name: str, module: str, depth: int, several: list[str] | None
    ) -> Iterator[tuple[str, str]]:
        if not module:
            raise Unfollowed  # a value of the root, which the plan would have used
        outer, call = outer_module(module)
        expressions = _call(self._module(outer), call).get("expressions") or {}
        return self._followed(expressions.get(name), outer, None, depth + 1, several)

    def _output(
        self, reference: Reference, module: str, depth: int, several: list[str] | None
    ) -> Iterator[tuple[str, str]]:
        assert reference.module is not None
        call = reference.module
        inner = f"{module}{'.' if module else ''}module.{call.name}"
        known = self.instances.modules.get((module, call.name), ())
        if call.index is not None:
            shown = f'"{call.index}"' if isinstance(call.index, str) else str(call.index)
            inner = f"{inner}[{shown}]"
        if inner not in known:
            raise Unfollowed
        return self._output_value(reference, module, inner, depth, several)

    def _output_value(
        self,
        reference: Reference,
        module: str,
        inner: str,
        depth: int,
        several: list[str] | None,
    ) -> Iterator[tuple[str, str]]:
        """What an output of a module instance refers to."""
        assert reference.module is not None
        called = _call(self._module(module), reference.module.name).get("module") or {}
        expression = ((called.get("outputs") or {}).get(reference.output) or {}).get("expression")
        return self._followed(expression, inner, None, depth + 1, several)


def _place(key: str | int | None) -> tuple[bool, int, str]:
    """Where an instance stands: by number of `count`, by key of `for_each`."""
    return (isinstance(key, str), key if isinstance(key, int) else 0, str(key))


def _stays(instance: ResourceChange, key: str | int | None) -> bool:
    gone = instance.managed and not (instance.creates or instance.after or instance.unknown)
    return key is not None and not gone


def _with_key(reference: str, index: str | int | None) -> str:
    """A reference to the instance of the same key, with the key in it."""
    if index is None:
        return reference
    key = orjson.dumps(index).decode()
    for written in ("[each.key]", "[count.index]"):
        reference = reference.replace(written, f"[{key}]")
    return reference


def _call(module: Mapping[str, Any], name: str) -> Json:
    return dict((module.get("module_calls") or {}).get(name) or {})


def _holds_ids(way: tuple[str | int, ...]) -> bool:
    """Whether an attribute is an id, or a list of ids."""
    name = way[-1]
    if len(way) > 1 and name == "id":
        return True
    return isinstance(name, str) and (name.endswith("_id") or name in _LISTS_OF_IDS | _IDS)


def _longest(references: Iterable[str]) -> list[str]:
    """References without those that are merely the beginning of the one before.

    Terraform lists `okta_group.a.id` and then `okta_group.a`.
    """
    kept: list[str] = []
    for text in references:
        if not (kept and kept[-1].startswith((f"{text}.", f"{text}["))):
            kept.append(text)
    return list(dict.fromkeys(kept))
