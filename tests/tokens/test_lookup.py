"""Words that people type, and what they name."""

from typing import Any

import pytest

from auditor.errors import ExitCode, UsageError
from auditor.lint.examples import example_snapshot
from auditor.snapshot.collections import match
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry
from auditor.snapshot.org import Org
from auditor.tokens.grants import CIBA, DEVICE_CODE, JWT_BEARER, SAML2_BEARER, TOKEN_EXCHANGE
from auditor.tokens.lookup.errors import NotFoundError, UnreadError
from auditor.tokens.lookup.grants import find_grant
from auditor.tokens.lookup.records import find_client, find_server, find_user
from auditor.tokens.lookup.scopes import find_scope

SERVERS = "/api/v1/authorizationServers"


def app(app_id: str, label: str, client_id: str | None = None) -> dict[str, Any]:
    return {
        "id": app_id,
        "label": label,
        "credentials": {"oauthClient": {"client_id": client_id or app_id}},
    }


EXAMPLE: dict[str, Any] = {
    SERVERS: [
        {"id": "aus1", "name": "Billing"},
        {"id": "aus2", "name": "billing"},
        {"id": "aus3", "name": "Shop"},
        {"id": "Shop", "name": "A trap"},
        {"id": "aus4", "name": "Twins"},
        {"id": "aus5", "name": "Twins"},
    ],
    f"{SERVERS}/aus1/scopes": [{"id": "s1", "name": "billing:read"}],
    "/api/v1/apps": [
        app("0oa1", "Web", "client-1"),
        app("client-1", "Other", "client-2"),
        app("0oa3", "Web"),
    ],
    "/api/v1/users": [
        {"id": "00u1", "profile": {"login": "ada@acme.example"}},
        {"id": "00u2", "profile": {"login": "bob@acme.example"}},
        {"id": "00u3", "profile": {"login": "bob@other.example"}},
    ],
}


def org(*unread: str, status: CollectionStatus = CollectionStatus.REFUSED, **changes: Any) -> Org:
    snapshot = example_snapshot(EXAMPLE | changes)
    entries = tuple(
        LedgerEntry(collection=entry.collection, status=status, oauth_scope="okta.x.read")
        if entry.collection in unread
        else entry
        for entry in snapshot.ledger.entries
    )
    resources = {
        path: value
        for path, value in snapshot.resources.items()
        if (found := match(path)) and found[0].name not in unread
    }
    changed = {"ledger": Ledger(entries=entries), "resources": resources}
    return Org.of(snapshot.model_copy(update=changed))


@pytest.mark.parametrize(
    ("word", "server_id"),
    [
        ("Billing", "aus1"),
        ("billing", "aus2"),
        ("aus1", "aus1"),
        ("Shop", "Shop"),
        ("shop", "aus3"),
    ],
)
def test_an_id_wins_then_the_exact_name_then_any_case(word: str, server_id: str) -> None:
    found = find_server(org(), word)
    assert found
    assert found.id == server_id


def test_org_is_the_org_server() -> None:
    assert find_server(org(), "org") is None


def test_a_client_id_wins_over_the_app_id_of_another() -> None:
    assert find_client(org(), "client-1").id == "0oa1"
    assert find_client(org(), "0oa1").id == "0oa1"
    assert find_client(org(), "other").id == "client-1"


@pytest.mark.parametrize("word", ["ada@acme.example", "ADA@acme.example", "ada", "00u1"])
def test_users_by_login_short_login_and_id(word: str) -> None:
    assert find_user(org(), word).id == "00u1"


def test_what_names_two_things_lists_them_with_ids() -> None:
    with pytest.raises(NotFoundError, match=r'"BILLING" names 2 .*\(aus1\) and .*\(aus2\)'):
        find_server(org(), "BILLING")
    with pytest.raises(NotFoundError, match=r"\(aus4\) and .*\(aus5\)"):
        find_server(org(), "Twins")
    with pytest.raises(NotFoundError, match=r"\(client-1\) and .*\(0oa3\)"):
        find_client(org(), "Web")
    with pytest.raises(NotFoundError, match=r"00u2.*00u3"):
        find_user(org(), "bob")


def test_a_near_miss_suggests() -> None:
    with pytest.raises(UsageError, match="did you mean Billing"):
        find_server(org(), "biling")
    with pytest.raises(UsageError, match=r"did you mean ada@acme\.example"):
        find_user(org(), "ada@acme.exmaple")
    with pytest.raises(UsageError, match="did you mean authorization_code"):
        find_grant("authorisation_code")
    with pytest.raises(UsageError, match="did you mean billing:read"):
        find_scope(org(), "billing:raed", org().servers)


