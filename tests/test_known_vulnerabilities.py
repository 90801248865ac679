"""The check of locked packages for known vulnerabilities, with a stand-in for pip-audit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FLAW = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.0"]}
SOUND = {"name": "click", "version": "8.2", "vulns": []}
FLAWED = {"name": "jinja2", "version": "1.0", "vulns": [FLAW]}
SKIPPED = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}
ENTRY = """
[[accepted]]
id = "CVE-2026-1"
package = "jinja2"
reason = "Not reachable."
expires = 2026-06-30
"""
OFFLINE = "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='index.example', port=443)"


def checked(
    folder: Path, *packages: dict[str, Any], stderr: str = "", accepted: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the check, with a pip-audit that answers so or complains."""
    answer = "" if stderr else json.dumps({"dependencies": packages, "fixes": []})
    program = folder / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(folder / 'words')!r}, 'w').write(str(sys.argv))\n"
        f"sys.stdout.write({answer!r}); sys.stderr.write({stderr!r})\n"
        f"sys.exit({int(bool(stderr) or FLAWED in packages)})\n"
    )
    program.chmod(0o700)
    (folder / "accepted.toml").write_text(accepted)
    return subprocess.run(
        [sys.executable, ROOT / "requirements" / "known_vulnerabilities.py", "--pip-audit", program,
         "--accepted", folder / "accepted.toml", "--as-of", "2026-06-30"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_sound_packages_pass_and_all_locks_are_asked_about(tmp_path: Path) -> None:
    done = checked(tmp_path, SOUND)

    assert (done.returncode, done.stdout) == (0, "1 of 1 locked packages checked\n")
    words = (tmp_path / "words").read_text()
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert str(lock) in words
    assert "--require-hashes" in words


def test_a_known_vulnerability_fails(tmp_path: Path) -> None:
    done = checked(tmp_path, SOUND, FLAWED)

    assert done.returncode == 1
    assert "jinja2 1.0: PYSEC-2026-1, fixed in 2.0\n" in done.stdout


@pytest.mark.parametrize(("expires", "code"), [("2026-06-30", 0), ("2026-06-29", 1)])
def test_one_that_is_accepted_passes_until_its_last_day(
    tmp_path: Path, expires: str, code: int
) -> None:
    done = checked(tmp_path, FLAWED, accepted=ENTRY.replace("2026-06-30", expires))

    assert done.returncode == code
    assert f"accepted until {expires}" in done.stdout


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY.replace("Not reachable.", " "),
        ENTRY.replace("expires = 2026-06-30", 'expires = "never"'),
        ENTRY.replace("expires = 2026-06-30", ""),
    ],
    ids=["no reason", "no day", "no end"],
)
def test_nothing_is_accepted_without_reason_and_end(tmp_path: Path, entry: str) -> None:
    assert checked(tmp_path, FLAWED, accepted=entry).returncode == 1


def test_what_is_accepted_of_one_package_is_not_of_another(tmp_path: Path) -> None:
    assert checked(tmp_path, {**FLAWED, "name": "x"}, accepted=ENTRY).returncode == 1


def test_without_a_network_it_says_so_and_passes(tmp_path: Path) -> None:
    for done in (checked(tmp_path, stderr=OFFLINE), checked(tmp_path, SKIPPED)):
        assert done.returncode == 0
        assert "NOT checked" in done.stdout


def test_packages_that_only_could_not_be_checked_fail(tmp_path: Path) -> None:
    done = checked(tmp_path, SOUND, SKIPPED)

    assert done.returncode == 1
    assert "aiohttp could not be checked" in done.stdout
    assert "1 of 2 locked packages checked" in done.stdout


def test_any_other_failure_of_pip_audit_fails(tmp_path: Path) -> None:
    done = checked(tmp_path, stderr="usage: pip-audit [-h]")

    assert done.returncode == 1
    assert "usage: pip-audit" in done.stderr


def test_ci_runs_it() -> None:
    assert "make audit-requirements" in (ROOT / ".ci" / "run").read_text()
    assert "make audit-requirements" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert "requirements/known_vulnerabilities.py" in (ROOT / "Makefile").read_text()
