"""Lays a plan over a base snapshot: the planned snapshot that every other command reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.errors import UsageError
from auditor.snapshot.document import Capture, PlanOrigin, Snapshot
from auditor.snapshot.ledger import NOT_ALL
from auditor.terraform import admin_roles, apps, data_sources, directory, org_settings, servers
from auditor.terraform.appliers import Application, Apply
from auditor.terraform.instances import Instances, object_id
from auditor.terraform.left_out import left_out
from auditor.terraform.plan import Plan, ResourceChange
from auditor.terraform.planned_ledger import planned_ledger
from auditor.terraform.planned_org import PlannedOrg
from auditor.terraform.priorities import Priorities
from auditor.terraform.references import References
from auditor.terraform.resource_types import NOTHING_READS, is_client_role, resource_type
from auditor.terraform.source.source_tree import SourceTree
from auditor.version import __version__

_IN_ORDER: Mapping[str, Apply] = {
    "okta_group": directory.apply_group,
    "okta_user": directory.apply_user,
    "okta_group_memberships": directory.apply_memberships,
    "okta_user_group_memberships": directory.apply_user_memberships,
    "okta_group_rule": directory.apply_group_rule,
    "okta_network_zone": org_settings.apply_zone,
    "okta_trusted_origin": org_settings.apply_origin,
    "okta_inline_hook": org_settings.apply_hook,
    "okta_domain": org_settings.apply_domain,
    "okta_api_token": org_settings.apply_api_token,
    "okta_api_service_integration": org_settings.apply_integration,
    "okta_admin_role_custom": org_settings.apply_custom_role,
    "okta_user_admin_roles": admin_roles.apply_user_roles,
    "okta_group_role": admin_roles.apply_group_role,
    "okta_admin_role_custom_assignments": admin_roles.apply_custom_assignments,
    "okta_app_oauth": apps.apply_app,
    "okta_principal_rate_limits": org_settings.apply_rate_limit,
    "okta_app_oauth_redirect_uri": apps.apply_redirect_uri,
    "okta_app_oauth_post_logout_redirect_uri": apps.apply_post_logout_uri,
    "okta_app_oauth_api_scope": apps.apply_api_scopes,
    "okta_app_group_assignment": apps.apply_group_assignment,
    "okta_app_group_assignments": apps.apply_group_assignments,
    "okta_app_user": apps.apply_user_assignment,
    "okta_auth_server_default": servers.apply_default_server,
    "okta_auth_server": servers.apply_server,
    "okta_trusted_server": servers.apply_trusted_servers,
    "okta_auth_server_scope": servers.apply_scope,
    "okta_auth_server_claim": servers.apply_claim,
    "okta_auth_server_claim_default": servers.apply_default_claim,
    "okta_auth_server_policy": servers.apply_policy,
    "okta_auth_server_policy_rule": servers.apply_rule,
    "okta_auth_server_policy_priority": servers.apply_priorities,
}
"""By resource type; what others belong to comes first."""

_RANK = {name: rank for rank, name in enumerate(_IN_ORDER)}
_OF_CLIENTS = _RANK["okta_app_oauth_api_scope"]


@dataclass(frozen=True, slots=True)
class PlannedSnapshot:
    """A plan laid over a base."""

    snapshot: Snapshot
    counts: Mapping[str, int]
    """Resources that shape tokens, by what happens to them: `create`, `update`, …."""
    not_modelled: tuple[str, ...]
    """Addresses of changed resources whose types are not modelled, sorted; with the reason where
    nothing rests on them."""
    unknown_attributes: tuple[str, ...]
    """Attributes that are set and that are not known here, with their addresses, sorted."""
    incomplete: tuple[str, ...]
    """Why the plan is not all that will happen."""
    addresses: Mapping[str, ResourceChange]
    """The resources that objects come from, by the objects' ids."""