@pytest.mark.parametrize(
    "word", ["openid", "groups", "device_sso", "interclient_access", "online_access"]
)
def test_the_org_server_knows_its_own_scopes_even_those_it_never_grants(word: str) -> None:
    assert find_scope(org(), word, [None]) == word


def test_what_is_unlike_everything_lists_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        find_server(org(), "zzzzzz")
    assert '"Shop"' in caught.value.remedy
    with pytest.raises(UsageError) as caught:
        find_grant("zzzzzz")
    assert "device_code" in caught.value.remedy


def test_an_empty_snapshot_says_so() -> None:
    empty = Org.of(example_snapshot({}))
    with pytest.raises(UsageError, match="no authorization server at all"):
        find_server(empty, "Billing")
    with pytest.raises(UsageError, match="no client at all"):
        find_client(empty, "Web")


def test_what_was_not_read_is_not_said_to_be_missing() -> None:
    with pytest.raises(UnreadError, match="not all OIDC apps were read") as caught:
        find_client(org("apps"), "zzzzzz")
    assert caught.value.exit_code is ExitCode.INCOMPLETE
    assert "okta.x.read" in caught.value.remedy
    with pytest.raises(NotFoundError, match="the org has no"):
        find_server(org("authorization_servers", status=CollectionStatus.ABSENT), "zzzzzz")


def test_a_user_of_a_snapshot_without_users_stands_for_itself() -> None:
    assert find_user(org("users"), "grace@acme.example").id == "grace@acme.example"


def test_an_id_that_oktas_list_of_users_leaves_out_is_no_mistake() -> None:
    assert find_user(org(), "00u1a2b3c4d5e6f7g8h9").id == "00u1a2b3c4d5e6f7g8h9"


@pytest.mark.parametrize(
    ("word", "grant"),
    [
        ("device_code", DEVICE_CODE),
        ("device-code", DEVICE_CODE),
        ("token-exchange", TOKEN_EXCHANGE),
        ("token_exchange", TOKEN_EXCHANGE),
        ("jwt-bearer", JWT_BEARER),
        ("saml2-bearer", SAML2_BEARER),
        ("CIBA", CIBA),
        (CIBA, CIBA),
        ("Authorization-Code", "authorization_code"),
        ("otp", "urn:okta:params:oauth:grant-type:otp"),
        ("urn:example:own", "urn:example:own"),
    ],
)
def test_grant_types_by_name_and_short_name(word: str, grant: str) -> None:
    assert find_grant(word) == grant


def test_hostile_names_are_quoted_on_one_line() -> None:
    hostile = org(**{SERVERS: [{"id": "aus1", "name": "\x1b[31mBilling\nERROR"}]})
    with pytest.raises(UsageError) as caught:
        find_server(hostile, "zzz\x1b[0m")
    assert "\x1b" not in caught.value.message + caught.value.remedy
    assert "\n" not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    "word",
    ["u1", "u2", "ada@a.example", "ADA@A.example", "ada", "Straße@b.example", "strasse"],
)
def test_users_are_found_without_a_look_at_all_records(word: str) -> None:
    logins = ["ada@a.example", "Ada@b.example", "straSSe@b.example", "u1", "ada"]
    users = [{"id": f"u{at}", "profile": {"login": login}} for at, login in enumerate(logins)]
    org = Org.of(example_snapshot({"/api/v1/users": [*users, {"id": "ada@b.example"}]}))
    folded = word.casefold()

    assert list(org.users_like(word)) == [
        user
        for user in org.users
        if word == user.id
        or folded in {user.title.casefold(), user.title.partition("@")[0].casefold()}
    ]


def test_a_redacted_snapshot_does_not_say_that_somebody_is_not_there() -> None:
    person, login = f"person-{'0' * 32}", f"login-{'1' * 32}"
    users = [{"id": person, "status": "ACTIVE", "profile": {"login": login}}]
    redacted = Org.of(example_snapshot({"/api/v1/users": users}))
    for word in ("ada@acme.example", "ada", "00u1a2b3c4d5e6f7g8h9"):
        with pytest.raises(NotFoundError, match="does not tell who"):
            find_user(redacted, word)
    assert find_user(redacted, login).id == find_user(redacted, person).id == person
    with pytest.raises(NotFoundError, match="There is no user"):
        find_user(redacted, f"login-{'2' * 32}")
