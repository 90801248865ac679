"""Item 6 of issue 13: the ways to ask `explain` about a request."""

from pathlib import Path

import orjson
import pytest
from helpers import okta_auditor, snapshot_file, tenant

HOST = "https://acme.okta.com"


def asked(tmp_path: Path, *arguments: str) -> dict[str, object]:
    document = tenant()
    servers = document["/api/v1/authorizationServers"]
    servers[0] = {**servers[0], "default": True, "issuer": f"{HOST}/oauth2/aus1"}
    snapshot = snapshot_file(tmp_path, document)
    outcome = okta_auditor("explain", snapshot, *arguments, "--format", "json")
    assert outcome.exit_code in {0, 3}, outcome.shown
    answer: dict[str, object] = orjson.loads(outcome.stdout)["request"]
    return answer


USUAL = ("--client", "0oa1", "--grant", "authorization_code", "--user", "00u1")


@pytest.mark.parametrize(
    ("word", "server"),
    [
        ("aus1", "aus1"),
        ("default", "aus1"),
        (f"{HOST}/oauth2/aus1", "aus1"),
        (f"{HOST}/oauth2/default", "aus1"),
        ("https://login.acme.com/oauth2/aus1/", "aus1"),
        (f"{HOST}/oauth2/aus1/.well-known/openid-configuration", "aus1"),
        (f"{HOST}/.well-known/oauth-authorization-server/oauth2/aus1", "aus1"),
        (f"{HOST}/oauth2/aus1/v1/token", "aus1"),
        (HOST, "org"),
        (f"{HOST}/oauth2/v1/token", "org"),
        (f"{HOST}/.well-known/openid-configuration", "org"),
        ("org", "org"),
    ],
)
def test_asking_for_a_server_by_url(word: str, server: str, tmp_path: Path) -> None:
    request = asked(tmp_path, "--server", word, *USUAL)
    assert isinstance(request["server"], dict)
    assert request["server"]["id"] == server


@pytest.mark.parametrize("words", [["a,b"], ["a b"], ["a, b"], ["a", "b"]])
def test_asking_for_scopes(words: list[str], tmp_path: Path) -> None:
    options = [part for word in words for part in ("--scope", word)]
    assert asked(tmp_path, "--server", "aus1", *USUAL, *options)["scopes"] == ["a", "b"]


def test_asking_by_an_authorize_url(tmp_path: Path) -> None:
    query = (
        "client_id=0oa1&response_type=code&scope=openid%20email&state=x&prompt=none"
        "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&resource=https%3A%2F%2Fmcp.example"
    )
    request = asked(tmp_path, "--url", f"{HOST}/oauth2/default/v1/authorize?{query}")
    assert isinstance(request["server"], dict)
    assert isinstance(request["client"], dict)
    assert request["server"]["id"] == "aus1"
    assert request["client"]["id"] == "0oa1"
    assert request["grant"] == "authorization_code"
    assert request["scopes"] == ["email", "openid"]
    assert request["redirect_uri"] == "https://app.example/cb"
    assert request["resource"] == "https://mcp.example"
    assert (request["prompt"], request["pkce"]) == ("none", False)


def test_asking_about_a_subject_token_by_the_names_of_servers(tmp_path: Path) -> None:
    for word, server in (("default", "aus1"), (f"{HOST}/oauth2/aus1", "aus1"), ("org", "org")):
        request = asked(tmp_path, "--server", "aus1", *USUAL, "--subject-server", word)
        assert isinstance(request["subject_server"], dict)
        assert request["subject_server"]["id"] == server


def test_asking_about_a_subject_token_of_no_server_is_wrong_usage(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, tenant())
    arguments = ("--server", "aus1", *USUAL, "--subject-server", "aus2")
    outcome = okta_auditor("explain", snapshot, *arguments)
    assert outcome.exit_code == 2
    assert 'There is no authorization server "aus2"' in outcome.shown


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/oauth2/aus1/v1/token?client_id=0oa1",
        "0oa1",
        f"{HOST}/oauth2/aus1/v1/authorize?client_id=0oa1&client_id=0oa2",
        f"{HOST}/oauth2/aus1/v1/authorize?client_id=0oa1&request_uri=urn:okta:x",
        f"{HOST}/oauth2/aus1/v1/authorize?client_id=0oa1&request=eyJh.eyJh.",
        "https://[/v1/authorize",
    ],
)
def test_asking_by_another_url_is_wrong_usage(url: str, tmp_path: Path) -> None:
    outcome = okta_auditor("explain", snapshot_file(tmp_path, tenant()), "--url", url)
    assert outcome.exit_code == 2
    assert "--url cannot be used" in outcome.shown


def test_asking_with_another_redirect_uri_lists_those_registered(tmp_path: Path) -> None:
    document = tenant()
    oauth = document["/api/v1/apps"][0]["settings"]["oauthClient"]
    oauth["redirect_uris"] = ["https://app.example/cb", "https://app.example/other"]
    outcome = okta_auditor(
        *("explain", snapshot_file(tmp_path, document), "--server", "aus1", *USUAL),
        *("--redirect-uri", "https://evil.example/cb"),
    )
    assert '"https://app.example/cb" and "https://app.example/other"' in outcome.stdout
