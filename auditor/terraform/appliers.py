"""What the modules that change a planned org have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.terraform.attributes import Attributes
from auditor.terraform.instances import in_path, object_id, old_id
from auditor.terraform.plan import ResourceChange
from auditor.terraform.planned_org import Json, PlannedOrg
from auditor.terraform.priorities import Priorities
from auditor.terraform.record_fields import Fields, lay_over
from auditor.terraform.references import References


@dataclass(frozen=True, slots=True)
class Application:
    """One resource of a plan, about to be laid over an org."""

    org: PlannedOrg
    change: ResourceChange
    references: References
    priorities: Priorities

    @property
    def attributes(self) -> Attributes:
        """Those that the resource will have, or has if it goes away."""
        return Attributes(self.change, self.references)

    @property
    def before(self) -> Attributes:
        """Those that it has."""
        change = self.change
        return Attributes(
            ResourceChange(
                address=change.address, type=change.type, name=change.name, module=change.module,
                actions=("delete",), before=change.before,
            ),
            self.references,
        )  # fmt: skip

    def reference(self, name: str, *collections: str) -> str | None:
        """The id that an attribute names; None if that is not known, which is noted.

        Args:
            name: the attribute.
            collections: whose lists the resource may change, whichever object it belongs to.
        """
        found = self.attributes.get(name)
        if found.text:
            identity = in_path(found.text)
            return self.org.aliases.get(identity, identity)
        why = found.unknown or f"{self.change.address}: {name} is not set"
        self.org.notes.append(f"{why}; what it belongs to is not known.")
        for collection in collections:
            self.org.unknown_everywhere(collection, why)
        return None

    def lay(self, path: str, fields: Fields, *, start: Json | None = None) -> Json:
        """Lay the resource over the record of a list, and put that there.

        Args:
            path: the list.
            fields: by attribute.
            start: what a new record has besides.
        """
        identity = object_id(self.change)
        record = self.org.record(path, identity)
        new = record is None or self.change.creates
        laid = lay_over(
            record if record is not None and not new else {"id": identity, **(start or {})},
            self.attributes,
            fields,
            new=new,
        )
        if self.change.creates or record is not None:
            self.org.put(path, laid.record)
        else:  # it is there, and the base does not know what belongs to it
            self.org.add_existing(path, laid.record)
        for attribute, field in laid.unknown:
            self.org.unknown(path, attribute, identity, field)
        self.assume(laid.assumed)
        return laid.record

    def assume(self, attributes: tuple[str, ...]) -> None:
        """Note that attributes were read off their references."""
        for attribute in attributes:
            self.org.assumed.append(attribute)

    def take_away(self, path: str) -> None:
        """Remove the object that a deletion or a replacement takes away."""
        if self.change.deletes and (identity := old_id(self.change)):
            self.org.remove(path, identity)


Apply = Callable[[Application], None]
