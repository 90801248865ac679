"""Changes by which Okta ends tokens that were issued before. Only what a source says.

Sources:

- `NOTES`: Okta's legacy troubleshooting notes for API Access Management. Tokens are revoked
  implicitly when a user is deactivated or deleted; with any change or deletion in the
  authorization server; when a client is deactivated, changed, unassigned or deleted.
- `REFERENCE`: the last published OpenID Connect & OAuth 2.0 reference. Deactivating a client
  invalidates its tokens for good; activating it again does not restore them.

The notes do not say which changes of a server or a client they mean. Those are reported as
possible; a new name alone is not reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.comparison.differences import DiffFilter
from auditor.comparison.result import ChangeKind, ObjectChange, Revocation
from auditor.comparison.snapshot_pair import SnapshotPair
from auditor.lint.object_types import counted_objects, type_name
from auditor.lint.reported_finding import ObjectRef
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.models.clients import App
from auditor.text import counted, listed
from auditor.tokens.reach.user_sets import UserSet

NOTES = "Okta's legacy troubleshooting notes for API Access Management, implicit revocation"
REFERENCE = "Okta's OpenID Connect & OAuth 2.0 reference (last published version)"

IN_FLIGHT = (
    "Authorization codes issued before keep the old decision: Okta evaluates the policy once, "
    "at sign-in (OpenID Connect reference). Whether it is evaluated again when a token is "
    "refreshed is not published."
)


def revocations(
    sides: SnapshotPair, changes: Iterable[ObjectChange], only: DiffFilter
) -> Iterator[Revocation]:
    """What ends tokens, users first, then clients, then servers.

    Args:
        sides: the snapshots.
        changes: of objects.
        only: which server or client matters.
    """
    changes = tuple(changes)
    if only == DiffFilter():
        yield from _users(sides)
    yield from _clients(sides, changes, only)
    yield from _servers(sides, changes)


def _users(sides: SnapshotPair) -> Iterator[Revocation]:
    if not all(side.org.known("users") for side in sides.both):
        return
    if sides.same(BY_NAME["users"].path):
        return
    users = sides.new.reach.populations.users
    existing = []
    for side in sides.both:
        side_users = users.none
        for status, ids in side.org.users_by_status.items():
            if status != "DEPROVISIONED":
                side_users |= users.of(ids)
        existing.append(side_users)
    if gone := existing[0] - existing[1]:
        yield Revocation(
            what=f"{counted(len(gone), 'user')} deactivated or deleted: all their tokens end",
            object=ObjectRef(type="user", id="", name=""),
            certain=True,
            people=len(gone),
            sample=sides.sample_logins(gone),
            source=NOTES,
        )


def _clients(
    sides: SnapshotPair, changes: tuple[ObjectChange, ...], only: DiffFilter
) -> Iterator[Revocation]:
    changed = {item.object.id: item for item in changes if item.object.type == "client"}
    fields = {i.object.id: i.fields for i in changes if i.change is ChangeKind.CHANGED}
    old_apps = {app.id: app for app in sides.old.org.apps if app.configurable}
    new_apps = {app.id: app for app in sides.new.org.apps}
    for identity, old in sorted(old_apps.items()):
        if only.server is not None or only.client not in {None, old.client_id}:
            continue
        new = new_apps.get(identity)
        if new is None:
            if identity in changed and old.active:
                yield _client(old, "deleted: all its tokens end", NOTES)
        elif old.active and not new.active:
            what = "deactivated: its tokens are invalid for good, even if it is activated again"
            yield _client(new, what, REFERENCE)
        elif identity in fields:
            what = f"changed ({listed(fields[identity], most=4)}): its tokens may end"
            yield _client(new, what, NOTES, certain=False)
        if new is not None and (gone := _unassigned(sides, old, new)):
            yield _client(
                new, f"{counted(len(gone), 'person', 'people')} unassigned: their tokens of it end",
                NOTES, people=len(gone), sample=sides.sample_logins(gone),
            )  # fmt: skip


def _unassigned(sides: SnapshotPair, old: App, new: App) -> UserSet | None:
    """Those who still are users and are not assigned any more, for certain."""
    names = ("app_users", "app_groups")
    paths = {BY_NAME[name].path.format(old.id) for name in names}
    groups = {g.id for g in sides.old.org.assigned_groups(old)}
    paths |= {BY_NAME["group_members"].path.format(group) for group in groups}
    if not paths & sides.changed and old.federation_broker == new.federation_broker:
        return None
    if old.federation_broker or not sides.new.org.known("users"):
        return None
    before = sides.old.reach.populations.assigned(old).sure
    gone = before - sides.new.reach.populations.assigned(new).possible
    users = sides.new.reach.populations.users
    still = users.none
    for ids in sides.new.org.users_by_status.values():
        still |= users.of(ids)
    return gone & still


def _client(
    app: App,
    what: str,
    source: str,
    *,
    certain: bool = True,
    people: int | None = None,
    sample: tuple[str, ...] = (),
) -> Revocation:
    return Revocation(
        what=what,
        object=ObjectRef(type=app.kind, id=app.client_id, name=app.title),
        certain=certain,
        people=people,
        sample=sample,
        source=source,
    )


def _servers(sides: SnapshotPair, changes: tuple[ObjectChange, ...]) -> Iterator[Revocation]:
    inside: dict[str, list[ObjectChange]] = {}
    for item in changes:
        if item.server is not None and item.change is not ChangeKind.RENAMED:
            inside.setdefault(item.server.id, []).append(item)
        elif item.object.type == "authorization_server" and item.change is ChangeKind.CHANGED:
            inside.setdefault(item.object.id, []).append(item)
    kept = {server.id for server in sides.new.org.servers}
    for server in sides.old.org.servers:
        ref = ObjectRef(type=server.kind, id=server.id, name=server.title)
        gone = any(i.object == ref and i.change is ChangeKind.REMOVED for i in changes)
        if gone:
            yield Revocation(
                what="deleted: all its tokens end", object=ref, certain=True,
                people=None, sample=(), source=NOTES,
            )  # fmt: skip
        elif server.id in inside and server.id in kept:
            words = listed(_change_counts(inside[server.id]), most=6)
            yield Revocation(
                what=f"changed ({words}): its tokens may end", object=ref, certain=False,
                people=None, sample=(), source=NOTES,
            )  # fmt: skip


def _change_counts(changes: list[ObjectChange]) -> Iterator[str]:
    """`2 policy rules changed` and so on."""
    counts = Counter(
        (type_name(item.object.type), item.object.type, item.change) for item in changes
    )
    for (_, type_, change), number in sorted(counts.items()):
        yield f"{counted_objects(number, type_)} {change}"
