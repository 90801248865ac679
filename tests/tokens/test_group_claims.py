"""Row of section 9.2: groups claim, user in more than 100 matching groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from helpers import with_everyone
from test_reach_agrees import org_of

from auditor.tokens.caveat import CaveatKind
from auditor.tokens.decide import Decider
from auditor.tokens.grants import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, IMPLICIT, PASSWORD
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

SERVER = "/api/v1/authorizationServers/aus"
ALL_GROUPS = {"claimType": "RESOURCE", "group_filter_type": "REGEX", "value": ".*"}


def decider(
    claim: dict[str, Any], *, groups: int, member_of: Iterable[int] | None = None
) -> Decider:
    """An org with some groups; `member_of` says in which ada is, None that nobody read it."""
    grants = [AUTHORIZATION_CODE, IMPLICIT, PASSWORD, CLIENT_CREDENTIALS]
    oauth = {"grant_types": grants, "response_types": ["token", "id_token", "code"]}
    conditions = {
        "people": {"groups": {"include": ["EVERYONE"]}},
        "grantTypes": {"include": grants},
        "scopes": {"include": ["*"]},
    }
    names = [{"id": f"g{at}", "profile": {"name": f"team-{at}"}} for at in range(groups)]
    tenant: dict[str, Any] = {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [
            {"id": "0oa", "settings": {"implicitAssignment": True, "oauthClient": oauth}}
        ],
        "/api/v1/users": [{"id": "ada"}],
        "/api/v1/groups": with_everyone(names),
        f"{SERVER}/scopes": [{"name": "a"}, {"name": "b"}],
        f"{SERVER}/claims": [{"id": "c", "name": "groups", "valueType": "GROUPS", **claim}],
        f"{SERVER}/policies": [
            {"id": "p", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
        ],
        f"{SERVER}/policies/p/rules": [{"id": "r", "conditions": conditions}],
    }
    paths = [f"/api/v1/groups/g{at}/users" for at in range(groups)]
    inside = set(member_of or ())
    for at, path in enumerate(paths):
        tenant[path] = ["ada"] if at in inside else []
    return Decider(org_of(tenant, paths if member_of is None else ()))


def warned(
    decider: Decider, *scopes: str, grant: str = IMPLICIT, response_type: str | None = None
) -> bool:
    request = TokenRequest(
        server="aus",
        client="0oa",
        grant=grant,
        user=None if grant == CLIENT_CREDENTIALS else "ada",
        scopes=frozenset(scopes or {"a"}),
        response_type=response_type,
    )
    decision = decider.decide(request)
    assert decision.outcome is Outcome.MINTED
    return CaveatKind.GROUPS_CLAIM in {caveat.kind for caveat in decision.caveats}


def test_a_user_in_101_matching_groups_may_be_refused() -> None:
    assert warned(decider(ALL_GROUPS, groups=101, member_of=range(101)))


def test_a_user_in_100_matching_groups_is_fine() -> None:
    assert not warned(decider(ALL_GROUPS, groups=101, member_of=range(100)))


def test_an_org_with_100_groups_is_fine_whoever_is_in_them() -> None:
    assert not warned(decider(ALL_GROUPS, groups=100))


def test_members_that_were_not_read_may_be_anybody() -> None:
    assert warned(decider(ALL_GROUPS, groups=101))


@pytest.mark.parametrize(
    ("grant", "expected"),
    [(IMPLICIT, True), (PASSWORD, True), (AUTHORIZATION_CODE, False), (CLIENT_CREDENTIALS, False)],
)
def test_codes_are_exempt_and_machines_are_in_no_group(grant: str, *, expected: bool) -> None:
    assert warned(decider(ALL_GROUPS, groups=101), grant=grant) is expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("STARTS_WITH", "Team-", True),
        ("STARTS_WITH", "other", False),
        ("CONTAINS", "eam", True),
        ("CONTAINS", "xyz", False),
        ("EQUALS", "team-1", False),
        ("REGEX", "(a+)+$", True),
        ("NEW_KIND", "x", True),
    ],
)
def test_only_groups_that_the_filter_may_match_count(
    kind: str, value: str, *, expected: bool
) -> None:
    claim = {**ALL_GROUPS, "group_filter_type": kind, "value": value}
    assert warned(decider(claim, groups=102)) is expected


def test_a_claim_for_another_scope_or_an_inactive_one_plays_no_part() -> None:
    for_scope = {**ALL_GROUPS, "conditions": {"scopes": ["b"]}}
    assert not warned(decider(for_scope, groups=101), "a")
    assert warned(decider(for_scope, groups=101), "b")
    assert not warned(decider({**ALL_GROUPS, "status": "INACTIVE"}, groups=101))


def test_a_claim_of_the_id_token_counts_where_it_is_in_it() -> None:
    identity = decider({**ALL_GROUPS, "claimType": "IDENTITY"}, groups=101)
    assert warned(identity, "openid", response_type="id_token")
    assert not warned(identity, "openid", response_type="id_token token")
    assert not warned(identity, "a")
    always = {**ALL_GROUPS, "claimType": "IDENTITY", "alwaysIncludeInToken": True}
    assert warned(decider(always, groups=101), "openid", response_type="id_token token")


def test_the_caveat_names_the_claim() -> None:
    request = TokenRequest(
        server="aus", client="0oa", grant=IMPLICIT, user="ada", scopes=frozenset({"a"})
    )
    caveats = decider(ALL_GROUPS, groups=101).decide(request).as_json()["caveats"]
    text = 'If more than 100 groups of the user match claim "groups", Okta refuses the token.'
    assert text in caveats
