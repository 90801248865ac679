"""What is known of the attributes of one resource."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.terraform.plan import ResourceChange
from auditor.terraform.references import References, Targets
from auditor.terraform.sensitive_values import is_marked


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a resource."""

    value: Any = None
    """What is known of it; null if it is not set, or not known."""
    unknown: str = ""
    """Why it is not all known, naming it: `okta_group.a: name is known after apply`."""
    assumed: str = ""
    """The attribute, if it was read off its references, beside which a literal would not show."""

    @property
    def text(self) -> str | None:
        """It as a text; None if it is none."""
        return self.value if isinstance(self.value, str) else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of a list; empty if it is not set."""
        values = self.value if isinstance(self.value, list) else ()
        return tuple(value for value in values if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one resource as they will be, or, of one that is deleted, as they are.

    Args:
        change: what happens to the resource.
        references: of the plan.
    """

    change: ResourceChange
    references: References

    @property
    def deleted(self) -> bool:
        """Whether the attributes are those of an object that goes away."""
        return self.change.deletes and not self.change.creates

    def changed(self, name: str) -> bool:
        """Whether an attribute is another one than before, or may be."""
        change = self.change
        if name in change.unknown or name in change.sensitive:
            return True
        return change.creates or change.before.get(name) != change.after.get(name)

    def get(self, name: str) -> Attribute:
        """An attribute that is no list."""
        change = self.change
        if self.deleted:
            return Attribute(change.before.get(name))
        if name in change.sensitive:
            return Attribute(unknown=f"{change.address}: {name} is marked as sensitive in the plan")
        if name not in change.unknown:
            return Attribute(change.after.get(name))
        targets = self.references.targets(change, name)
        if targets is not None and len(targets.ids) == 1 and not targets.several:
            return Attribute(targets.ids[0])
        return Attribute(unknown=self._unknown(name))

    def get_list(self, name: str) -> Attribute:
        """An attribute that is a list of texts."""
        change = self.change
        if self.deleted or name in change.sensitive or name not in change.unknown:
            return self.get(name)
        written = self.references.written(change, name)
        if written is not None:
            return Attribute(list(written))
        mask = change.unknown[name]
        known = _known_members(change.after.get(name), mask)
        targets = self.references.targets(change, name)
        places = sum(map(is_marked, mask)) if isinstance(mask, list) else 0
        if targets is None or places > len(targets.ids) or not _all_meant(targets, places, known):
            return Attribute(known, unknown=self._unknown(name))
        members = dict.fromkeys((*known, *targets.ids))
        return Attribute(list(members), assumed=f"{change.address}: {name}")

    def get_ordered(self, name: str) -> Attribute:
        """As `get_list`, of a list whose order matters."""
        change = self.change
        if self.deleted or name in change.sensitive or name not in change.unknown:
            return self.get(name)
        written = self.references.written(change, name)
        if written is not None:
            return Attribute(list(written))
        values = change.after.get(name)
        targets = self.references.targets(change, name)
        places = len(values) if isinstance(values, list) else 0
        some = targets is None or (places and places != len(targets.ids))
        if some or targets is None or not _all_meant(targets, places):
            return Attribute(unknown=self._unknown(name))
        return Attribute(list(targets.ids), assumed=f"{change.address}: {name}")

    def blocks(self, name: str) -> Iterator[tuple[dict[str, Any], str]]:
        """The blocks of a kind, each with why it is not all known, or empty.

        An attribute of a block that is known after apply has the id that it refers to. A block of
        which there may be one only is no list in a plan of the provider's newer resources.
        """
        change = self.change
        values = (change.before if self.deleted else change.after).get(name)
        if name in change.sensitive or change.unknown.get(name) is True:
            yield {}, self._unknown(name)
            return
        masks = change.unknown.get(name)
        if isinstance(values, dict):
            values, masks = [values], [masks]
        for position, value in enumerate(values if isinstance(values, list) else ()):
            mask = masks[position] if isinstance(masks, list) and position < len(masks) else {}
            block = dict(value) if isinstance(value, dict) else {}
            unknown = ""
            for inner, mark in (mask if isinstance(mask, dict) else {}).items():
                if not is_marked(mark):
                    continue
                targets = self.references.targets(change, name, position, inner)
                one = targets is not None and len(targets.ids) == 1 and not targets.several
                if one and targets is not None and mark is True:
                    block[inner] = targets.ids[0]
                else:
                    block[inner] = None
                    unknown = f"{change.address}: {name}[{position}].{inner} is known after apply"
            yield block, unknown

    def _unknown(self, name: str) -> str:
        return f"{self.change.address}: {name} is known after apply"


def _all_meant(targets: Targets, places: int, known: Collection[str] = ()) -> bool:
    """Whether all instances are meant of resources that are named as a whole.

    Args:
        targets: what is referred to.
        places: how many members of the list are not known.
        known: the others.
    """
    return not targets.several or places == len({*targets.ids}.difference(known))


def _known_members(value: Any, mask: Any) -> list[str]:
    """The members of a list that are known already."""
    values = value if isinstance(value, list) else []
    marks = mask if isinstance(mask, list) else []
    return [
        member
        for position, member in enumerate(values)
        if isinstance(member, str) and not (position < len(marks) and is_marked(marks[position]))
    ]
