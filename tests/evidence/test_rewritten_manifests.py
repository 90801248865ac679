"""A forger who writes the manifest anew, with digests that fit, is found out all the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import series
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from helpers import okta_auditor

from auditor.evidence.manifest import FACTS, REQUIRED, Statement, digest_of, dump_manifest
from auditor.evidence.signing import sealed

Json = dict[str, Any]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One night that nobody has signed."""
    (made,) = series(tmp_path_factory.mktemp("unsigned"), 1)
    return made


@pytest.fixture
def bundle(untouched: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may forge."""
    return Path(shutil.copytree(untouched, tmp_path / "night"))


def problems(bundle: Path) -> list[str]:
    done = okta_auditor("evidence", "verify", bundle)
    if done.exit_code == 0:
        return []
    assert done.exit_code == 1, done.shown
    start = f"{bundle}: "
    return [line[len(start) :] for line in done.stdout.splitlines() if line.startswith(start)]


def rewrite(bundle: Path, change: Callable[[Json], None]) -> None:
    """Change the manifest, and lay it out as the tool does."""
    file = bundle / "manifest.json"
    value = json.loads(file.read_text())
    change(value)
    file.write_bytes(dump_manifest(Statement.model_validate(value)))


def replace_file(bundle: Path, name: str, data: bytes) -> None:
    """Change a file together with what the manifest says of it."""
    (bundle / name).write_bytes(data)

    def fit(value: Json) -> None:
        value["predicate"]["sizes"][name] = len(data)
        for subject in value["subject"]:
            if subject["name"] == name:
                subject["digest"]["sha256"] = digest_of(data)

    rewrite(bundle, fit)


def test_only_a_signature_tells_a_forger_who_changes_all_that_fits(bundle: Path) -> None:
    replace_file(bundle, "report.html", b"<p>forged</p>")

    assert problems(bundle) == []


def test_a_signature_of_what_nobody_signs_is_refused(bundle: Path) -> None:
    manifest = (bundle / "manifest.json").read_bytes()
    (bundle / "manifest.dsse.json").write_bytes(sealed(manifest, Ed25519PrivateKey.generate()))

    assert problems(bundle) == [
        "manifest.dsse.json was added: the manifest says that nobody signs it."
    ]


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_no_file_of_a_bundle_may_be_left_out(bundle: Path, name: str) -> None:
    def leave_out(value: Json) -> None:
        value["subject"] = [item for item in value["subject"] if item["name"] != name]
        del value["predicate"]["sizes"][name]

    (bundle / name).unlink()
    rewrite(bundle, leave_out)

    assert problems(bundle) == [f"{name} is not listed in manifest.json."]


def test_evidence_of_earlier_versions_has_no_pages_for_auditors(bundle: Path) -> None:
    pages = {"README.txt", "controls.html"}

    def leave_out(value: Json) -> None:
        value["subject"] = [item for item in value["subject"] if item["name"] not in pages]
        for name in pages:
            del value["predicate"]["sizes"][name]

    for name in pages:
        (bundle / name).unlink()
    rewrite(bundle, leave_out)

    assert problems(bundle) == []


def test_a_file_may_not_be_listed_twice(bundle: Path) -> None:
    rewrite(bundle, lambda value: value["subject"].append(value["subject"][0]))

    assert problems(bundle) == ["manifest.json contradicts itself about which files there are."]


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_may_not_be_missing_from_the_tool_s_file(bundle: Path, fact: str) -> None:
    tool = json.loads((bundle / "tool.json").read_text())
    del tool["audit"][fact]
    replace_file(bundle, "tool.json", json.dumps(tool).encode())

    assert any(f"its {fact} is not what tool.json says" in line for line in problems(bundle))


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_may_not_be_changed_in_the_manifest(bundle: Path, fact: str) -> None:
    other = {"complete": None, "redacted": ["people"], "captured_at": "2020-01-01T00:00:00Z"}
    other["accepted_gaps"] = ["client_roles"]
    other["snapshot_digest"] = f"sha256:{'0' * 64}"

    def forge(value: Json) -> None:
        facts = value["predicate"]
        facts[fact] = not facts[fact] if fact == "complete" else other.get(fact, "forged")

    rewrite(bundle, forge)

    assert problems(bundle) == [
        f"manifest.json was changed: its {fact} is not what tool.json says."
    ]


def test_no_file_may_be_listed_that_no_bundle_has(bundle: Path) -> None:
    data = b"read me first"

    def add(value: Json) -> None:
        value["predicate"]["sizes"]["readme.txt"] = len(data)
        value["subject"] = sorted(
            [*value["subject"], {"name": "readme.txt", "digest": {"sha256": digest_of(data)}}],
            key=lambda item: item["name"],
        )

    (bundle / "readme.txt").write_bytes(data)
    rewrite(bundle, add)

    assert 'manifest.json lists "readme.txt", which no bundle has.' in problems(bundle)


def test_a_manifest_is_laid_out_as_the_tool_does(bundle: Path) -> None:
    file = bundle / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text())))

    assert problems(bundle) == ["manifest.json was changed: it is not laid out as it was written."]
