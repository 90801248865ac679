"""Rules by which one token is had for another: what their pages do not show."""

from typing import Any

import pytest
from rule_findings import messages

SERVERS = "/api/v1/authorizationServers"
CODE, MACHINE = "authorization_code", "client_credentials"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"

Json = dict[str, Any]


def app(identity: str, *grants: str, **settings: Any) -> Json:
    return {"id": identity, "settings": {"oauthClient": {"grant_types": [*grants], **settings}}}


def policy(clients: list[str], grants: list[str], scopes: list[str], *, number: int = 1) -> Json:
    """A policy of the server `aus1` with one rule."""
    people = {"groups": {"include": ["EVERYONE"]}}
    conditions = {
        "people": people,
        "grantTypes": {"include": grants},
        "scopes": {"include": scopes},
    }
    return {
        "row": {"id": f"p{number}", "conditions": {"clients": {"include": clients}}},
        f"{SERVERS}/aus1/policies/p{number}/rules": [{"conditions": conditions}],
    }


def document(apps: list[Json], *policies: Json, **more: Any) -> Json:
    rows = {f"{SERVERS}/aus1/policies": [each["row"] for each in policies]}
    rules = {path: value for each in policies for path, value in each.items() if path != "row"}
    custom = {f"{SERVERS}/aus1/scopes": [{"name": "a"}]}
    return {"/api/v1/apps": apps, **rows, **rules, **custom, **more}


EXCHANGING = policy(["0oa1"], [EXCHANGE], ["a"])
API = app("0oa1", MACHINE, EXCHANGE)


def test_an_exchange_without_a_token_to_hand_in_is_reported_once() -> None:
    (message,) = messages("OAM320", document([API], EXCHANGING))

    assert "invalid_grant" in message


@pytest.mark.parametrize(
    ("other", "client"),
    [
        (policy(["0oa2"], [CODE], ["openid"], number=2), app("0oa2", CODE)),
        (policy(["0oa2"], [MACHINE], ["a"], number=2), app("0oa2", MACHINE)),
        (policy(["ALL_CLIENTS"], [CODE], ["openid"], number=2), app("0oa2", CODE)),
        (policy(["wlp1"], [BEARER], ["a"], number=2), app("0oa2", CODE)),
    ],
    ids=["people", "another machine", "a policy for all", "agents"],
)
def test_an_exchange_of_the_servers_own_tokens_is_left_alone(other: Json, client: Json) -> None:
    assert messages("OAM320", document([API, client], EXCHANGING, other)) == []


@pytest.mark.parametrize(
    "other",
    [
        policy(["0oa1"], [MACHINE], ["a"], number=2),
        policy(["0oa2"], [CODE], [], number=2),
        policy(["0oa2"], ["password"], ["openid"], number=2),
        policy(["0oa2"], ["refresh_token"], ["openid"], number=2),
    ],
    ids=["its own machine token", "no scope", "a grant nobody has", "only refreshed"],
)
def test_rules_that_give_no_token_to_hand_in_do_not_help(other: Json) -> None:
    clients = [API, app("0oa2", CODE, "refresh_token")]

    assert len(messages("OAM320", document(clients, EXCHANGING, other))) == 1


@pytest.mark.parametrize(("status", "count"), [("ACTIVE", 0), ("INACTIVE", 1)])
def test_a_trusted_server_must_be_active(status: str, count: int) -> None:
    servers = {SERVERS: [{"id": "aus1"}, {"id": "aus2", "status": status}]}
    trust = {f"{SERVERS}/aus1/associatedServers": [{"id": "aus2"}]}

    assert len(messages("OAM320", document([API], EXCHANGING, **servers, **trust))) == count


def test_nobody_who_may_exchange_is_the_subject_of_another_rule() -> None:
    assert messages("OAM320", document([app("0oa1", MACHINE)], EXCHANGING)) == []


def test_assertions_for_all_scopes_are_one_finding_with_the_scopes_themselves() -> None:
    bearer = app("0oa1", BEARER)
    content = document([bearer], policy(["0oa1"], [BEARER], ["*"]))
    content[f"{SERVERS}/aus1/scopes"] = [{"name": "orders:write"}, {"name": "orders:read"}]

    (message,) = messages("OAM319", content)
    assert "any scope (2 custom scopes now)" in message
    assert messages("OAM309", content) == []


def test_assertions_for_all_clients_and_scopes_are_one_finding() -> None:
    everybody = policy(["ALL_CLIENTS"], [BEARER], ["*"])
    everybody[f"{SERVERS}/aus1/policies/p1/rules"][0]["conditions"]["people"] = {
        "groups": {"include": ["00g1"]}
    }
    content = document([], everybody, **{"/api/v1/groups": [{"id": "00g1"}]})

    (message,) = messages("OAM319", content)
    assert "any client, present and future," in message
    assert "any scope" in message


def test_a_wide_open_rule_is_the_subject_of_another_rule() -> None:
    content = document([], policy(["ALL_CLIENTS"], [BEARER], ["*"]))

    assert messages("OAM319", content) == []
    assert len(messages("OAM303", content)) == 1


def test_all_scopes_of_a_server_without_its_own_are_nothing() -> None:
    content = document([app("0oa1", BEARER)], policy(["0oa1"], [BEARER], ["*"]))
    content[f"{SERVERS}/aus1/scopes"] = []

    assert messages("OAM319", content) == []


@pytest.mark.parametrize(("groups", "said"), [(100, 0), (101, 1)])
def test_how_many_groups_there_are_is_said_if_they_can_be_too_many(groups: int, said: int) -> None:
    client = app("0oa1", "implicit", response_types=["id_token"])
    content = document([client], policy(["0oa1"], ["implicit"], ["openid"]))
    claim = {"name": "groups", "claimType": "IDENTITY", "valueType": "GROUPS"}
    content[f"{SERVERS}/aus1/claims"] = [claim | {"group_filter_type": "REGEX", "value": "^.*$"}]
    content["/api/v1/groups"] = [{"id": f"00g{n}", "type": "OKTA_GROUP"} for n in range(groups - 1)]

    (message,) = messages("OAM420", content)
    assert message.count("The org has 101 groups.") == said


@pytest.mark.parametrize(("types", "grants"), [(["token"], ["implicit"]), (["id_token"], [CODE])])
def test_groups_matter_only_where_an_id_token_comes_in_a_redirect(
    types: list[str], grants: list[str]
) -> None:
    client = app("0oa1", *grants, response_types=types)
    content = document([client], policy(["0oa1"], ["implicit", CODE], ["openid"]))
    claim = {"name": "groups", "claimType": "IDENTITY", "valueType": "GROUPS"}
    content[f"{SERVERS}/aus1/claims"] = [claim | {"group_filter_type": "REGEX", "value": ".*"}]

    assert messages("OAM420", content) == []
