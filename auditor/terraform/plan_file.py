"""Reads the JSON of `terraform show -json PLAN`, and says what a file is that is something else.

Format: Terraform's "JSON Output Format", version 1. OpenTofu writes the same without `complete`
and `applyable`, whose absence means nothing: it says nowhere whether `-target` or `-exclude` left
something out (see `left_out`). Both leave out `resource_changes` where there is no resource.
Source: the page "JSON Output Format" of either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from auditor.errors import UsageError
from auditor.input_files import read_input
from auditor.terraform.plan import OPENTOFU, TERRAFORM, Json, Plan, ResourceChange
from auditor.terraform.resource_addresses import module_of
from auditor.terraform.resource_types import resource_type
from auditor.terraform.sensitive_values import is_marked, marked, without
from auditor.text import counted, quoted

LARGEST_PLAN = 300_000_000
"""Bytes. A plan of 10,000 resources has about 30 million."""

_FORMAT = "1."
_DEEPEST = 500
"""Modules within modules."""
_HOW = "Write one with: terraform show -json PLAN > plan.json"


class PlanError(UsageError):
    """A file is no plan that can be read."""


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Args:
        path: output of `terraform show -json` or `tofu show -json` for a saved plan.

    Raises:
        PlanError: it is missing, too large, or something else; the message says what.
    """
    return parse_plan(read_input(path, LARGEST_PLAN, remedy=_HOW, error=PlanError), path)


def parse_plan(document: bytes, path: Path) -> Plan:
    """As `read_plan`, from the file's bytes.

    Args:
        document: the bytes.
        path: where they come from, for messages.

    Raises:
        PlanError: they are no plan.
    """
    value = _json(document, path)
    if why := _other_kind(value):
        raise PlanError(f"{path} is no plan: {why}.", remedy=_HOW)
    version = value.get("format_version")
    if not isinstance(version, str) or not version.startswith(_FORMAT):
        shown = quoted(version) if isinstance(version, str) else "none"
        raise PlanError(
            f"{path} has plan format {shown}; this okta-auditor reads 1.x.",
            remedy="Upgrade okta-auditor, or write the plan with another version of Terraform.",
        )
    try:
        return _plan(value, f"sha256:{hashlib.sha256(document).hexdigest()}")
    except (KeyError, TypeError, AttributeError, ValueError):
        raise PlanError(
            f"{path} is no plan: what it says of a resource has another shape.", remedy=_HOW
        ) from None


def looks_like_plan(value: Any) -> bool:
    """Whether a JSON value is a plan, well made or not."""
    return (
        isinstance(value, dict)
        and "format_version" in value
        and ("resource_changes" in value or "planned_values" in value)
    )


def _json(document: bytes, path: Path) -> Any:
    if document[:2] == b"PK":
        raise PlanError(
            f"{path} is a saved plan as Terraform keeps it, which only Terraform can read.",
            remedy=f"Write it as JSON: terraform show -json {path.name} > plan.json",
        )
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError as error:
        if document.lstrip()[:1] == b"{" and b'"@level"' in document[:2000]:
            raise PlanError(
                f"{path} is the log of `terraform plan -json`, not a plan.",
                remedy="Save the plan with `terraform plan -out FILE`. " + _HOW,
            ) from None
        if "limit" in error.msg:  # of depth, which orjson's versions call otherwise
            raise PlanError(
                f"{path}: modules or values are nested too deeply to be read "
                f"(line {error.lineno}, column {error.colno}).",
                remedy="No configuration needs that: see what made the plan.",
            ) from None
        raise PlanError(
            f"{path} is no plan: it is not JSON (line {error.lineno}, column {error.colno}).",
            remedy=_HOW,
        ) from None


_OTHERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("@level",), "it is a line of the log of `terraform plan -json`"),
    (("lineage", "serial"), "it is a state file, which says what there is and not what will be"),
    (
        ("values", "terraform_version"),
        "it is a state (`terraform show -json` without the name of a plan)",
    ),
    (("ledger", "resources"), "it is a snapshot"),
    (
        ("encrypted_data", "encryption_version"),
        "it is a plan or a state that OpenTofu has encrypted, which `tofu show` decrypts",
    ),
)
"""Members that tell other files, and what those are."""


def _other_kind(value: Any) -> str:
    """What a JSON value is instead of a plan, as a clause; empty if it is one."""
    if not isinstance(value, dict):
        return "it is no JSON object"
    if looks_like_plan(value):
        return ""
    for members, kind in _OTHERS:
        if value.keys() >= set(members):
            return kind
    return 'it has no "format_version" or no "resource_changes"'


def _plan(value: Json, digest: str) -> Plan:
    program = TERRAFORM if "complete" in value or "applyable" in value else OPENTOFU
    version = value.get("terraform_version")
    known = f" {version}" if isinstance(version, str) else ""
    configuration = value.get("configuration") or {}
    timestamp = value.get("timestamp")
    changes = [_change(item) for item in value.get("resource_changes", ())]
    return Plan(
        made_by=f"{program}{known}",
        timestamp=timestamp if isinstance(timestamp, str) else "",
        digest=digest,
        changes=tuple(change for change in changes if change.managed),
        data=(
            *_data(value.get("prior_state")),
            *(change for change in changes if not (change.managed or change.ephemeral)),
        ),
        drift=tuple(
            change for change in map(_change, value.get("resource_drift") or ()) if change.managed
        ),
        configuration=_module_configuration(configuration.get("root_module")),
        incomplete=tuple(_incomplete(value)),
        complete=value.get("complete") if isinstance(value.get("complete"), bool) else None,
        existing=tuple(_existing(value.get("prior_state"))),
    )


