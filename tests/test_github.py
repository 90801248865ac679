"""The GitHub action and the pre-commit hooks, run for real in a repository."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from actions import ACTION, BIN, Step, run_step
from helpers import TOKEN, served, snapshot_file, tenant

ROOT = Path(__file__).parents[1]

WIDE = "/api/v1/authorizationServers/aus1/policies"


def wide_open() -> dict[str, Any]:
    """A tenant with a policy for all clients, which is a finding of high severity or worse."""
    document = tenant()
    document[WIDE][0]["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    rule = document[f"{WIDE}/00p1/rules"][0]
    rule["conditions"]["scopes"]["include"] = ["*"]
    return document


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a committed snapshot in which something is wrong."""
    work = tmp_path / "a repository"
    (work / "okta").mkdir(parents=True)
    snapshot_file(work / "okta", wide_open()).rename(work / "okta/snapshot.json")
    for words in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "Snapshot"],
    ):
        subprocess.run(["git", *words], cwd=work, check=True)
    return work


def test_a_committed_snapshot_is_audited(repository: Path) -> None:
    step = run_step("Audit", repository, {"snapshot": "okta/snapshot.json"})

    assert step.code == 1, step.errors
    assert step.outputs["exit-code"] == "1"
    assert re.search(r"^::error file=okta/snapshot.json,line=\d+,", step.log, re.MULTILINE)
    results = json.loads((repository / step.outputs["sarif"]).read_text())["runs"][0]["results"]
    location = results[0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "okta/snapshot.json"
    lines = (repository / "okta/snapshot.json").read_text().splitlines()
    assert lines[location["region"]["startLine"] - 1].strip()
    assert step.summary.startswith("<!-- okta-auditor:00o1 -->\n### okta-auditor: ")
    assert (repository / step.outputs["html"]).exists()
    assert (repository / step.outputs["markdown"]).read_text() == step.summary


def test_it_passes_when_what_is_wrong_is_mild_enough(repository: Path) -> None:
    inputs = {"snapshot": "okta/snapshot.json", "arguments": "--select\nOAM101\n"}

    step = run_step("Audit", repository, inputs | {"fail-on": "critical", "history": "kept"})

    assert (step.code, step.outputs["exit-code"]) == (0, "0")
    assert "no findings" in step.summary
    assert len(list((repository / "kept").iterdir())) == 1


def test_reports_of_an_earlier_run_are_not_taken_for_this_one(repository: Path) -> None:
    run_step("Audit", repository, {"snapshot": "okta/snapshot.json"})
    (repository / "okta/snapshot.json").write_text("{")

    step = run_step("Audit", repository, {"snapshot": "okta/snapshot.json"})

    assert step.code == 2
    assert step.outputs == {"exit-code": "2"}
    assert "ended with 2 before there was a result" in step.summary


def test_inputs_are_words_and_never_run(repository: Path) -> None:
    bad = "$(touch stolen); `touch stolen` && touch stolen"
    for name in ("snapshot", "config", "fail-on", "arguments", "command"):
        step = run_step("Audit", repository, {"snapshot": "okta/snapshot.json", name: bad})
        assert step.code == 2, name
    assert not (repository / "stolen").exists()
    dashed = run_step("Audit", repository, {"snapshot": "--help"})
    assert dashed.code == 2


def test_it_reads_the_org_and_shows_no_secret(repository: Path) -> None:
    with served(wide_open()) as sandbox:
        step = run_step(
            "Audit",
            repository,
            {"command": "run", "snapshot": "fresh/snapshot.json"},
            OKTA_CLIENT_ORGURL=sandbox.url,
            OKTA_CLIENT_TOKEN=TOKEN,
        )

    assert step.code == 1, step.errors
    assert (repository / "fresh/snapshot.json").exists()
    written = [step.log, step.errors, step.summary]
    written += [
        path.read_text()
        for path in repository.rglob("*")
        if path.is_file() and ".git" not in path.parts
    ]
    assert not any(TOKEN in text for text in written)


@pytest.mark.slow
def test_the_install_step_puts_the_program_on_the_path(repository: Path) -> None:
    wheel = _wheel(repository.parent)

    step = run_step("Install okta-auditor", repository, {"package": str(wheel)})

    assert step.code == 0, step.errors
    program = Path(step.path.strip()) / "okta-auditor"
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    assert done.stdout == "installed 0.0.1\n"
    assert [path.name for path in program.parent.iterdir()] == ["okta-auditor"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Where a runner puts `uses: OWNER/REPOSITORY/PATH@REF`: all of that repository.

    Its project is a small one, because tests have no package index; it has one dependency.
    """
    root = tmp_path / "_actions/owner/okta-auditor/v1.2.3"
    shutil.copytree(ACTION, root / ".github/actions/okta-auditor")
    wheel = _wheel(tmp_path, "dependency", "1.0")
    (root / "requirements").mkdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements/runtime.txt").write_text(f"dependency==1.0 --hash=sha256:{digest}\n")
    (root / "requirements/build.txt").write_text("# the backend is in the tree\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["auditor"]\n'
    )
    for name in ("MANIFEST.in", "README.md", "LICENSE"):
        (root / name).touch()
    for name in ("auditor", "rules", "reports"):
        (root / name).mkdir()
    built = _wheel(root / "auditor", "okta_auditor", "1.2.3")
    (root / "auditor/backend.py").write_text(
        "import pathlib, shutil\n\n"
        "def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n"
        "    pathlib.Path('build').mkdir()\n"
        f"    shutil.copy(pathlib.Path(__file__).with_name('{built.name}'), wheel_directory)\n"
        f"    return '{built.name}'\n"
    )
    return root


def own_version(checkout: Path, repository: Path) -> Step:
    """The step without an input."""
    found = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(repository.parent)}
    path = checkout / ".github/actions/okta-auditor"
    return run_step("Install okta-auditor", repository, {}, action_path=path, **found)


@pytest.mark.slow
def test_used_from_a_tag_it_installs_the_version_of_that_tag(
    repository: Path, checkout: Path
) -> None:
    before = sorted(path.relative_to(checkout) for path in checkout.rglob("*"))

    step = own_version(checkout, repository)

    assert step.code == 0, step.errors
    program = Path(step.path.strip()) / "okta-auditor"
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    assert done.stdout == "installed 1.2.3\n"
    assert sorted(path.relative_to(checkout) for path in checkout.rglob("*")) == before
    assert [path.name for path in (repository.parent / "runner").iterdir() if path.is_dir()] == [
        "okta-auditor"
    ]


@pytest.mark.slow
def test_a_dependency_with_another_digest_is_refused(repository: Path, checkout: Path) -> None:
    pins = checkout / "requirements/runtime.txt"
    pins.write_text(pins.read_text()[:-5] + "0000\n")

    step = own_version(checkout, repository)

    assert step.code != 0
    assert "DO NOT MATCH THE HASHES" in step.errors
    assert step.path == ""


def test_a_python_that_is_too_old_is_said(repository: Path) -> None:
    tools = repository.parent / "old"
    tools.mkdir()
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)

    step = run_step(
        "Install okta-auditor", repository, {}, PATH=f"{tools}{os.pathsep}{os.environ['PATH']}"
    )

    assert step.code == 2
    assert step.log.startswith("::error::okta-auditor needs Python 3.11 or newer")


def test_its_own_checkout_has_what_it_installs() -> None:
    """The names that the script copies from three folders above the action."""
    script = (ACTION / "install.sh").read_text()
    (names,) = re.findall(r'"\$own"/\{([^}]*)\}', script)
    assert ACTION.parents[2] == ROOT
    for name in (*names.split(","), "requirements/build.txt", "requirements/runtime.txt"):
        assert (ROOT / name).exists(), name


def _wheel(folder: Path, name: str = "okta_auditor", version: str = "0.0.1") -> Path:
    """The smallest wheel that has a program: tests have no network."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}_stub.py", f"def main():\n    print('installed {version}')\n")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        program = f"{name.replace('_', '-')} = {name}_stub:main"
        wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{program}\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


# pre-commit


def hook(identity: str, repository: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook as pre-commit does: entry, args, and the committed files that match."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    found = next(hook for hook in hooks if hook["id"] == identity)
    listed = subprocess.run(
        ["git", "ls-files"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    files = [name for name in listed if re.search(found["files"], name)]
    assert files
    words = [*shlex.split(found["entry"]), *found.get("args", [])]
    return subprocess.run(
        [*words, *(files if found.get("pass_filenames", True) else [])],
        cwd=repository,
        env={"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(repository.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hook_refuses_suppressions_that_cannot_be_used(repository: Path) -> None:
    (repository / "okta-auditor-suppressions.toml").write_text('[[suppression]]\nrule = "OAM101"\n')
    subprocess.run(["git", "add", "."], cwd=repository, check=True)

    done = hook("okta-auditor-audit", repository)

    assert done.returncode == 2
    assert done.stderr.startswith("error: okta-auditor-suppressions.toml:1: ")


def test_the_hook_audits_the_committed_snapshot(repository: Path) -> None:
    done = hook("okta-auditor-audit", repository)

    assert done.returncode == 1
    assert "okta/snapshot.json:" in done.stdout


@pytest.mark.parametrize(("expect", "code"), [("minted", 0), ("rejected", 1), ("perhaps", 2)])
def test_the_hook_validates_and_tries_the_expectations(
    expect: str, code: int, repository: Path
) -> None:
    case = (
        "- server: Billing\n  client: Invoices\n  grant: authorization_code\n"
        f"  user: ada@acme.example\n  scopes: [openid]\n  expect: {expect}\n"
    )
    (repository / "okta/expectations.yaml").write_text(case)

    done = hook("okta-auditor-test", repository)

    assert done.returncode == code, done.stdout + done.stderr
