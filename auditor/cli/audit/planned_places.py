"""Puts what is said of a planned snapshot on the lines of HCL that make it so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.audit.source_path import source_path
from auditor.comparison.result import AccessChange, DiffResult
from auditor.comparison.wording import scopes_words, through, whom
from auditor.errors import UsageError
from auditor.lint.reported_finding import Location, RelatedObject, ReportedFinding
from auditor.lint.result import AuditResult
from auditor.log_commands import workflow_command
from auditor.snapshot.resource_text import TextRegion
from auditor.terraform.source.field_places import FieldPlaces
from auditor.terraform.source.source_tree import Place
from auditor.text import one_line

_MOST = 10
"""Annotations of a kind that GitHub shows of a step."""


@dataclass(frozen=True)
class PlannedPlaces:
    """The places of a plan's objects, as reports name them."""

    places: FieldPlaces
    root: Path | None
    """The source root of reports."""

    def relocated(self, result: AuditResult) -> AuditResult:
        """The result, in which objects of the plan stand in the configuration."""
        return replace(
            result,
            findings=tuple(map(self._finding, result.findings)),
            accepted=tuple(map(self._finding, result.accepted)),
        )

    def gain_lines(self, changes: DiffResult) -> list[str]:
        """A line for each gain that an attribute of the configuration makes: where, and what."""
        return [
            f"{one_line(file)}:{region.line}:{region.column}: {_gain(item)}"
            for file, region, item in self._gains(changes)
        ]

    def gain_annotations(self, changes: DiffResult) -> list[str]:
        """The same as annotations of GitHub, the most people first."""
        return [
            workflow_command(
                "warning",
                _gain(item),
                file=one_line(file),
                line=region.line,
                col=region.column,
                endLine=region.end_line,
                title="Access is gained",
            )
            for file, region, item in list(self._gains(changes))[:_MOST]
        ]

    def _gains(self, changes: DiffResult) -> Iterator[tuple[str, TextRegion, AccessChange]]:
        ordered = sorted(changes.gained, key=lambda item: -(item.people or 0))
        for item in ordered:
            for identity in _causes(item):
                place = self.places.gained(identity, item.scopes)
                if place and (location := self._location(place)):
                    yield location.file, location.region, item
                    break

    def _finding(self, finding: ReportedFinding) -> ReportedFinding:
        place = self.places.place(finding.object.id, finding.field)
        location = place and self._location(place)
        related = tuple(map(self._related, finding.related))
        return replace(finding, location=location or finding.location, related=related)

    def _related(self, related: RelatedObject) -> RelatedObject:
        place = self.places.place(related.object.id, None)
        location = place and self._location(place)
        return replace(related, location=location) if location else related

    def _location(self, place: Place) -> Location | None:
        try:
            return Location(source_path(place.path, self.root), place.region)
        except UsageError:  # outside the source root, where no report can point
            return None


def _causes(item: AccessChange) -> Iterable[str]:
    """Ids of the objects that may make a gain, the likeliest first."""
    if item.rule:
        yield item.rule.rule.id
        yield item.rule.policy.id
    for part in item.clients:
        yield part.client.id


def _gain(item: AccessChange) -> str:
    who = whom(item)
    if item.people is not None:
        who = f"{item.people:,} more {'person' if item.people == 1 else 'people'}"
    return f"This change lets {who} obtain {scopes_words(item.scopes)}{through(item.rule)}."
