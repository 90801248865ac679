"""Most of the org's people can obtain a privileged scope.

A scope that changes or deletes things is meant for some. If a thousand people, or more than half
of those who can sign in, can obtain it, some rule for "any user assigned the app" meets an app
that nearly everybody is assigned to, or a group in a rule has outgrown its purpose. The numbers
are options; orgs with fewer than 10 people are left out. Whether a scope is privileged is judged
by its name (write, delete, manage, admin and the like; an option). Who can obtain it is worked
out from assignments, policies and rules of all clients but those that get no token for lack of a
key or of a network zone that matches an address, where keys and zones were read.

Fix: name the groups that need the scope in the rules that allow it, or assign fewer people.

Flagged:

    {"/api/v1/users": [{"id": "u0"}, {"id": "u1"}, {"id": "u2"}, {"id": "u3"}, {"id": "u4"},
                       {"id": "u5"}, {"id": "u6"}, {"id": "u7"}, {"id": "u8"}, {"id": "u9"}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Staff"}}],
     "/api/v1/groups/00g1/users": ["u0", "u1", "u2", "u3", "u4", "u5"],
     "/api/v1/apps": [{"id": "0oa1", "label": "Back office", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "prices:write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "prices:write"]}}}]}

Accepted:

    {"/api/v1/users": [{"id": "u0"}, {"id": "u1"}, {"id": "u2"}, {"id": "u3"}, {"id": "u4"},
                       {"id": "u5"}, {"id": "u6"}, {"id": "u7"}, {"id": "u8"}, {"id": "u9"}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Staff"}}],
     "/api/v1/groups/00g1/users": ["u0", "u1", "u2", "u3", "u4", "u5"],
     "/api/v1/apps": [{"id": "0oa1", "label": "Back office", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "prices:write"}, {"name": "prices:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Editors", "conditions": {"people": {"users": {"include": ["u1", "u7"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "prices:write"]}}},
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "prices:read"]}}}]}

Accepted:

    {"/api/v1/users": [{"id": "u0"}, {"id": "u1"}],
     "/api/v1/apps": [{"id": "0oa1", "label": "Small org", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "u0"}, {"id": "u1"}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "prices:write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "prices:write"]}}}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pydantic import Field

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import PolicyRule, Scope
from auditor.oauth import (
    USERLESS_GRANTS,
    ClientGroup,
    Populations,
    Region,
    ServerReach,
    TokenRequest,
    UserSet,
)

from ._people import RulePeople
from ._reach import CONSULTS, CUSTOM_SERVER_READS, server_reaches
from ._sensitive import PrivilegeOptions

_FEWEST = 10


class EveryoneOptions(PrivilegeOptions):
    """How many is most."""

    people: int = Field(
        default=1_000, ge=1, description="So many people are too many, however large the org is."
    )
    percent: int = Field(
        default=50, ge=1, le=100, description="More than this share of the org's people is most."
    )


@rule(
    "OAM612",
    severity=Severity.HIGH,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=CUSTOM_SERVER_READS,
    consults=CONSULTS,
    options=EveryoneOptions,
)
def check(org: Org, options: EveryoneOptions) -> Iterator[Finding]:
    able = len(org.able_users)
    if able < _FEWEST:
        return
    crowds = Crowds(RulePeople.of(org).populations)
    most = min(options.people, options.percent * able // 100 + 1)
    for reach in server_reaches(org):
        scopes = {s.name: s for s in org.scopes(reach.server) if s.custom}
        for name in options.of(scopes):
            obtained = Obtained(reach, crowds, name)
            if len(obtained.admitted) >= most and len(obtained.people) >= most:
                yield _finding(obtained, scopes[name], able)


class Obtained:
    """Who can obtain one scope of a server, and how."""

    def __init__(self, reach: ServerReach, crowds: Crowds, scope: str) -> None:
        self.reach = reach
        self._crowds = crowds
        self._scope = scope
        self._regions = [
            (group, region)
            for group in reach.groups
            if group.grant not in USERLESS_GRANTS
            for region in group.evaluation.regions
            if scope in region.scopes
        ]

    @cached_property
    def admitted(self) -> UserSet:
        """Those whom the rules let have it, assigned or not: quickly found, and often few."""
        users = self.reach.tenant.reach.populations.users.none
        for _, region in self._regions:
            users |= region.people.sure
        return users

    @cached_property
    def people(self) -> UserSet:
        """Those who obtain it."""
        users = self.reach.tenant.reach.populations.users.none
        for group, region in self._regions:
            users |= self._crowds.of(group, region)
        return users

    @property
    def rules(self) -> dict[str, PolicyRule]:
        """The rules by which they do, by id."""
        rules = {}
        for group, region in self._regions:
            if region.candidate and region.candidate.rule and self._crowds.of(group, region):
                rules[region.candidate.rule.id] = region.candidate.rule
        return rules

    def witness(self, _: Org) -> TokenRequest | None:
        """The request of somebody who obtains it."""
        crowded = (pair for pair in self._regions if self._crowds.of(*pair))
        group, region = next(crowded, (None, None))
        if group is None or region is None:
            return None
        for client, people in group.people(region.people):
            if people.sure:
                return TokenRequest(
                    server=self.reach.server.id,
                    client=client.client_id,
                    grant=group.grant,
                    user=people.sure.first(),
                    # Little is asked for, as region.scopes may be thousands.
                    scopes=None if region.omitted else region.scopes & {"openid", self._scope},
                )
        return None


class Crowds:
    """The people assigned to any client of a group, which many scopes and servers share."""

    def __init__(self, populations: Populations) -> None:
        self._populations = populations
        self._assigned: dict[tuple[str, ...], UserSet] = {}

    def of(self, group: ClientGroup, region: Region) -> UserSet:
        """Those in a region who can sign in and are assigned to a client of the group."""
        key = group.client_ids
        if key not in self._assigned:
            users = self._populations.users.none
            for client in group.clients:
                users |= self._populations.assigned(client).sure
            self._assigned[key] = users
        able = self._populations.sign_in(group.evaluation.situation).sure
        return region.people.sure & able & self._assigned[key]


def _finding(obtained: Obtained, scope: Scope, able: int) -> Finding:
    many = len(obtained.people)
    return Finding(
        scope,
        f"{counted(many, 'person', 'people')} of {able:,} ({100 * many // able} %) can obtain "
        f"privileged scope {quoted(scope.name)} of authorization server "
        f"{quoted(obtained.reach.server.title)}.",
        field="name",
        related=tuple(
            Related(record=each, role="a rule that lets many of them have it")
            for each in obtained.rules.values()
        ),
        witness=obtained.witness,
    )
