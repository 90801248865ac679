"""What `snapshot --plan --format json` prints. The keys are those of `Plan.as_json`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from auditor.cli.json_documents.part import DocumentPart


class Bounds(DocumentPart):
    """Of a number of requests, or of seconds."""

    least: float
    most: float | None = Field(description="Null if nothing bounds it.")


class BucketInfo(DocumentPart):
    """What a bucket of a rate limit has to bear."""

    bucket: str
    sent: NonNegativeInt = Field(description="Requests that the plan itself took.")
    requests: Bounds
    limit: int | None = Field(description="Requests in a window; null: none, or not known.")
    window_s: float | None
    ours: int | None = Field(description="Requests in a window that the share allows.")
    seconds: Bounds | None = Field(description="Null if the limit is not known.")


class PlannedCollectionInfo(DocumentPart):
    """What is to be read of one collection."""

    collection: str
    requests: Bounds
    exact: bool
    why: str | None = Field(description="Why it is an estimate; null if it is exact.")


class ShareInfo(DocumentPart):
    """How long an export takes with another share."""

    share: float | None = Field(description="Null: what others do not need, here all of it.")
    seconds: Bounds


class GroupAssignmentsInfo(DocumentPart):
    """From which side group assignments are read, and how many lists each side has."""

    side: Literal["apps", "groups"]
    lists_of_apps: NonNegativeInt
    lists_of_groups: NonNegativeInt


class NotAskedLists(DocumentPart):
    """Lists of a collection that are not asked for, because nobody needs them."""

    collection: str
    lists: PositiveInt
    why: str


class ExportPlan(DocumentPart):
    """What an export is going to take."""

    requests: Bounds
    seconds: Bounds
    buckets: list[BucketInfo]
    collections: list[PlannedCollectionInfo]
    shares: list[ShareInfo]
    group_assignments: GroupAssignmentsInfo | None = Field(
        description="Null if not all apps or groups are known."
    )
    not_asked: list[NotAskedLists]
    carried_over: dict[str, NonNegativeInt] = Field(
        description="Lists that take no request with --since, by collection."
    )
    read_again: dict[str, NonNegativeInt] = Field(
        description="Why other lists do although the older snapshot is there, and how many."
    )
    refusal: str | None = Field(
        description="Why nothing is carried over from the older snapshot; null if something may be."
    )
    unread: list[str] = Field(description="Collections that the plan lacks.")
