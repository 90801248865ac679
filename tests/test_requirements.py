"""The locked requirements install with the pip that any supported Python brings."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("build.txt", "runtime.txt", "dev.txt", "docs.txt", "release.txt", "bench.txt")
FOLDER = Path(__file__).parents[1] / "requirements"


def pinned(lock: str) -> dict[str, Requirement]:
    """The requirements of a lock file by name, extras included."""
    lines = re.findall(r"(?m)^([a-z0-9][^ \\\n]*)", (FOLDER / lock).read_text())
    requirements = map(Requirement, lines)
    return {canonicalize_name(item.name): item for item in requirements}


def wanted_extras() -> set[tuple[str, str]]:
    """Names and extras that installed packages ask of each other."""
    extras = set()
    for distribution in distributions():
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                name = canonicalize_name(requirement.name)
                extras |= {(name, extra) for extra in requirement.extras}
    return extras


def test_a_package_that_is_wanted_with_an_extra_is_pinned_with_it() -> None:
    # pip before 23.3 takes `coverage[toml]` for unpinned where the lock says `coverage==…`.
    pins = {name: item for lock in LOCKS for name, item in pinned(lock).items()}
    wanted = {(name, extra) for name, extra in wanted_extras() if name in pins}
    assert ("coverage", "toml") in wanted
    assert sorted(item for item in wanted if item[1] not in pins[item[0]].extras) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_addresses(lock: str) -> None:
    text = (FOLDER / lock).read_text()
    assert "://" not in text
    assert text.count("==") <= text.count("--hash=sha256:")


@pytest.mark.parametrize("lock", ["docs.txt", "release.txt"])
def test_what_a_job_installs_by_itself_is_what_developers_have(lock: str) -> None:
    """So that it is enough to ask of the developers' packages whether vulnerabilities are known."""
    dev = pinned("dev.txt")
    own = pinned(lock)
    assert own
    assert {name: item.specifier for name, item in own.items()} == {
        name: dev[name].specifier for name in own
    }
