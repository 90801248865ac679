"""The wire: proxies, certificate authorities, and the bounds of one answer."""

import asyncio
import gzip
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import TOKEN, Outcome, okta_auditor, served, tenant
from network import ORG, Authority, Proxy, listening, make_authority, served_with_tls
from service_app import with_client

from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response, ResponseLimits

PASSWORD = "proxySecretThatMustNeverBeSeen"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def org(files: Authority) -> Iterator[int]:
    with served_with_tls(tenant(), files) as port:
        yield port


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def export(tmp_path: Path, url: str, **variables: object) -> Outcome:
    outcome = okta_auditor(
        "snapshot", "-o", tmp_path / "s.json", "--attempts", 1,
        url=url, **{name: str(value) for name, value in variables.items()},
    )  # fmt: skip
    assert PASSWORD not in outcome.shown
    return outcome


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_private_certificate_authority(
    tmp_path: Path, files: Authority, org: int, variable: str
) -> None:
    outcome = export(tmp_path, f"https://127.0.0.1:{org}", **{variable: files.authority})

    assert outcome.exit_code == 0, outcome.stderr


def test_a_certificate_of_nobody_known_is_refused_with_the_way_out(
    tmp_path: Path, org: int
) -> None:
    outcome = export(tmp_path, f"https://127.0.0.1:{org}")

    assert outcome.exit_code == 3
    assert "certificate is not trusted" in outcome.stderr


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_certificate_file_that_is_none_is_wrong_usage(
    tmp_path: Path, variable: str, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)

    outcome = export(tmp_path, "https://127.0.0.1:9", **{variable: tmp_path / "ca.pem"})

    assert outcome.exit_code == 2
    assert variable in outcome.stderr


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_with_a_password(tmp_path: Path, files: Authority, org: int, scheme: str) -> None:
    proxy = Proxy(f"Basic {b64encode(f'ada:{PASSWORD}@'.encode()).decode()}")
    with listening(proxy.handle) as port:
        outcome = export(
            tmp_path, f"https://{ORG}:{org}", SSL_CERT_FILE=files.authority,
            HTTPS_PROXY=f"{scheme}ada:{PASSWORD}%40@127.0.0.1:{port}",
        )  # fmt: skip

    assert outcome.exit_code == 0, outcome.stderr
    assert set(proxy.tunnels) == {f"{ORG}:{org}"}


def test_a_proxy_that_wants_another_password(tmp_path: Path, org: int) -> None:
    proxy = Proxy("Basic other")
    with listening(proxy.handle) as port:
        outcome = export(
            tmp_path, f"https://{ORG}:{org}", HTTPS_PROXY=f"http://ada:{PASSWORD}@127.0.0.1:{port}"
        )

    assert outcome.exit_code == 3
    assert f"the proxy http://127.0.0.1:{port} refused the connection (407" in outcome.stderr


def test_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    address = f"http://ada:{PASSWORD}@127.0.0.1:9"
    outcome = export(tmp_path, f"https://{ORG}", HTTPS_PROXY=address)

    assert outcome.exit_code == 3
    assert "the proxy http://127.0.0.1:9 could not be reached" in outcome.stderr


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:9", "http://ada:x@:9", "http://[::1"])
def test_a_proxy_address_that_is_none(tmp_path: Path, value: str) -> None:
    outcome = export(tmp_path, f"https://{ORG}", HTTPS_PROXY=value)

    assert outcome.exit_code == 2
    assert "HTTPS_PROXY" in outcome.stderr
    assert value not in outcome.stderr


@pytest.mark.parametrize("no_proxy", [ORG, ".okta.example", "*"])
def test_no_proxy_is_respected(tmp_path: Path, no_proxy: str) -> None:
    proxy = Proxy()
    with listening(proxy.handle) as port:
        outcome = export(
            tmp_path, f"https://{ORG}", HTTPS_PROXY=f"http://127.0.0.1:{port}", NO_PROXY=no_proxy
        )

    assert f"the host name {ORG} is not known" in outcome.stderr
    assert not proxy.tunnels


def test_this_machine_is_never_asked_for_through_a_proxy(
    tmp_path: Path, files: Authority, org: int
) -> None:
    outcome = export(
        tmp_path, f"https://127.0.0.1:{org}",
        SSL_CERT_FILE=files.authority, HTTPS_PROXY="http://127.0.0.1:9",
    )  # fmt: skip

    assert outcome.exit_code == 0, outcome.stderr


