"""Suppressions in comments of HCL, as entries beside those of the reviewed file.

With `--policy-from`, those count that the commit has above the same block. Others are shown as
what they are: an attempt of the change to make its own audit milder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.audit.policy_changes import entry_words
from auditor.cli.audit.prepared_audit import PreparedAudit
from auditor.cli.audit.source_path import shown_path
from auditor.config.policy_tree import PolicyTree
from auditor.errors import UsageError
from auditor.lint.acceptance.entry_checks import EntryChecks
from auditor.lint.acceptance.suppression import SuppressionEntry
from auditor.lint.acceptance.suppression_checks import SuppressionChecks
from auditor.lint.weakening import Weakening
from auditor.terraform.source.field_places import FieldPlaces
from auditor.terraform.source.hcl_file import LARGEST_FILE, HclBlock, HclFile
from auditor.terraform.source.ignore_comments import IgnoreComment, ignore_comment
from auditor.terraform.source.source_tree import PlacedBlock
from auditor.toml_lines import TableLines

_NOBODY = "nobody named"
_REMEDY = "Mend the comment: # okta-auditor: ignore[OAM301] reason, owner NAME, expires 2027-01-31"


@dataclass(frozen=True)
class _Found:
    """A comment above the block of some objects."""

    placed: PlacedBlock
    line: int
    text: str
    comment: IgnoreComment
    objects: tuple[str, ...]


def with_ignore_comments(prepared: PreparedAudit, places: FieldPlaces) -> PreparedAudit:
    """The audit, in which comments above blocks accept findings of the blocks' objects.

    Raises:
        UsageError: a comment begins as a suppression and cannot be used as it stands; the error
            names all.
    """
    found = list(_comments(places))
    if not found:
        return prepared
    tree = prepared.effective.tree
    holding = [item for item in found if tree is None or _merged(tree, item)]
    acceptance = prepared.acceptance
    entries = (*acceptance.suppressions.entries, *_entries(prepared, holding))
    suppressions = replace(acceptance.suppressions, entries=entries)
    accepted = replace(acceptance, suppressions=suppressions)
    changed = replace(prepared, acceptance=accepted)
    if tree is None or len(holding) == len(found):
        return changed
    return replace(changed, changes=(*prepared.changes, *_weakenings(tree, found, holding)))


def _comments(places: FieldPlaces) -> Iterator[_Found]:
    objects: dict[tuple[Path, tuple[str, ...]], list[str]] = defaultdict(list)
    blocks: dict[tuple[Path, tuple[str, ...]], PlacedBlock] = {}
    for identity in places.resources:
        placed = places.block(identity)
        if placed and placed.block.comments and placed.block.kind == "resource":
            key = (placed.path, placed.block.labels)
            blocks[key] = placed
            objects[key].append(identity)
    problems: list[str] = []
    found: list[_Found] = []
    for key, placed in sorted(blocks.items(), key=lambda pair: (str(pair[0][0]), pair[0][1])):
        for line, text in placed.block.comments:
            try:
                comment = ignore_comment(text)
            except ValueError as error:
                problems.append(f"{shown_path(placed.path)}:{line}: {error}.")
                continue
            if comment:
                found.append(_Found(placed, line, text, comment, tuple(sorted(objects[key]))))
    if problems:
        raise UsageError(problems[0], remedy=_REMEDY, others=tuple(problems[1:]))
    yield from found


def _entries(prepared: PreparedAudit, found: list[_Found]) -> Iterator[SuppressionEntry]:
    acceptance = prepared.acceptance
    for item in found:
        path = Path(shown_path(item.placed.path))
        checks = SuppressionChecks(
            EntryChecks(path, acceptance.policy, acceptance.as_of),
            acceptance.rules,
            acceptance.forbidden,
        )
        table = TableLines(item.line, {})
        for code in item.comment.codes:
            for identity in item.objects:
                terms = {"owner": _NOBODY, **item.comment.terms}
                entry = checks.suppression({"rule": code, "target": identity, **terms}, table)
                yield SuppressionEntry(entry, f"{path.as_posix()}:{item.line}")


def _merged(tree: PolicyTree, item: _Found) -> bool:
    """Whether the commit has the same comment above the same block."""
    if not tree.holds(item.placed.path) or not tree.exists(item.placed.path):
        return False
    text = tree.text(item.placed.path, LARGEST_FILE)
    blocks = HclFile(text or "").blocks
    return any(
        _same(block, item.placed.block) and item.text in dict(block.comments).values()
        for block in blocks
    )


def _same(one: HclBlock, other: HclBlock) -> bool:
    return (one.kind, one.labels) == (other.kind, other.labels)


def _weakenings(
    tree: PolicyTree, found: list[_Found], holding: list[_Found]
) -> Iterator[Weakening]:
    added = [item for item in found if item not in holding]
    first = added[0]
    words = entry_words(len(added), 0, "suppression")
    where = f"{shown_path(first.placed.path)}:{first.line}"
    yield Weakening("suppressions", where, f"{words} in comments", "", tree.ref)
