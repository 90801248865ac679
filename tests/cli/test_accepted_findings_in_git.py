"""Two branches change what is accepted, and git puts them together."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

from auditor.lint.acceptance.baseline import Baseline, BaselineEntry
from auditor.lint.acceptance.baseline_file import dump_baseline, read_baseline

BASELINE = "okta-auditor-baseline.json"
SUPPRESSIONS = "okta-auditor-suppressions.toml"


def git(folder: Path, *words: str, ok: bool = True) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-C", folder, *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def baseline_of(*fingerprints: str) -> str:
    entry = BaselineEntry(
        content="0" * 32, code="OAM201", type="access_policy", id="00p1", name="A"
    )
    entries = dict.fromkeys(fingerprints, entry)
    return dump_baseline(Baseline("00o1", "https://acme.okta.example", (), entries))


def hexed(*digits: str) -> list[str]:
    return [digit.ljust(32, "0") for digit in digits]


def branches(repository: Path, base: str, ours: str, theirs: str, name: str = BASELINE) -> None:
    """Three commits: one, and two on branches from it; `ours` is checked out."""
    file = repository / name
    file.write_text(base)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "base")
    for branch, text in (("theirs", theirs), ("ours", ours)):
        git(repository, "checkout", "-q", "-b", branch, "main")
        file.write_text(text)
        git(repository, "commit", "-qam", branch)


OLD = hexed("1", "3", "5", "7", "9")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (hexed("0", "1", "3", "5", "7", "9"), hexed("1", "3", "5", "7", "9", "f")),
        (hexed("1", "2", "3", "5", "7", "9"), hexed("1", "3", "5", "7", "8", "9")),
        (hexed("3", "5", "7", "9"), hexed("1", "3", "5", "7", "9", "f")),
        (hexed("1", "3", "5", "7"), hexed("0", "1", "3", "5", "7", "9")),
        (hexed("3", "5", "7", "9"), hexed("1", "3", "5", "7")),
        (hexed("1", "3", "5", "7", "9", "f"), hexed("1", "3", "5", "7", "9", "f")),
    ],
)
def test_branches_that_change_a_baseline_merge(
    repository: Path, ours: list[str], theirs: list[str]
) -> None:
    """The first and the last entry are lines like all the others."""
    branches(repository, baseline_of(*OLD), baseline_of(*ours), baseline_of(*theirs))

    git(repository, "merge", "-q", "theirs", "-m", "merged")

    kept = set(OLD) & set(ours) & set(theirs)
    wanted = kept | (set(ours) | set(theirs)) - set(OLD)
    merged = (repository / BASELINE).read_text()
    assert merged == baseline_of(*wanted)


def test_neighbours_conflict_and_say_so_and_merge_with_the_attribute(repository: Path) -> None:
    ours, theirs = baseline_of(*OLD, *hexed("a", "b")), baseline_of(*OLD, *hexed("a", "c"))
    branches(repository, baseline_of(*OLD), ours, theirs)
    snapshot = snapshot_file(repository, tenant())

    git(repository, "merge", "-q", "theirs", ok=False)
    outcome = okta_auditor("audit", snapshot, "--baseline", repository / BASELINE)
    assert outcome.exit_code == 2
    line = (repository / BASELINE).read_text().split("\n").index("<<<<<<< HEAD") + 1
    assert f"{BASELINE}:{line}: a merge conflict is not resolved here" in outcome.stderr

    git(repository, "merge", "--abort")
    (repository / ".gitattributes").write_text(f"{BASELINE} merge=union\n")
    git(repository, "merge", "-q", "theirs", "-m", "merged")
    merged = read_baseline(repository / BASELINE)
    assert merged.entries.keys() == set(OLD) | set(hexed("a", "b", "c"))


def test_suppressions_of_two_branches_are_put_together_or_refused(repository: Path) -> None:
    def entry(target: str) -> str:
        return (
            f'[[suppression]]\nrule = "OAM201"\ntarget = "{target}"\nreason = "r"\n'
            'owner = "o"\nexpires = 2026-12-31\n'
        )

    old = entry("00p1")
    branches(repository, old, f"{old}\n{entry('00p2')}", f"{old}\n{entry('00p3')}", SUPPRESSIONS)
    snapshot = snapshot_file(repository, tenant())
    words = (
        "audit", snapshot, "--as-of", "2026-11-21", "-O", "json",
        "--suppressions", repository / SUPPRESSIONS,
    )  # fmt: skip

    git(repository, "merge", "-q", "theirs", ok=False)
    refused = okta_auditor(*words)
    assert refused.exit_code == 2
    assert f"{SUPPRESSIONS}:10: a merge conflict" in refused.stderr
    (repository / SUPPRESSIONS).write_text(
        "".join(
            line
            for line in (repository / SUPPRESSIONS).read_text().splitlines(keepends=True)
            if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))
        )
    )
    # Only the differing line was between the markers: the entry now says its target twice.
    broken = okta_auditor(*words)
    assert broken.exit_code == 2
    assert f"{SUPPRESSIONS}:11: not valid TOML" in broken.stderr

    (repository / SUPPRESSIONS).write_text("\n".join(map(entry, ("00p1", "00p2", "00p3"))))
    assert len(json.loads(okta_auditor(*words).stdout)["notices"]) == 3
