"""The bill of materials of a release: valid CycloneDX, complete, and the same every time."""

from __future__ import annotations

import json
import re
import tomllib
import venv
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from release_scripts import ROOT, run_script

pytestmark = pytest.mark.slow

PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(
        r"(?m)^([\w.-]+)==([^ ;]+)", (ROOT / "requirements/runtime.txt").read_text()
    )
}


def environment(folder: Path, names: list[str]) -> Path:
    """An environment that has the metadata of some packages of this one; gives its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for name in names:
        metadata = Path(str(distribution(name).locate_file("")))
        (found,) = (
            item
            for item in metadata.glob("*.dist-info")
            if canonicalize_name(item.name.partition("-")[0]) == name
        )
        (site / found.name).symlink_to(found)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bill")
    out = folder / "sbom.cdx.json"
    python = environment(folder / "environment", sorted(PINS))
    done = run_script("sbom.py", out, "--environment", python)
    assert done.returncode == 0, done.stderr
    return out


def test_it_is_valid_by_the_schema(bill: Path) -> None:
    text = bill.read_text()
    version = SchemaVersion.from_version(json.loads(text)["specVersion"])
    assert version >= SchemaVersion.V1_6

    assert JsonStrictValidator(version).validate_str(text) is None
    broken = text.replace('"type": "library"', '"type": "librarian"', 1)
    assert JsonStrictValidator(version).validate_str(broken) is not None


def test_it_names_each_pinned_package_with_licence_and_what_needs_it(bill: Path) -> None:
    document = json.loads(bill.read_text())

    assert document["metadata"]["component"]["name"] == "okta-auditor"
    parts = {canonicalize_name(part["name"]): part for part in document["components"]}
    assert {name: part["version"] for name, part in parts.items()} == PINS
    assert all(part["licenses"] for part in parts.values())
    assert all(part["purl"].startswith(f"pkg:pypi/{name}@") for name, part in parts.items())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    needed = {row["ref"]: row.get("dependsOn", []) for row in document["dependencies"]}
    own = needed[document["metadata"]["component"]["bom-ref"]]
    assert {canonicalize_name(ref.partition("==")[0]) for ref in own} == direct


def test_it_is_the_same_every_time_and_says_nothing_of_this_machine(
    bill: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / "elsewhere", sorted(PINS, reverse=True))

    run_script("sbom.py", tmp_path / "again.json", "--environment", python, TZ="Asia/Tokyo")

    assert (tmp_path / "again.json").read_bytes() == bill.read_bytes()
    text = bill.read_text()
    assert str(ROOT) not in text
    assert "file:" not in text
    assert "serialNumber" not in text


def test_an_environment_with_anything_else_is_refused(tmp_path: Path) -> None:
    others = sorted(canonicalize_name(item.name) for item in distributions())
    more = next(name for name in others if name not in PINS and name != "okta-auditor")
    names = [*sorted(PINS)[1:], canonicalize_name(more)]
    python = environment(tmp_path / "environment", names)

    done = run_script("sbom.py", tmp_path / "sbom.json", "--environment", python)

    assert done.returncode != 0
    assert f"{min(PINS)}==" in done.stderr
    assert f"{canonicalize_name(more)}==" in done.stderr
    assert not (tmp_path / "sbom.json").exists()
