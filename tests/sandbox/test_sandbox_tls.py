"""The sandbox by https: who trusts it, who must not, and what is left of its key."""

from __future__ import annotations

import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from browsing import SSWS
from cryptography import x509
from helpers import okta_auditor, tenant, unhurried

from auditor.errors import UsageError
from auditor.sandbox import Sandbox
from auditor.sandbox.certificate import Certificate, made_certificate, own_certificate

PEM_KEY = "-----BEGIN PRIVATE KEY-----"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Certificate]:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with made_certificate() as certificate:
        yield certificate


def authority(certificate: Certificate) -> Path:
    assert certificate.authority is not None
    return certificate.authority


def status(host: str, port: int, context: ssl.SSLContext) -> int:
    connection = HTTPSConnection(host, port, timeout=5, context=context)
    try:
        connection.request("GET", "/api/v1/groups", headers=SSWS)
        return connection.getresponse().status
    finally:
        connection.close()


def strict(certificate: Certificate) -> ssl.SSLContext:
    """A context that trusts the certificate alone, and is as particular as Python 3.13 on."""
    context = ssl.create_default_context(cafile=str(authority(certificate)))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_clients_that_trust_the_authority_read(made: Certificate, host: str):
    with Sandbox(unhurried({}), certificate=made) as sandbox:
        assert sandbox.url.startswith("https://127.0.0.1:")
        port = int(sandbox.url.rpartition(":")[2])

        assert status(host, port, strict(made)) == 200


def test_clients_that_do_not_are_not_answered(made: Certificate):
    with Sandbox(unhurried({}), certificate=made) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(ssl.SSLCertVerificationError):
            status("127.0.0.1", port, ssl.create_default_context())

        assert sandbox.requests == []


def test_links_and_metadata_are_https(made: Certificate):
    with Sandbox(unhurried({}), certificate=made) as sandbox:
        connection = HTTPSConnection(sandbox.url[8:], timeout=5, context=strict(made))
        connection.request("GET", "/api/v1/groups", headers=SSWS)
        response = connection.getresponse()
        connection.close()

    assert response.headers["Link"] == f'<{sandbox.url}/api/v1/groups>; rel="self"'


def test_the_authority_can_sign_for_nothing_but_this_machine(made: Certificate):
    trusted = x509.load_pem_x509_certificate(authority(made).read_bytes())
    constraints = trusted.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = constraints.value.permitted_subtrees

    assert constraints.critical
    assert permitted is not None
    assert [str(name.value) for name in permitted] == ["localhost", "127.0.0.1/32"]


def test_only_the_owner_can_read_the_files_and_they_go_at_the_end():
    with made_certificate() as certificate:
        files = list(authority(certificate).parent.iterdir())
        modes = {stat.S_IMODE(file.stat().st_mode) for file in files}
        keys = [file.name for file in files if PEM_KEY in file.read_text()]

    assert modes == {0o600}
    assert keys == ["server.pem"], "the authority's key is kept nowhere"
    assert not authority(certificate).parent.exists()


def test_the_collector_works_with_the_authority_and_not_without(tmp_path: Path, made: Certificate):
    path = tmp_path / "s.json"
    with Sandbox(unhurried(tenant()), certificate=made) as sandbox:
        refused = okta_auditor("snapshot", "-o", path, url=sandbox.url)
        asked = len(sandbox.requests)
        accepted = okta_auditor(
            "snapshot", "-o", path, url=sandbox.url, SSL_CERT_FILE=str(authority(made))
        )

    assert (refused.exit_code, asked) == (3, 0)
    assert "certificate is not trusted" in refused.stderr
    assert accepted.exit_code == 0, accepted.stderr


def test_a_certificate_of_ones_own(tmp_path: Path, made: Certificate):
    whole = (authority(made).parent / "server.pem").read_text()
    chain, mark, key = whole.partition(PEM_KEY)
    (tmp_path / "cert.pem").write_text(chain)
    (tmp_path / "key.pem").write_text(mark + key)
    own = own_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    with Sandbox(unhurried({}), certificate=own) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])

        assert status("127.0.0.1", port, strict(made)) == 200
    assert own.authority is None


@pytest.mark.parametrize("content", [None, "", "no certificate", PEM_KEY])
def test_a_file_that_is_no_certificate_is_wrong_usage(tmp_path: Path, content: str | None):
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(UsageError, match=r"cert\.pem cannot be served with: "):
        own_certificate(path, None)


def test_a_certificate_without_its_key_is_wrong_usage(made: Certificate):
    with pytest.raises(UsageError, match=r"ca\.pem cannot be served with: "):
        own_certificate(authority(made), None)


def test_a_key_without_a_certificate_is_wrong_usage():
    outcome = okta_auditor("sandbox", "--key", "key.pem")

    assert (outcome.exit_code, outcome.stderr) == (2, "error: --key needs --cert.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals")
def test_the_command_prints_what_makes_clients_trust_it():
    command = [sys.executable, "-m", "auditor", "sandbox", "--tls", "--no-rate-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        exports = [process.stdout.readline() for _ in range(6)]
        url = first.split()[-1]
        trusted = Path(exports[-1].strip().partition("=")[2])
        context = ssl.create_default_context(cafile=str(trusted))
        answer = status("127.0.0.1", int(url.rpartition(":")[2]), context)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)

    names = [line.removeprefix("export ").partition("=")[0] for line in exports]
    assert names == [
        "OKTA_CLIENT_ORGURL",
        "OKTA_CLIENT_TOKEN",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
    ]
    assert exports[0] == f"export OKTA_CLIENT_ORGURL={url}\n"
    assert (answer, process.returncode) == (200, 0)
    assert not trusted.parent.exists()
