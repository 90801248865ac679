"""What somebody changed by hand: the org as Terraform left it, and as it is."""

from __future__ import annotations

from dataclasses import replace

from auditor.snapshot.document import Snapshot
from auditor.terraform.plan import Plan, ResourceChange
from auditor.terraform.planned_snapshot import is_modelled, lay_plan


def drifted(plan: Plan, base: Snapshot) -> tuple[Snapshot, Snapshot] | None:
    """Two snapshots that differ by what was changed by hand; None if nothing modelled was.

    Args:
        plan: the plan, whose `resource_drift` says what.
        base: what the org is, or was lately: the drift is laid over it either way.

    Returns:
        What Terraform made, and what is there.
    """
    drift = tuple(change for change in plan.drift if is_modelled(change))
    if not drift:
        return None
    actual = lay_plan(replace(plan, changes=drift, drift=()), base).snapshot
    made = replace(plan, changes=tuple(map(_reversed, drift)), drift=())
    return lay_plan(made, actual).snapshot, actual


def _reversed(change: ResourceChange) -> ResourceChange:
    """The way back: what was deleted comes back with its id, what was changed is as it was."""
    actions = ("create",) if change.deletes else change.actions
    return replace(change, before=change.after, after=change.before, actions=actions, unknown={})
