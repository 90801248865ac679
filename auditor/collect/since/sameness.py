"""Which lists may be carried over from an older snapshot, and what says that they are the same.

Each belongs to a record with a time stamp. What the stamp proves is another matter:

- `lastMembershipUpdated` of a group: when a user was last added to it or removed from it, says
  Okta (reference of the Expression Language, "groups"; Groups best practices). So the list of
  members of a group whose stamp has not moved is the same.
- `lastUpdated` of an app: when the app was last updated. No document says that assigning a group
  or a user, granting a scope, adding a key or trusting another app updates the app. So a list
  whose app has not moved is unchanged as far as that says, which proves nothing.

Everything else is read afresh each time: servers, policies, rules, scopes, claims and keys decide
what tokens are minted, and take few requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """What says of the lists of a collection that they are the same."""

    stamp: str
    """The member of the parent record that moves when the list changes, or that may."""

    proven: bool
    """Whether Okta documents that it does."""

    holds: frozenset[str] = frozenset()
    """Collections whose objects such a list names. One of them that is gone has changed the list,
    whatever the stamp says."""

    follows: str | None = None
    """A collection of the same parent from which the list follows in part: that of the groups
    through which users are assigned."""


_OF_AN_APP = Sameness(stamp="lastUpdated", proven=False)

SAMENESS: Mapping[str, Sameness] = {
    "app_jwks": _OF_AN_APP,
    "app_grants": _OF_AN_APP,
    "app_groups": Sameness(stamp="lastUpdated", proven=False, holds=frozenset({"groups"})),
    "app_users": Sameness(
        stamp="lastUpdated", proven=False, holds=frozenset({"users"}), follows="app_groups"
    ),
    "interclient_target_apps": _OF_AN_APP,
    "group_members": Sameness(
        stamp="lastMembershipUpdated", proven=True, holds=frozenset({"users"})
    ),
}
"""By collection."""
