"""Users and groups of an org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.models.directory import Group, GroupRule, User
from auditor.snapshot.packed_values import IdList
from auditor.snapshot.view import UnreadListError, View


class PeopleOfOrg(View):
    """Users, groups and their members."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups."""
        return self._all("groups", Group)

    @property
    def group_rules(self) -> tuple[GroupRule, ...]:
        """Rules that add users to groups, inactive ones included."""
        return self._all("group_rules", GroupRule)

    @property
    def users(self) -> tuple[User, ...]:
        """Users; Okta's list leaves deprovisioned ones out."""
        self._check("users")
        return self._tables.users.everyone

    @property
    def able_users(self) -> frozenset[str]:
        """Ids of the users who are not shut out. Cheap, where reading all users is not."""
        self._check("users")
        return self._tables.users.able

    @property
    def users_by_status(self) -> Mapping[str | None, Sequence[str]]:
        """Ids of the users of each status. Cheap, where reading all users is not."""
        self._check("users")
        return self._tables.users.by_status

    @property
    def logins(self) -> tuple[str, ...]:
        """The title of every user. Cheap, where reading all users is not."""
        self._check("users")
        return tuple(self._tables.users.logins)

    def users_like(self, word: str) -> tuple[User, ...]:
        """Users whom a word may name, by id, login or what is before its `@`; cheap as well."""
        self._check("users")
        return self._tables.users.like(word)

    def group(self, group_id: str) -> Group | None:
        """The group with an id."""
        return self._lookup("groups", Group).get(group_id)

    def user(self, user_id: str) -> User | None:
        """The user with an id; None if deprovisioned or deleted."""
        self._check("users")
        return self._tables.users.get(user_id)

    def members(self, group_id: str) -> frozenset[str]:
        """Ids of the group's members; empty for a group that does not exist.

        The exporter reads the members of groups that a policy rule or an app names. For
        other groups, `known("group_members", group)` is false.
        """
        self._check("group_members")
        cache = self._tables.members
        if group_id not in cache:
            if self._members_unread(group_id):
                return frozenset()
            path = BY_NAME["group_members"].path.format(group_id)
            ids = self._tables.lists.get(path, ())
            cache[group_id] = ids.distinct() if isinstance(ids, IdList) else frozenset(ids)
        return cache[group_id]

    def member_list(self, group_id: str) -> Sequence[str]:
        """As `members`, but as the snapshot's own list: for callers that read it once."""
        self._check("group_members")
        if self._members_unread(group_id):
            return ()
        return self._tables.lists.get(BY_NAME["group_members"].path.format(group_id), ())

    def _members_unread(self, group_id: str) -> bool:
        """Whether a group's members were not read; for a rule that is an error."""
        row = BY_NAME["group_members"]
        if not self._list_unread(row, row.path.format(group_id), group_id):
            return False
        group = self.group(group_id)
        if self._strict and group is not None:
            raise UnreadListError.of_members(group)
        return True