def _incomplete(value: Json) -> Iterator[str]:
    """Why a plan is not all that will happen, a clause each."""
    if value.get("errored") is True:
        yield "planning ended with an error, so that changes are missing"
    if value.get("complete") is False:
        yield (
            "Terraform calls it incomplete: it was made with -target, or changes were put off, "
            "and another apply will follow"
        )
    if deferred := value.get("deferred_changes"):
        yield f"{counted(len(deferred), 'change')} deferred to a later plan"
    if actions := value.get("action_invocations"):
        yield f"{counted(len(actions), 'action')} invoked by it, whose effect a plan does not say"


def _change(item: Json) -> ResourceChange:
    """One entry of `resource_changes` or `resource_drift`."""
    change = item["change"]
    name = item["type"]
    sensitive = marked(change.get("before_sensitive"), change.get("before"))
    sensitive |= marked(change.get("after_sensitive"), change.get("after"))
    known = _known(name)
    unknown = change.get("after_unknown")
    after = change.get("after")
    return ResourceChange(
        address=_text(item["address"]),
        previous_address=_text(item.get("previous_address") or ""),
        module=_module(item),
        type=_text(name),
        name=_text(item["name"]),
        index=_index(item),
        managed=item.get("mode", "managed") == "managed",
        ephemeral=item.get("mode") == "ephemeral",
        actions=tuple(map(_text, change["actions"])),
        before=without(change.get("before"), sensitive, known),
        after=without(after, sensitive, known),
        unknown={
            attribute: mask
            for attribute, mask in (unknown.items() if isinstance(unknown, dict) else ())
            if attribute in known and is_marked(mask)
        },
        sensitive=sensitive & known,
        unmodelled=tuple(_unmodelled(name, after, unknown)),
        deposed="deposed" in item,
    )


def _known(name: str) -> frozenset[str]:
    row = resource_type(name)
    return row.read if row else frozenset()


def _unmodelled(name: str, after: Any, unknown: Any) -> Iterator[str]:
    """Attributes that are set and that the resource's type does not know, sorted."""
    row = resource_type(name)
    if row is None:
        return
    there = {key for key, value in after.items() if value is not None} if after else set()
    if isinstance(unknown, dict):
        there |= {key for key, mask in unknown.items() if is_marked(mask)}
    yield from sorted(there - row.read - row.without_effect)


def _data(prior_state: Any) -> Iterator[ResourceChange]:
    """Data sources that were read when the plan was made."""
    return (_data_source(item) for item in _state(prior_state) if item.get("mode") == "data")


def _existing(prior_state: Any) -> Iterator[str]:
    """Addresses of the provider's resources that there are."""
    for item in _state(prior_state):
        if item.get("mode") == "managed" and _text(item["type"]).startswith("okta_"):
            yield _text(item["address"])


def _state(prior_state: Any) -> Iterator[Json]:
    """Resources and data sources of a state."""
    values = (prior_state or {}).get("values") or {}
    waiting = [values.get("root_module") or {}]
    while waiting:
        module = waiting.pop()
        yield from module.get("resources") or ()
        waiting.extend(reversed(module.get("child_modules") or ()))


def _data_source(item: Json) -> ResourceChange:
    values, name = item.get("values"), item["type"]
    after = without(
        values, marked(item.get("sensitive_values"), values), _known_of_data(_text(name))
    )
    return ResourceChange(
        address=_text(item["address"]),
        module=_module(item),
        type=name,
        name=_text(item["name"]),
        index=_index(item),
        managed=False,
        actions=("read",),
        after={
            key: _known_members(value) if key == _LISTS.get(name) else value
            for key, value in after.items()
        },
    )


_OF_DATA = frozenset({"id", "type", "name", "login", "status", "client_id", "label"})
_LISTS = {"okta_users": "users", "okta_groups": "groups"}
"""Data sources that list objects, and the attribute that holds them."""


def _known_of_data(name: str) -> frozenset[str]:
    """Attributes of a data source that somebody reads: those of the resource, ids and type."""
    return _known(name) | _OF_DATA | {_LISTS.get(name, "id")}


def _known_members(values: Any) -> list[Json]:
    """What somebody reads of objects that a data source lists."""
    return [
        {name: value for name, value in one.items() if name in _OF_DATA}
        for one in values or ()
        if isinstance(one, dict)
    ]


def _module(item: Json) -> str:
    """The address of the module instance that an item is in."""
    module = _text(item.get("module_address") or module_of(item["address"]))
    if module.count("module.") > _DEEPEST:
        raise PlanError(
            f"The plan has modules within modules, more than {_DEEPEST} deep.", remedy=_HOW
        )
    return module


def _index(item: Json) -> str | int | None:
    index = item.get("index")
    if index is not None and not isinstance(index, (str, int)):
        raise TypeError
    return index


def _module_configuration(module: Any) -> Json:
    """The configuration of a module whose parts, and those of the modules in it, have their shape.

    Raises:
        TypeError: one has not.
    """
    waiting = [module or {}]
    while waiting:
        current = waiting.pop()
        resources, calls = current.get("resources") or (), current.get("module_calls") or {}
        outputs = current.get("outputs") or {}
        if not all(map(_is_object, (*resources, *calls.values(), *outputs.values()))):
            raise TypeError
        waiting.extend(call.get("module") or {} for call in calls.values())
    return module or {}


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