def lay_plan(
    plan: Plan, base: Snapshot | None, source: SourceTree | None = None
) -> PlannedSnapshot:
    """The snapshot of the org after a plan.

    Args:
        plan: the plan.
        base: what the org is; None for a plan that stands alone.
        source: the configuration, which says what a plan leaves out.

    Raises:
        UsageError: the plan stands alone and does not say when it was made.
    """
    org = PlannedOrg(base)
    instances = Instances(plan)
    references = References(plan, instances, source)
    incomplete = (*plan.incomplete, *left_out(plan, instances, source))
    priorities = Priorities()

    def application(change: ResourceChange) -> Application:
        return Application(org, change, references, priorities)

    for change in plan.data:
        data_sources.apply_data_source(application(change))
    modelled = list(filter(is_modelled, plan.changes))
    drift = filter(is_modelled, plan.drift)  # the base may be older than the plan
    steps = [step for change in modelled for step in _steps(change)]
    for change in (*sorted(drift, key=_order), *sorted(steps, key=_order)):
        _apply(change)(application(change))
    priorities.settle(org)
    org.settle()
    for change in modelled:
        if change.sensitive:
            names = ", ".join(sorted(change.sensitive))
            org.notes.append(f"{change.address}: {names}: sensitive in the plan, and left out.")
    resources = org.resources()
    ledger = planned_ledger(
        org, resources, f"{NOT_ALL}{'; '.join(incomplete)}" if incomplete else ""
    )
    origin = PlanOrigin(
        made_by=plan.made_by,
        digest=plan.digest,
        base=base.digest if base else "",
        assumed=tuple(sorted(set(org.assumed))),
        notes=tuple(dict.fromkeys(org.notes)),
    )
    return PlannedSnapshot(
        snapshot=Snapshot(capture=_capture(plan, base, origin), ledger=ledger, resources=resources),
        counts=_counts(modelled),
        not_modelled=tuple(
            sorted({_not_modelled(change) for change in plan.changes if _is_foreign(change)})
        ),
        unknown_attributes=tuple(
            sorted(f"{change.address}: {name}" for change in modelled for name in change.unmodelled)
        ),
        incomplete=incomplete,
        addresses={
            org.aliases.get(object_id(change), object_id(change)): change
            for change in modelled
            if not _gone(change)
        },
    )


def is_modelled(change: ResourceChange) -> bool:
    """Whether a change does anything to an object of a type that is modelled."""
    return _acts(change) and _rank(change) is not None


def _acts(change: ResourceChange) -> bool:
    """Whether anything happens to an object in Okta. `forget` leaves it as it is."""
    return change.creates or change.updates or change.deletes or change.actions == ("no-op",)


def _gone(change: ResourceChange) -> bool:
    return change.deletes and not change.creates


def _is_foreign(change: ResourceChange) -> bool:
    """Whether a change is of a type of the provider that is not modelled."""
    acts = change.creates or change.updates or change.deletes
    return acts and change.type.startswith("okta_") and _rank(change) is None


def _not_modelled(change: ResourceChange) -> str:
    reason = NOTHING_READS.get(change.type)
    return f"{change.address} ({reason})" if reason else change.address


def _rank(change: ResourceChange) -> int | None:
    if is_client_role(change.type):
        return _OF_CLIENTS
    return _RANK.get(change.type) if resource_type(change.type) else None


def _order(change: ResourceChange) -> tuple[bool, int, str]:
    """Deletions first, what belongs to something before it; then creations, in the other order."""
    gone = _gone(change)
    rank = _rank(change) or 0
    return (not gone, -rank if gone else rank, change.address)


def _steps(change: ResourceChange) -> tuple[ResourceChange, ...]:
    """A replacement as what it is: a deletion where the object was, and a new one elsewhere."""
    if not (change.creates and change.deletes):
        return (change,)
    return (
        replace(change, actions=("delete",), after={}, unknown={}),
        replace(change, actions=("create",), before={}),
    )


def _apply(change: ResourceChange) -> Apply:
    return apps.apply_client_role if is_client_role(change.type) else _IN_ORDER[change.type]


def _counts(changes: list[ResourceChange]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for change in changes:
        word = "replace" if change.creates and change.deletes else change.actions[-1]
        if change.creates and not change.deletes:
            word = "create"  # beside one that is forgotten
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))


def _capture(plan: Plan, base: Snapshot | None, origin: PlanOrigin) -> Capture:
    if base is not None:
        return base.capture.model_copy(update={"plan": origin})
    try:
        made = datetime.fromisoformat(plan.timestamp)
    except ValueError:
        raise UsageError(
            "The plan does not say when it was made, and rules need to know what day it is.",
            remedy="Lay it over a snapshot with --base, or make it with Terraform 1.5 or later.",
        ) from None
    return Capture(
        org_url="",
        tool_version=__version__,
        started_at=made,
        finished_at=made,
        plan=origin,
    )
