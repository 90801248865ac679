"""A server that echoes what proves who asks, everywhere and in every form: nothing of it stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from echoing import ANSWERS, TOKEN, echoing, forms
from helpers import okta_auditor
from service_app import KEY, credentials, jwk, pem

from auditor.collect.auth.fetch_token import TokenEndpoint, TokenRefusedError
from auditor.collect.auth.private_key import read_key
from auditor.collect.http.response import Response
from auditor.collect.http.scrubbing import Scrubber

PARTS = read_key(pem(KEY), variable="x").secret_parts

Texts = Mapping[str, str]


def remains(text: str) -> list[str]:
    """What is left of the token in a text."""
    lower = text.lower()
    whole = [form.lower() for form in forms(TOKEN) if form.lower() in lower]
    return whole + [part for part in (TOKEN.lower()[:16], TOKEN.lower()[-16:]) if part in lower]


@pytest.mark.parametrize("where", [place for place in ANSWERS if not place.startswith("all")])
def test_nothing_that_is_echoed_is_kept_or_shown(
    where: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number, form in enumerate(_some(forms(TOKEN), 4 if where == "error" else 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with echoing(where, form) as url:
            told = okta_auditor(
                "snapshot", "-o", folder / "s.json", "--attempts", 1, "-v",
                "--debug", folder / "log", url=url, OKTA_CLIENT_TOKEN=TOKEN,
            )  # fmt: skip
            doctor = okta_auditor("doctor", "--format", "json", url=url, OKTA_CLIENT_TOKEN=TOKEN)
        files = {item.name: item.read_text() for item in folder.iterdir() if item.is_file()}
        shown = [told.shown, doctor.shown, *capfd.readouterr(), *files.values()]

        assert "log" in files
        assert not remains("\n".join(shown)), form


def _some(items: list[str], number: int) -> list[str]:
    return items[:: max(1, len(items) // number)]


@pytest.mark.parametrize("field", ["name", "id"])
def test_records_that_hold_it_in_any_form(field: str, tmp_path: Path) -> None:
    with echoing(f"all as {field}") as url:
        told = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=url, OKTA_CLIENT_TOKEN=TOKEN)
    text = (tmp_path / "s.json").read_text()

    assert told.exit_code == (0 if field == "name" else 3)
    assert not remains(told.shown + text)
    assert text.count("nzo") == (len(forms(TOKEN)) if field == "name" else 0)
    for report in ("json", "html"):
        assert not remains(okta_auditor("audit", tmp_path / "s.json", "-O", report).shown)


def test_the_scrubber_leaves_everything_else_alone() -> None:
    scrubber = Scrubber([TOKEN, *PARTS], ["pr0xy-pass/word"])
    public = {"keys": [jwk(KEY.public_key())], "name": "Ünï%41 \\u0041 &#65;", "n": 2**63}
    body = json.dumps(public).encode()

    assert scrubber.body(body, error=True) is body
    assert scrubber.value(public) == public
    assert scrubber.words("a proxy's word") == "a proxy's word"


@pytest.mark.parametrize("form", forms(TOKEN))
def test_the_scrubber_knows_each_form(form: str) -> None:
    scrubber = Scrubber([TOKEN])
    body = json.dumps({form: [form, {"a": form}]}).encode()

    assert not remains(scrubber.words(f"it says {form}."))
    assert not remains(scrubber.body(body, error=False).decode())
    assert not remains(str(scrubber.headers({"Link": form})))
    assert scrubber.body(body, error=False) != body


@pytest.mark.parametrize("secret", PARTS, ids=range(len(PARTS)))
def test_the_scrubber_knows_every_part_of_a_private_key(secret: str) -> None:
    assert Scrubber(PARTS).words(f"({secret})") == "([redacted])"


def test_a_proxy_s_password_is_taken_out_of_errors_only() -> None:
    scrubber = Scrubber([], ["billing"])

    assert scrubber.words("407 billing") == "407 [redacted]"
    assert scrubber.body(b'{"name":"billing:read"}', error=False) == b'{"name":"billing:read"}'


def test_an_echoed_client_assertion_is_taken_out() -> None:
    seen: list[str] = []

    async def send(_: str, __: Texts, form: Texts) -> Response:
        seen.append(form["client_assertion"])
        scrubber = Scrubber().without(*seen)
        echo = {"error": "invalid_client", "error_description": f"bad {form['client_assertion']}"}
        return Response(401, {}, scrubber.body(json.dumps(echo).encode(), error=True))

    endpoint = TokenEndpoint(credentials("https://acme.okta.com"), send)
    with pytest.raises(TokenRefusedError) as refused:
        asyncio.run(endpoint.issue())

    assert "[redacted]" in str(refused.value)
    assert seen[0] not in str(refused.value)


def test_an_issued_token_is_known_from_then_on() -> None:
    token = "opaque-access-token-of-a-day"

    async def send(_: str, __: Texts, ___: Texts) -> Response:
        body = {"access_token": token, "token_type": "Bearer", "scope": f"okta.apps.read {token}"}
        return Response(200, {}, json.dumps(body).encode())

    scrubber = Scrubber()
    endpoint = TokenEndpoint(credentials("https://acme.okta.com"), send, scrubber)
    for _ in range(2):  # the second time it is known already
        issued = asyncio.run(endpoint.issue())
        assert issued.value == token
        assert issued.scopes == ("okta.apps.read", "[redacted]")

    assert scrubber.words(f"expired: {token}") == "expired: [redacted]"
