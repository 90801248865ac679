"""Advice in whole sentences: the clauses are joined last, and no name of a tenant is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from test_reach_agrees import org_of

from auditor.tokens.advice.search import advise
from auditor.tokens.decide import Decider
from auditor.tokens.grants import AUTHORIZATION_CODE, TOKEN_EXCHANGE
from auditor.tokens.request import TokenRequest

SERVER = "/api/v1/authorizationServers/aus"


def tenant(group: str) -> dict[str, Any]:
    """Two users of whom one is assigned, through a group with a name, and one rule for all."""
    conditions = {
        "people": {"groups": {"include": ["EVERYONE"]}},
        "grantTypes": {"include": [AUTHORIZATION_CODE]},
        "scopes": {"include": ["read"]},
    }
    return {
        "/api/v1/authorizationServers": [{"id": "aus", "name": "Shop"}],
        "/api/v1/apps": [
            {
                "id": "0oa",
                "label": "Web",
                "settings": {
                    "oauthClient": {
                        "grant_types": [AUTHORIZATION_CODE],
                        "redirect_uris": ["https://brand.example/and"],
                    }
                },
            }
        ],
        "/api/v1/apps/0oa/groups": [{"id": "g1"}, {"id": "g2"}],
        "/api/v1/groups": [
            {"id": "g1", "profile": {"name": group}},
            {"id": "g2", "profile": {"name": "Sales and Support"}},
        ],
        "/api/v1/groups/g1/users": ["ada"],
        "/api/v1/groups/g2/users": [],
        "/api/v1/users": [
            {"id": "ada", "profile": {"login": "ada@acme.example"}},
            {"id": "eve", "profile": {"login": "eve@acme.example"}},
        ],
        f"{SERVER}/scopes": [{"name": "read"}, {"name": "write"}],
        f"{SERVER}/policies": [
            {"id": "p", "name": "All", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
        ],
        f"{SERVER}/policies/p/rules": [
            {
                "id": "r",
                "name": "Readers and no others",
                "conditions": conditions,
                "actions": {"token": {"accessTokenLifetimeMinutes": 15}},
            }
        ],
    }


REQUEST = TokenRequest(
    server="aus", client="0oa", grant=AUTHORIZATION_CODE, user="eve", scopes=frozenset({"read"})
)
RULE = 'rule "Readers and no others"'
ASSIGNED = '"eve@acme.example" were assigned to the client directly'


def member_of(group: str) -> str:
    return f'"eve@acme.example" were a member of "{group}", which is assigned to the client'


def sentences(group: str, request: TokenRequest) -> list[str]:
    decider = Decider(org_of(tenant(group)))
    return [advice.text for advice in advise(decider, request, decider.decide(request))]


def test_somebody_not_assigned_can_be_or_can_join_a_group_that_is() -> None:
    ways = [ASSIGNED, member_of("Brand and Legal"), member_of("Sales and Support")]
    assert sentences("Brand and Legal", REQUEST) == [
        f"{way} ({RULE}, access token 15 minutes)" for way in ways
    ]


def test_two_changes_are_one_sentence() -> None:
    request = replace(REQUEST, redirect_uri="https://brand.example/an")
    first = 'the request used the registered redirect URI "https://brand.example/and"'
    assert sentences("Brand and Legal", request)[0] == (
        f"{first} and {ASSIGNED} ({RULE}, access token 15 minutes)"
    )


def test_a_subject_token_of_another_server_takes_trust_or_another_token() -> None:
    whole = tenant("Brand and Legal")
    whole["/api/v1/authorizationServers"].append({"id": "other", "name": "Other"})
    grants = [TOKEN_EXCHANGE]
    whole["/api/v1/apps"][0]["settings"]["oauthClient"]["grant_types"] = grants
    whole[f"{SERVER}/policies/p/rules"][0]["conditions"]["grantTypes"]["include"] = grants
    decider = Decider(org_of(whole))
    request = replace(REQUEST, grant=TOKEN_EXCHANGE, user="ada", subject_server="other")
    texts = [item.text for item in advise(decider, request, decider.decide(request))]
    assert texts == [
        f'"Other" were a trusted server of "Shop" ({RULE}, access token 15 minutes)',
        f'the subject token came from "Shop" itself ({RULE}, access token 15 minutes)',
    ]


def test_a_rule_that_a_clause_names_is_not_named_again() -> None:
    request = replace(REQUEST, user="ada", scopes=frozenset({"write"}))
    assert sentences("Brand and Legal", request) == [
        f"{RULE} also allowed write (access token 15 minutes, this would reach 0 more people)"
    ]


def test_a_group_with_the_name_of_a_rule_does_not_stand_for_the_rule() -> None:
    texts = sentences("Readers and no others", REQUEST)
    assert all(text.endswith(f"({RULE}, access token 15 minutes)") for text in texts)
