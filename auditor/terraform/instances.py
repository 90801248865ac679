"""The resources and data sources of a plan, and the ids of the objects that they stand for.

An object that is not there yet has no id. It is called by its address, so that whatever names it
does so as well, and one that is unknown is never taken for another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from auditor.terraform.plan import Plan, ResourceChange
from auditor.terraform.resource_addresses import Index


class Instances:
    """What a plan has of resources and data sources.

    Args:
        plan: the plan.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def of(self, module: str, kind: str) -> Mapping[Index, ResourceChange]:
        """The instances of one resource in one module instance, by index.

        Args:
            module: address of the module instance.
            kind: as `ResourceChange.kind`.
        """
        return self._by_kind.get((module, kind), {})

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], dict[Index, ResourceChange]]:
        found: dict[tuple[str, str], dict[Index, ResourceChange]] = defaultdict(dict)
        for change in (*self._plan.data, *self._plan.changes):
            if not change.deposed:
                found[change.module, change.kind][change.index] = change
        return found

    @cached_property
    def modules(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The instances of each module call that hold something, by module and name of the call."""
        found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for module in {change.module: None for change in (*self._plan.data, *self._plan.changes)}:
            inner = module
            while inner:
                outer, name = outer_module(inner)
                found[outer, name][inner] = None
                inner = outer
        return {call: tuple(instances) for call, instances in found.items()}


def outer_module(module: str) -> tuple[str, str]:
    """The module that a module instance is called from, and the name of the call.

    >>> outer_module('module.a.module.b["x.y"]')
    ('module.a', 'b')
    """
    depth = _last_call(module)
    call = module[depth:].removeprefix("module.")
    return module[: max(depth - 1, 0)], call.split("[", 1)[0]


def _last_call(module: str) -> int:
    """Where the last `module.` of an address begins that is not in an index."""
    last = position = 0
    inside = False
    while position < len(module):
        character = module[position]
        if character == "\\" and inside:
            position += 1
        elif character == '"':
            inside = not inside
        elif not inside and module.startswith(".module.", position):
            last = position + 1
        position += 1
    return last


def object_id(change: ResourceChange) -> str:
    """The id of the object that a resource will be: Okta's, or the address if it has none yet."""
    known = _id_of(change.after) or ("" if change.creates else _id_of(change.before))
    return known or symbolic_id(change.address)


def old_id(change: ResourceChange) -> str:
    """The id of the object that is there now; empty if there is none."""
    return _id_of(change.before)


def client_id(change: ResourceChange) -> str:
    """The client id of an OAuth app; its id unless it has one of its own."""
    for attributes in (change.after, {} if change.creates else change.before):
        if isinstance(named := attributes.get("client_id"), str) and named:
            return in_path(named)
    return object_id(change)


def symbolic_id(address: str) -> str:
    """What stands for the id of an object that is known after apply: its address."""
    return in_path(address.replace("%", "%25"))


def in_path(identity: str) -> str:
    """An id as it stands in a path of the snapshot, which a slash would end.

    Okta's own ids have none.
    """
    return identity.replace("/", "%2F")


def _id_of(attributes: Mapping[str, object]) -> str:
    value = attributes.get("id")
    return in_path(value) if isinstance(value, str) else ""
