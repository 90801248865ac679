"""Secrets stay where they are: no way of failing shows one, not even a traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from helpers import TOKEN, served
from service_app import KEY, credentials, jwk, pem, with_client, with_service_app

from auditor.collect.http.errors import TransportError
from auditor.collect.http.proxy_and_tls import route_to
from auditor.errors import CollectError
from auditor.sandbox import Sandbox

LINES = pem(KEY).splitlines()[1:-1]
SECRETS = (TOKEN, "proxySecret", jwk(KEY)["d"][:24], LINES[3], LINES[-2][:24], "eyJ")
"""The API token, the proxy's password, parts of the key in both forms, and any JWT."""

FAULTS: dict[str, dict[str, Any]] = {
    "drop": {"path": "^/", "drop": True},
    "token endpoint": {"path": "/oauth2/v1/token", "status": 400, "body": {"error": "odd"}},
    "no JSON": {"path": "^/", "status": 200, "body": "<html>"},
    "redirect": {"path": "^/", "status": 302, "headers": {"Location": "https://evil.example"}},
    "cut off": {"path": "^/", "truncate": True},
}


@pytest.fixture(params=FAULTS)
def org(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with served(with_service_app(faults=[FAULTS[request.param]])) as sandbox:
        yield sandbox


def spoken(url: str, *words: str, **variables: str) -> str:
    """All that a process says that was told to say everything."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OKTA_")}
    told = {"OKTA_CLIENT_ORGURL": url, "OKTA_AUDITOR_DEBUG": "1", "PYTHONASYNCIODEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "auditor", *words],
        env=environment | told | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {2, 3}, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["drop", "token endpoint"])
def test_a_failing_export_in_development_mode_shows_no_secret(fault: str, tmp_path: Any) -> None:
    with served(with_service_app(faults=[FAULTS[fault]])) as sandbox:
        said = spoken(
            sandbox.url, "snapshot", "--attempts", "1", "-o", str(tmp_path / "s.json"),
            OKTA_CLIENT_CLIENTID="0oaS", OKTA_CLIENT_PRIVATEKEY=pem(KEY),
            HTTPS_PROXY="http://ada:proxySecret@127.0.0.1:9",
        )  # fmt: skip

    assert "Traceback" not in said
    assert not [secret for secret in SECRETS if secret in said]


def test_no_error_holds_a_secret_in_any_attribute(org: Sandbox) -> None:
    async def work(client: Any) -> None:
        await client.get(f"{org.url}/api/v1/groups")

    with pytest.raises((TransportError, CollectError)) as raised:
        with_client(credentials(org.url), work)

    chain: list[BaseException] = []
    link: BaseException | None = raised.value
    while link is not None:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    shown = " ".join(f"{link} {link!r} {vars(link)}" for link in chain)
    assert not [secret for secret in SECRETS if secret in shown]


def test_what_is_printed_by_mistake_holds_no_secret() -> None:
    who = credentials("https://acme.okta.com")

    async def work(client: Any) -> str:
        token = await client.token()
        assert token.value not in repr(token)
        return f"{client!r} {client.route!r} {token!r}"

    with served(with_service_app(dpop=True)) as sandbox:
        said = with_client(credentials(sandbox.url), work)

    assert not [secret for secret in SECRETS if secret in f"{who!r} {who.signing_key!r} {said}"]


def test_a_proxy_password_is_no_part_of_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "HTTPS_PROXY", "http://ada:proxySecret@127.0.0.1:9/?a=proxySecret#proxySecret"
    )
    monkeypatch.delenv("NO_PROXY", raising=False)
    route = route_to("https://acme.okta.com", loopback=False)

    assert route.proxy == "http://127.0.0.1:9"
    assert route.proxy_headers
    assert "proxySecret" not in repr(route)
    assert route.proxy_headers["Proxy-Authorization"] not in repr(route)
