"""What `make try-release` is to notice, it notices; CI runs it with the package index."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from release_scripts import SCRIPTS


@pytest.fixture(scope="module")
def forms() -> ModuleType:
    spec = importlib.util.spec_from_file_location("try_forms", SCRIPTS / "try_forms.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(folder: Path, code: str) -> list[str]:
    path = folder / "program.py"
    path.write_text(code)
    return [sys.executable, str(path)]


GOOD = """
import pathlib, sys
if sys.argv[1] == "--version":
    print("okta-auditor, version 1.2.3")
else:
    folder = pathlib.Path("okta-audit")
    folder.mkdir()
    for name in ("snapshot.json", "report.html", "results.sarif", "results.json"):
        (folder / name).touch()
"""


def test_a_program_that_works_is_accepted(forms: ModuleType, tmp_path: Path) -> None:
    forms.try_program(program(tmp_path, GOOD), "1.2.3", tmp_path / "empty")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (GOOD.replace("1.2.3", "1.2.4"), r"says okta-auditor, version 1\.2\.4, not 1\.2\.3"),
        (GOOD.replace('"report.html", ', ""), r"the demo wrote no report\.html"),
    ],
)
def test_a_program_that_does_not_is_refused(
    code: str, said: str, forms: ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match=said):
        forms.try_program(program(tmp_path, code), "1.2.3", tmp_path / "empty")


def test_a_demo_that_fails_is_refused(forms: ModuleType, tmp_path: Path) -> None:
    code = f"{GOOD}\n    sys.exit(3)\n"
    with pytest.raises(subprocess.CalledProcessError):
        forms.try_program(program(tmp_path, code), "1.2.3", tmp_path / "empty")


def test_a_command_of_the_image_is_run_in_other_places(forms: ModuleType, tmp_path: Path) -> None:
    dockerfile = (
        "FROM a\nRUN --mount=type=bind,target=/release cat /release/a \\\n"
        "    && python -c 1 > /scratch/b.txt && echo /elsewhere/scratch python3\n"
    )
    (command,) = forms.run_instructions(dockerfile)
    places = {"/release": tmp_path / "a b", "/scratch": tmp_path / "w", "python": Path("/p")}

    said = forms.in_places(command, places)

    assert said == (
        f"cat '{tmp_path}/a b'/a && /p -c 1 > {tmp_path}/w/b.txt && echo /elsewhere/scratch python3"
    )


def test_the_image_s_own_commands_are_found(forms: ModuleType) -> None:
    commands = list(forms.run_instructions(forms.DOCKERFILE.read_text()))
    assert commands
    assert all("--mount" not in command for command in commands)
