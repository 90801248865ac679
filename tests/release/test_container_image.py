"""The Dockerfile, as far as it can be tried without a daemon; `make try-release` runs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from actions import BIN
from release_scripts import SCRIPTS

DOCKERFILE = SCRIPTS / "Dockerfile"


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "hadolint", path], capture_output=True, text=True, check=False)


def instructions() -> list[tuple[str, str]]:
    """The instructions with what they say, each on one line."""
    text = re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text())
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    begins = [number for number, (word, _) in enumerate(found) if word == "FROM"]
    return found[begins[-1] :]


def test_hadolint_accepts_it() -> None:
    done = hadolint(DOCKERFILE)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_say_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        re.sub(r"@sha256:\w+", "", DOCKERFILE.read_text()).replace("3.13-slim", "latest")
    )
    done = hadolint(tmp_path / "Dockerfile")
    assert done.returncode == 1
    assert "DL3007" in done.stdout


def test_every_base_is_pinned_by_digest_and_they_are_one() -> None:
    bases = [rest for word, rest in instructions() if word == "FROM"]
    pinned = {re.search(r"\bpython:3\.\d+-slim@sha256:[0-9a-f]{64}\b", base) for base in bases}
    assert None not in pinned
    assert len({found[0] for found in pinned if found}) == 1


def test_everything_is_installed_by_digest_and_nothing_is_compiled_or_run() -> None:
    (command,) = (rest for word, rest in instructions() if word == "RUN" and " pip " in rest)
    for option in ("--require-hashes", "--only-binary=:all:", "--target"):
        assert option in command
    assert not any(word == "RUN" for word, _ in last_stage()), "it would be emulated"


def test_it_runs_as_nobody_in_a_folder_of_its_own() -> None:
    said = dict(last_stage())
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", said["USER"])
    assert said["WORKDIR"] == "/work"
    assert said["ENTRYPOINT"] == '["okta-auditor"]'
    assert "PYTHONDONTWRITEBYTECODE=1" in said["ENV"]
    owned = [rest for word, rest in last_stage() if word == "COPY" and "--chown" in rest]
    assert owned == [f"--from=install --chown={said['USER']} /work /work"]


@pytest.mark.parametrize("word", ["ADD", "EXPOSE", "VOLUME", "HEALTHCHECK", "ONBUILD"])
def test_it_has_nothing_that_it_does_not_need(word: str) -> None:
    assert word not in dict(instructions())
