"""The comparison as JSON, for programs.

The shape is versioned by `schema`. Within a version keys may be added; none is removed,
renamed or given another meaning.
"""

from __future__ import annotations

import json
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from auditor.comparison.result import ChangeKind, DiffResult
from auditor.comparison.wording import headline
from auditor.text import escaped
from auditor.version import __version__

VERSION: Final = "okta-auditor/diff/1"


class _JsonModel(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
        defer_build=True,
    )


class OktaObjectInfo(_JsonModel):
    """An Okta object. The name is the tenant's own words."""

    type: str
    id: str = Field(description="Immutable; of clients the client id, `org` for the org server.")
    name: str


class PolicyRuleInfo(_JsonModel):
    """A rule with its policy."""

    policy: OktaObjectInfo
    rule: OktaObjectInfo


class ClientInfo(_JsonModel):
    """A client, and the grant types that a change concerns."""

    client: OktaObjectInfo
    grants: tuple[str, ...]


class AccessChangeInfo(_JsonModel):
    """Scopes that were gained or lost by one rule."""

    server: OktaObjectInfo
    rule: PolicyRuleInfo | None = Field(
        description="The first rule that gives or gave them; null at the org server."
    )
    scopes: tuple[str, ...]
    clients: tuple[ClientInfo, ...]
    people: int | None = Field(description="Null where the grant types have no user.")
    sample: tuple[str, ...] = Field(description="Logins of some of the people.")
    otherwise: str = Field(description="How such a request ends on the other side, and why.")


class LifetimesInfo(_JsonModel):
    """In minutes; a refresh lifetime of 0 is unlimited; null is not set."""

    access: int | None
    refresh: int | None
    window: int | None
    refresh_token: bool


class RuleLifetimesInfo(_JsonModel):
    """The lifetimes by one rule."""

    rule: PolicyRuleInfo | None
    lifetimes: LifetimesInfo


class LifetimeChangeInfo(_JsonModel):
    """Tokens that live longer or shorter for people who can obtain them on both sides."""

    server: OktaObjectInfo
    old: tuple[RuleLifetimesInfo, ...]
    new: tuple[RuleLifetimesInfo, ...]
    scopes: tuple[str, ...]
    clients: tuple[ClientInfo, ...]
    people: int | None
    sample: tuple[str, ...]


class FindingChangeInfo(_JsonModel):
    """A finding of one side only."""

    code: str
    name: str
    severity: str
    message: str
    object: OktaObjectInfo
    server: OktaObjectInfo | None
    fingerprint: str
    accepted: str = Field(
        default="", description="The suppression or baseline that accepts it; or empty."
    )


class RevocationInfo(_JsonModel):
    """A change by which Okta ends tokens that were issued before."""

    what: str
    object: OktaObjectInfo
    certain: bool = Field(
        description="False where the source names such changes without saying which of them."
    )
    people: int | None = Field(description="Whose tokens; null for all tokens of the object.")
    sample: tuple[str, ...]
    source: str


class ObjectChangeInfo(_JsonModel):
    """An object that is not the same."""

    change: ChangeKind
    object: OktaObjectInfo
    server: OktaObjectInfo | None
    fields: tuple[str, ...]
    old_name: str | None


class UncomparedInfo(_JsonModel):
    """Something about which nothing can be said."""

    what: str
    why: str
    remedy: str
    accepted: str = Field(description="The accepted gap that covers it, and its file; or empty.")


class SnapshotInfo(_JsonModel):
    """Where one side comes from."""

    file: str
    org: str
    captured_at: AwareDatetime
    carried_over: str = Field(
        default="", description="What was read earlier than that; empty if nothing was."
    )


class TotalsInfo(_JsonModel):
    """Everybody once, over all entries of one kind."""

    clients: int
    people: int


class DiffSummary(_JsonModel):
    """The answer."""

    headline: str
    complete: bool = Field(description="False if something could not be compared.")
    unaccepted: bool = Field(
        description="Whether something could not be compared that no accepted gap covers."
    )
    failing: bool = Field(description="Whether a gain matches --fail-on-gain.")
    gained: TotalsInfo
    lost: TotalsInfo
    lifetimes: TotalsInfo


class DiffDocument(_JsonModel):
    """The comparison of two snapshots."""

    model_config = ConfigDict(title="okta-auditor diff")

    schema_: Literal["okta-auditor/diff/1"] = Field(default=VERSION, alias="schema")
    tool_version: str
    old: SnapshotInfo
    new: SnapshotInfo
    summary: DiffSummary
    gained: tuple[AccessChangeInfo, ...]
    lost: tuple[AccessChangeInfo, ...]
    lifetimes: tuple[LifetimeChangeInfo, ...]
    new_findings: tuple[FindingChangeInfo, ...] | None = Field(description="Null if not asked for.")
    fixed_findings: tuple[FindingChangeInfo, ...] | None
    revocations: tuple[RevocationInfo, ...]
    objects: tuple[ObjectChangeInfo, ...]
    could_not_compare: tuple[UncomparedInfo, ...]


def render(result: DiffResult) -> str:
    """The document, safe to print: invisible characters are escapes."""
    summary = DiffSummary(
        headline=headline(result),
        complete=result.complete,
        unaccepted=result.unaccepted,
        failing=bool(result.failing),
        gained=TotalsInfo.model_validate(result.gained_total),
        lost=TotalsInfo.model_validate(result.lost_total),
        lifetimes=TotalsInfo.model_validate(result.lifetimes_total),
    )
    parts: dict[str, Any] = {
        name: getattr(result, name)
        for name in DiffDocument.model_fields
        if name not in {"schema_", "tool_version", "summary", "could_not_compare"}
    }
    document = DiffDocument.model_validate(
        {
            "tool_version": __version__,
            "summary": summary,
            "could_not_compare": result.uncompared,
            **parts,
        }
    )
    value = document.model_dump(mode="json", by_alias=True)
    return escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def diff_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **DiffDocument.model_json_schema(mode="serialization", by_alias=True),
    }
