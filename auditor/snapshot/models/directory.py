"""People and groups, as little of them as decisions need."""

from __future__ import annotations

from typing import Annotated, ClassVar

from auditor.snapshot.models.base import NullAsObject, Part, Record, Strings, Switchable

SHUT_OUT_STATUSES = frozenset({"DEPROVISIONED", "SUSPENDED", "STAGED"})
"""User statuses in which nobody can sign in until an administrator acts."""


class GroupProfile(Part):
    """`profile` of a group."""

    name: str | None = None


class Group(Record):
    """A group; `type` is OKTA_GROUP, APP_GROUP or BUILT_IN (Everyone)."""

    kept_unread: ClassVar[frozenset[str]] = Record.kept_unread | {"lastMembershipUpdated"}
    kind: ClassVar[str] = "group"

    type: str | None = None
    profile: Annotated[GroupProfile, NullAsObject] = GroupProfile()

    @property
    def title(self) -> str:
        """The group's name."""
        return self.profile.name or self.id

    @property
    def built_in(self) -> bool:
        """Whether it is one of Okta's own groups, such as Everyone."""
        return self.type == "BUILT_IN"


class UserProfile(Part):
    """`profile` of a user, reduced to the login when the tenant is read."""

    login: str | None = None


class User(Record):
    """A user: id, login and status; nothing else is kept."""

    kind: ClassVar[str] = "user"

    status: str | None = None
    profile: Annotated[UserProfile, NullAsObject] = UserProfile()

    @property
    def title(self) -> str:
        """The login."""
        return self.profile.login or self.id

    @property
    def shut_out(self) -> bool:
        """Whether the user cannot sign in until an administrator acts."""
        return self.status in SHUT_OUT_STATUSES


class GroupExpression(Part):
    """`conditions.expression` of a group rule: whom it adds, in Okta Expression Language."""

    type: str | None = None
    value: str | None = None


class ExcludedPeople(Part):
    """`conditions.people.users` or `conditions.people.groups` of a group rule."""

    exclude: Strings = ()


class GroupRulePeople(Part):
    """`conditions.people` of a group rule."""

    users: Annotated[ExcludedPeople, NullAsObject] = ExcludedPeople()
    groups: Annotated[ExcludedPeople, NullAsObject] = ExcludedPeople()


class GroupRuleConditions(Part):
    """`conditions` of a group rule."""

    expression: Annotated[GroupExpression, NullAsObject] = GroupExpression()
    people: Annotated[GroupRulePeople, NullAsObject] = GroupRulePeople()


class AssignedGroups(Part):
    """`actions.assignUserToGroups` of a group rule."""

    group_ids: Strings = ()


class GroupRuleActions(Part):
    """`actions` of a group rule."""

    assign_user_to_groups: Annotated[AssignedGroups, NullAsObject] = AssignedGroups()


class GroupRule(Switchable):
    """A rule that adds users to groups; `status` is ACTIVE, INACTIVE or INVALID."""

    kind: ClassVar[str] = "group_rule"

    conditions: Annotated[GroupRuleConditions, NullAsObject] = GroupRuleConditions()
    actions: Annotated[GroupRuleActions, NullAsObject] = GroupRuleActions()

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Ids of the groups that it adds users to."""
        return self.actions.assign_user_to_groups.group_ids
