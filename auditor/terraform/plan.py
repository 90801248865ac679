"""A Terraform plan as far as it matters here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TERRAFORM, OPENTOFU = "Terraform", "OpenTofu"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What a plan does to one resource, or what it read of a data source."""

    address: str
    previous_address: str = ""
    """What it was called before; empty if that has not changed."""
    module: str = ""
    """Address of the module instance; empty for the root."""
    type: str
    name: str
    index: str | int | None = None
    """The key of `for_each` or the number of `count`."""
    managed: bool = True
    ephemeral: bool = False
    """Whether it is opened while Terraform runs, and never kept."""
    actions: tuple[str, ...] = ()
    before: Json = field(default_factory=dict)
    """Attributes as Terraform read them; empty if there was nothing."""
    after: Json = field(default_factory=dict)
    """Attributes as they will be, without those that are not known yet; empty for a deletion."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """By attribute, what is known after apply: true, or a list or object of such marks."""
    sensitive: frozenset[str] = frozenset()
    """Attributes that hold something sensitive; they are in neither `before` nor `after`."""
    unmodelled: tuple[str, ...] = ()
    """Attributes that are set and that nobody here knows."""
    deposed: bool = False
    """Whether it is about an old object that a replacement left behind."""

    @property
    def creates(self) -> bool:
        """Whether a new object comes into being."""
        return "create" in self.actions

    @property
    def deletes(self) -> bool:
        """Whether an object ceases to be. One that is merely forgotten does not."""
        return "delete" in self.actions

    @property
    def updates(self) -> bool:
        """Whether an object stays and changes."""
        return self.actions == ("update",)

    @property
    def kind(self) -> str:
        """Type and name, as references spell a resource: `data.okta_group.all`."""
        return f"{'' if self.managed else 'data.'}{self.type}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan."""

    made_by: str
    """`Terraform 1.11.4`."""
    timestamp: str
    """When it was made (RFC 3339); empty if it does not say."""
    digest: str
    """Of the file, as `sha256:…`."""
    changes: tuple[ResourceChange, ...]
    """Of managed resources, in the plan's order."""
    data: tuple[ResourceChange, ...]
    """Data sources, with what was read of them."""
    drift: tuple[ResourceChange, ...]
    """What somebody changed by hand since Terraform's last run."""
    configuration: Json
    """`configuration.root_module`, of which expressions and modules are read."""
    incomplete: tuple[str, ...]
    """Why the plan is not all that will happen, a clause each."""
    complete: bool | None = None
    """Whether no other apply will follow; None if it does not say, as of OpenTofu."""
    existing: tuple[str, ...] = ()
    """Addresses of the provider's resources that there were."""

    @property
    def opentofu(self) -> bool:
        """Whether OpenTofu made it."""
        return self.made_by.startswith(OPENTOFU)