def test_a_netrc_file_is_left_alone(
    tmp_path: Path, files: Authority, org: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text(f"machine {ORG} login ada password x\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with listening(Proxy().handle) as port:
        outcome = export(
            tmp_path, f"https://{ORG}:{org}",
            SSL_CERT_FILE=files.authority, HTTPS_PROXY=f"http://127.0.0.1:{port}",
        )  # fmt: skip

    assert outcome.exit_code == 0, outcome.stderr


def answer_of(port: int, limits: ResponseLimits | None = None) -> Response:
    who = Credentials(f"http://127.0.0.1:{port}", SSWS, token=TOKEN)
    return with_client(who, lambda client: client.get(f"{who.org_url}/api/v1/groups"), limits)


def failure_of(port: int, limits: ResponseLimits | None = None) -> TransportError:
    with pytest.raises(TransportError) as raised:
        answer_of(port, limits)
    assert TOKEN not in str(raised.value)
    return raised.value


def says(*parts: bytes, pause_s: float = 0, times: int = 1):
    """A server that reads a request and writes these parts, the last so many times."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in (*parts, *parts[-1:] * (times - 1)):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return listening(handle)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_an_answer_that_drips_for_ever_ends_at_the_bound() -> None:
    with says(OK + b"Content-Length: 1000\r\n\r\n", b"[", pause_s=0.05, times=1000) as port:
        error = failure_of(port, ResponseLimits(total_s=0.4))

    assert str(error) == "the answer was not complete after 0.4 s"
    assert error.retryable


@pytest.mark.parametrize("start", [b"", OK, OK + b"Content-Length: 2\r\n\r\n["])
def test_silence_ends_at_its_bound(start: bytes) -> None:
    with says(start, pause_s=5) as port:
        error = failure_of(port, ResponseLimits(silence_s=0.2))

    assert str(error) == "no answer within 0.2 s"
    assert error.retryable


def test_an_answer_that_announces_too_much_is_not_read() -> None:
    with says(OK + b"Content-Length: 99999999999\r\n\r\n[") as port:
        error = failure_of(port)

    assert str(error) == "the answer is larger than 64 MiB"
    assert not error.retryable


def test_an_endless_answer_is_cut_off() -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with says(OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk, times=10_000) as port:
        error = failure_of(port, ResponseLimits(body_bytes=1 << 20))

    assert str(error) == "the answer is larger than 1 MiB"
    assert not error.retryable


def test_a_bomb_is_measured_unpacked_and_never_held_whole() -> None:
    bomb = gzip.compress(b"\0" * (512 << 20), compresslevel=1)
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with says(head, bomb) as port:
        tracemalloc.start()
        error = failure_of(port, ResponseLimits(body_bytes=4 << 20))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert str(error) == "the answer is larger than 4 MiB"
    assert peak < 48 << 20


def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b"[1, 2]")
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with says(head, packed) as port:
        assert answer_of(port).body == b"[1, 2]"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_not_followed(status: int) -> None:
    with served(tenant()) as elsewhere:
        location = f"{elsewhere.url}/api/v1/groups".encode()
        head = b"HTTP/1.1 %d x\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location)
        with says(head) as port:
            error = failure_of(port)
        assert not elsewhere.requests

    host = elsewhere.url.removeprefix("http://")
    assert str(error) == f"the answer is a redirect ({status} to {host}), which is not followed"
    assert not error.retryable


def test_a_request_on_a_dead_connection_is_not_silently_repeated() -> None:
    received = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            received.append(await reader.readuntil(b"\r\n\r\n"))
            if len(received) % 2 == 0:
                return  # takes the second request of a kept connection and dies
            writer.write(OK + b"Content-Length: 2\r\n\r\n[]")

    with listening(handle) as port:
        who = Credentials(f"http://127.0.0.1:{port}", SSWS, token=TOKEN)

        async def work(client):
            assert (await client.get(who.org_url + "/a")).status == 200
            with pytest.raises(TransportError, match="closed the connection") as raised:
                await client.get(who.org_url + "/b")
            assert raised.value.retryable
            return client.sent

        assert with_client(who, work) == len(received) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "the server closed the connection without an answer"),
        (OK + b"Content-Length: 9\r\n\r\n[", "the answer was cut off"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]", "cut off"),
    ],
)
def test_what_is_no_answer_has_a_reason(answer: bytes, reason: str) -> None:
    with says(answer) as port:
        assert reason in str(failure_of(port))
