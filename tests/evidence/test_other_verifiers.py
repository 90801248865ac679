"""Evidence is verified by programs that are not ours, by the very commands of docs/evidence.md."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import series
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from helpers import Outcome, okta_auditor
from securesystemslib.signer import SSlibKey

from auditor.evidence.readme import CHECK_FILES, VERIFY
from auditor.evidence.signing import key_id, raw

GUIDE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text()

needs_openssl = pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("sha256sum")), reason="needs openssl, sha256sum"
)


def documented(language: str) -> str:
    """The block of the guide in a language."""
    _, _, section = GUIDE.partition("### Verify without okta-auditor\n")
    (block,) = re.findall(
        rf"```{language}\n(.*?)```", section.partition("### Replay")[0], re.DOTALL
    )
    return str(block)


def by_openssl(bundle: Path) -> subprocess.CompletedProcess[str]:
    # A reader reads what each command says; a test wants the first that fails to end it.
    command = ["sh", "-e", "-c", documented("sh")]
    return subprocess.run(command, cwd=bundle, capture_output=True, text=True, check=False)


def by_in_toto(bundle: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", documented("python")]
    return subprocess.run(command, cwd=bundle, capture_output=True, text=True, check=False)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    assert okta_auditor("evidence", "keygen", "-o", tmp_path / "evidence.key").exit_code == 0
    return series(tmp_path, 1, "--key", tmp_path / "evidence.key")[0]


def verify(bundle: Path) -> Outcome:
    key = bundle.parent / "evidence.key.pub"
    return okta_auditor("evidence", "verify", bundle, "--public-key", key)


def change(bundle: Path, name: str) -> None:
    """Change a byte of a file; of the envelope, one of the signature."""
    data = bytearray((bundle / name).read_bytes())
    data[-60 if name == "manifest.dsse.json" else len(data) // 2] ^= 1
    (bundle / name).write_bytes(data)


def replace_key(bundle: Path) -> None:
    for name in ("evidence.key", "evidence.key.pub"):
        (bundle.parent / name).unlink()
    okta_auditor("evidence", "keygen", "-o", bundle.parent / "evidence.key")


def test_the_key_id_is_that_of_securesystemslib() -> None:
    for _ in range(20):
        key = Ed25519PrivateKey.generate().public_key()
        assert key_id(raw(key)) == SSlibKey.from_crypto(key).keyid


def test_the_guide_and_the_bundle_s_readme_have_the_same_commands(bundle: Path) -> None:
    indented = re.findall(r"(?m)^    (?!okta-auditor)(.*)$", (bundle / "README.txt").read_text())

    assert "\n".join(indented) + "\n" == documented("sh") == VERIFY + CHECK_FILES


@needs_openssl
def test_openssl_and_sha256sum_verify_what_verify_does(bundle: Path) -> None:
    done = by_openssl(bundle)

    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    listed = [
        item["name"] for item in json.loads((bundle / "manifest.json").read_text())["subject"]
    ]
    assert re.findall(r"^(.*): OK$", done.stdout, re.MULTILINE) == listed
    (digest,) = re.findall(r"^([0-9a-f]{64})  manifest\.json$", done.stdout, re.MULTILINE)
    assert f"the latest manifest has the SHA-256 {digest}" in verify(bundle).stdout
    assert done.stdout.split()[-len(listed) - 2 :] == sorted(
        [*listed, "manifest.json", "manifest.dsse.json"]
    )


@needs_openssl
@pytest.mark.parametrize("name", ["report.html", "manifest.json", "manifest.dsse.json"])
def test_what_was_changed_passes_neither(bundle: Path, name: str) -> None:
    change(bundle, name)

    assert by_openssl(bundle).returncode != 0
    assert verify(bundle).exit_code == 1


@needs_openssl
def test_another_key_passes_neither(bundle: Path) -> None:
    replace_key(bundle)

    assert by_openssl(bundle).returncode != 0
    assert by_in_toto(bundle).returncode != 0


def test_in_toto_and_securesystemslib_verify_the_envelope(bundle: Path) -> None:
    public = load_pem_public_key((bundle.parent / "evidence.key.pub").read_bytes())
    done = by_in_toto(bundle)

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"signed by key {SSlibKey.from_crypto(public).keyid}\n"
    change(bundle, "manifest.json")
    assert "AssertionError" in by_in_toto(bundle).stderr


def test_evidence_with_the_key_id_of_earlier_versions_goes_on_verifying(bundle: Path) -> None:
    pem = (bundle.parent / "evidence.key").read_bytes()
    key = load_pem_private_key(pem, None)
    assert isinstance(key, Ed25519PrivateKey)
    file = bundle / "manifest.dsse.json"
    (signature,) = json.loads(file.read_text())["signatures"]
    earlier = raw(key.public_key())
    assert signature["keyid"] == key_id(earlier) != earlier
    file.write_text(file.read_text().replace(signature["keyid"], earlier))

    done = verify(bundle)
    assert done.exit_code == 0, done.shown
    assert done.stdout.startswith(f"1 bundle signed by key {earlier} and unaltered")
    file.write_text(file.read_text().replace(earlier, f"{int(earlier, 16) ^ 1:064x}"))
    assert verify(bundle).exit_code == 1
