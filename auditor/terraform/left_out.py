"""What a plan leaves out without a word: resources of which OpenTofu lists no change.

A plan lists all resources of its configuration and its state, those that stay as they are too.
Terraform says `complete: false` where `-target` left some out. OpenTofu does not say so, neither
of `-target` nor of `-exclude`. There, what is in the state or the configuration and has no entry
was left out; or, of the configuration, `lifecycle.enabled` is false (OpenTofu 1.11 and later).
Which instances there should be of `count` and `for_each` cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.terraform.instances import Instances
from auditor.terraform.plan import Json, Plan
from auditor.terraform.source.source_tree import PlacedBlock, SourceTree
from auditor.text import listed

_MOST = 20
"""Addresses that are named."""
_LEFT_OUT = "in no part of the plan, left out by -target or -exclude"


def left_out(plan: Plan, instances: Instances, source: SourceTree | None) -> tuple[str, ...]:
    """Why a plan is not all that will happen, a clause each.

    Args:
        plan: the plan.
        instances: its resources.
        source: the configuration, which says what is not enabled.
    """
    if plan.complete is not None:
        return ()
    there = {
        name
        for change in (*plan.changes, *plan.drift)
        for name in (change.address, change.previous_address)
    }
    existing = sorted(set(plan.existing) - there)
    clauses = [f"{listed(existing, most=_MOST)}: {_LEFT_OUT}"] if existing else []
    missing = sorted(set(_missing(plan.configuration, instances)) - {*existing})
    placed = {address: source.block(address) if source else None for address in missing}
    sure = [address for address, block in placed.items() if block and not _has_enabled(block)]
    unsure = [address for address, block in placed.items() if block is None]
    if sure:
        clauses.append(f"{listed(sure, most=_MOST)}: {_LEFT_OUT}")
    if unsure:
        clauses.append(f"{listed(unsure, most=_MOST)}: {_LEFT_OUT}, or `enabled` is false")
    return tuple(clauses)


def _missing(configuration: Json, instances: Instances) -> Iterator[str]:
    """Addresses of resources that the configuration has once, and the plan not at all."""
    waiting: list[tuple[str, Any]] = [("", configuration)]
    while waiting:
        module, value = waiting.pop()
        for item in value.get("resources") or ():
            kind = f"{item.get('type')}.{item.get('name')}"
            once = "count_expression" not in item and "for_each_expression" not in item
            ours = item.get("mode") == "managed" and kind.startswith("okta_")
            if once and ours and not instances.of(module, kind):
                yield f"{module}.{kind}" if module else kind
        for name, call in (value.get("module_calls") or {}).items():
            if "count_expression" not in call and "for_each_expression" not in call:
                inner = f"{module}.module.{name}" if module else f"module.{name}"
                waiting.append((inner, call.get("module") or {}))


def _has_enabled(placed: PlacedBlock) -> bool:
    return any(
        block.kind == "lifecycle" and "enabled" in block.attributes for block in placed.block.blocks
    )
