"""The baseline: the findings that were there when somebody drew a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from auditor.errors import UsageError
from auditor.lint.reported_finding import ObjectRef, ReportedFinding
from auditor.lint.result import AuditResult, Tenant
from auditor.text import one_line, quoted

HASH = r"^[0-9a-f]{32}$"
"""What fingerprints and hashes of content look like."""


class BaselineEntry(BaseModel):
    """A finding that the baseline accepts. Type, id and name of the object are for readers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    content: str = Field(pattern=HASH)
    code: str
    type: str
    id: str
    name: str

    @property
    def object(self) -> ObjectRef:
        """The object as it was when it was accepted."""
        return ObjectRef(type=self.type, id=self.id, name=self.name)


@dataclass(frozen=True)
class Baseline:
    """A baseline, whichever file it is in."""

    tenant: str
    """The org's id, or its host name where the id could not be read."""
    url: str
    not_evaluated: tuple[str, ...]
    """Codes of rules that could not be evaluated when it was made."""
    entries: Mapping[str, BaselineEntry]
    """By fingerprint."""
    file: str = ""
    lines: Mapping[str, int] | None = None

    def where(self, fingerprint: str) -> str:
        """The file and line of an entry."""
        return f"{self.file}:{(self.lines or {}).get(fingerprint, 1)}"

    def check_tenant(self, tenant: Tenant) -> None:
        """Whether it is of this tenant.

        Raises:
            UsageError: it is of another.
        """
        unread = tenant.id == _host(tenant.url) or self.tenant == _host(self.url)
        if self.tenant == tenant.id or (unread and _host(self.url) == _host(tenant.url)):
            return
        raise UsageError(
            f"{self.file}:4: the baseline is of another org: tenant {quoted(self.tenant)} "
            f"({one_line(self.url)}), and the snapshot of {quoted(tenant.id)} "
            f"({one_line(tenant.url)}).",
            remedy="Name this org's own baseline, or make one with: okta-auditor baseline "
            "SNAPSHOT -o FILE",
        )


def baseline_entry(finding: ReportedFinding) -> BaselineEntry:
    """The entry that accepts a finding as it is."""
    ref = finding.object
    return BaselineEntry(
        content=finding.content, code=finding.rule.code, type=ref.type, id=ref.id, name=ref.name
    )


def make_baseline(
    result: AuditResult, forbidden: frozenset[str], previous: Baseline | None = None
) -> Baseline:
    """The baseline that accepts what an audit found and no suppression has decided on.

    Args:
        result: the audit, after suppressions.
        forbidden: codes of rules whose findings nobody may accept.
        previous: the baseline so far; what it says of rules that were not evaluated this time
            stays.
    """
    decided = result.evaluated_codes
    kept = {
        fingerprint: entry
        for fingerprint, entry in (previous.entries.items() if previous else ())
        if entry.code not in decided
    }
    current = {
        item.fingerprint: baseline_entry(item)
        for item in (*result.findings, *result.unchanged)
        if item.rule.code not in forbidden and not item.lapsed
    }
    return Baseline(
        tenant=result.tenant.id,
        url=result.tenant.url,
        not_evaluated=tuple(sorted(result.unchecked_codes)),
        entries={**kept, **current},
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
