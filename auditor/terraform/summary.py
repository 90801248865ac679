"""What `okta-auditor plan` says of a plan, as lines and as JSON."""

from __future__ import annotations

from typing import Any

from auditor.snapshot.ledger import Ledger, LedgerEntry
from auditor.terraform.planned_snapshot import PlannedSnapshot
from auditor.text import listed, one_line

_MOST = 20
"""Lines of a kind that a text names."""

_NOTHING = "no resource that shapes tokens"

_PAST = {
    "create": "created",
    "update": "changed",
    "delete": "deleted",
    "replace": "replaced",
    "no-op": "left as they are",
}


def unknown_attributes(ledger: Ledger) -> tuple[str, ...]:
    """What is known after apply, or was not given, each once."""
    return tuple(dict.fromkeys(gap.attribute for entry in ledger.entries for gap in entry.gaps))


def summary_lines(
    planned: PlannedSnapshot, plan: str, base: str, unread: tuple[LedgerEntry, ...] = ()
) -> list[str]:
    """The summary in lines.

    Args:
        planned: the plan laid over its base.
        plan: the plan's file, as the person named it.
        base: the base's file; empty if the plan stands alone.
        unread: what of the base was not read completely.
    """
    origin = planned.snapshot.capture.plan
    assert origin is not None
    over = f"laid over {base}" if base else "which stands alone"
    done = [f"{number:,} {_PAST.get(word, word)}" for word, number in planned.counts.items()]
    lines = [f"{plan}, made by {origin.made_by}, {over}: {listed(done, most=9, empty=_NOTHING)}."]
    lines += [f"not all: {why}" for why in planned.incomplete]
    lines += _section("the base has not read all", tuple(map(_why, unread)))
    lines += _section("not known", _open(planned))
    lines += _section("taken as its references read", origin.assumed)
    lines += _section("note", origin.notes)
    lines += _section("not known here, and left out", planned.unknown_attributes)
    lines += _section("not modelled", planned.not_modelled)
    return [one_line(line) for line in lines]


def summary_json(planned: PlannedSnapshot, unread: tuple[LedgerEntry, ...] = ()) -> dict[str, Any]:
    """The summary as a JSON value. The arguments are those of `summary_lines`."""
    origin = planned.snapshot.capture.plan
    assert origin is not None
    return {
        "made_by": origin.made_by,
        "digest": origin.digest,
        "base": origin.base,
        "resources": dict(planned.counts),
        "incomplete": list(planned.incomplete),
        "base_unread": [entry.collection for entry in unread],
        "not_known": list(_open(planned)),
        "assumed": list(origin.assumed),
        "notes": list(origin.notes),
        "unknown_attributes": list(planned.unknown_attributes),
        "not_modelled": list(planned.not_modelled),
    }


def _why(entry: LedgerEntry) -> str:
    return f"{entry.label}: {entry.explanation()}"


def _open(planned: PlannedSnapshot) -> tuple[str, ...]:
    return tuple(name for name in unknown_attributes(planned.snapshot.ledger) if name)


def _section(title: str, items: tuple[str, ...]) -> list[str]:
    lines = [f"{title}: {item}" for item in items[:_MOST]]
    if len(items) > _MOST:
        lines.append(f"{title}: {len(items) - _MOST:,} more")
    return lines
