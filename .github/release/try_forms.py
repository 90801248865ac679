"""Installs each form that is published into a place of its own, as people do, and runs the demo.

    python .github/release/try_forms.py FOLDER [--form wheel]

FOLDER is what build.py made. Dependencies come from the package index: pinned by digest for the
wheel, the sdist and the image; whatever is newest for pipx and uv, since that is what people get.
The image is tried without a daemon: what its Dockerfile runs is run here, for each platform.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = Path(__file__).with_name("Dockerfile")
MACHINES = {"amd64": 62, "arm64": 183}
"""Platforms of the image, and what e_machine of an ELF file says of each."""

BIN = Path(sys.executable).parent
REPORTS = ("snapshot.json", "report.html", "results.sarif", "results.json")


_CERTIFICATES = {"UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true"}
"""uv, which pipx uses as well, trusts the machine's certificates, as pip does; the newer name is
the second."""


def run(*words: object, **variables: str) -> None:
    """Run a program; fails as it does."""
    environment = {**os.environ, **_CERTIFICATES, **variables}
    subprocess.run([str(word) for word in words], check=True, env=environment)


def new_environment(folder: Path) -> Path:
    """An empty environment; gives its Python."""
    run(sys.executable, "-m", "venv", folder)
    return next(path for path in folder.glob("*/python*") if path.stem == "python")


def pip(python: Path, *words: object) -> None:
    """Install with an environment's pip."""
    run(python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *words)


def program_in(folder: Path) -> list[str]:
    """How the program that was put into a folder is called."""
    return [str(next(path for path in folder.glob("okta-auditor*") if path.stem == "okta-auditor"))]


def wheel(release: Path, folder: Path) -> list[str]:
    """`pip install --require-hashes`, wheels only."""
    python = new_environment(folder)
    pinned = ("--require-hashes", "--requirement", release / "requirements.txt")
    pip(python, *pinned, "--find-links", release / "packages", "--only-binary=okta-auditor")
    return program_in(python.parent)


def sdist(release: Path, folder: Path) -> list[str]:
    """The same of the sdist, built by the pinned setuptools."""
    python = new_environment(folder)
    pip(python, "--require-hashes", "--requirement", ROOT / "requirements/build.txt")
    pinned = ("--require-hashes", "--requirement", release / "requirements.txt")
    built = ("--no-binary=okta-auditor", "--no-build-isolation")
    pip(python, *pinned, "--find-links", release / "packages", *built)
    return program_in(python.parent)


def pipx(release: Path, folder: Path) -> list[str]:
    """`pipx install`."""
    (file,) = (release / "packages").glob("*.whl")
    homes = {"PIPX_HOME": str(folder), "PIPX_BIN_DIR": str(folder / "bin")}
    run(BIN / "pipx", "install", "--quiet", "--python", sys.executable, file, **homes)
    return program_in(folder / "bin")


def uv(release: Path, folder: Path) -> list[str]:
    """`uv tool install`."""
    (file,) = (release / "packages").glob("*.whl")
    homes = {"UV_TOOL_DIR": str(folder), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    run(BIN / "uv", "tool", "install", "--quiet", "--python", sys.executable, file, **homes)
    return program_in(folder / "bin")


def action(_: Path, folder: Path) -> list[str]:
    """What our action does where it is used from a tag: it installs its own checkout."""
    folder.mkdir()
    path = folder / "path"
    script = ROOT / ".github/actions/okta-auditor/install.sh"
    runner = {"GITHUB_ACTION_PATH": script.parent, "GITHUB_PATH": path, "RUNNER_TEMP": folder}
    given = {"INPUT_PACKAGE": "", "INPUT_REQUIREMENTS": ""}
    run("bash", script, **given, **{name: str(value) for name, value in runner.items()})
    return program_in(Path(path.read_text().strip()))


def image(release: Path, folder: Path) -> list[str]:
    """What the Dockerfile runs, for each platform; gives the program of this machine's."""
    for name, machine in MACHINES.items():
        installed = folder / name / "installed"
        places = {
            "/release": release,
            "/opt/okta-auditor": installed,
            "/work": folder / name / "work",
            "python": Path(sys.executable),
        }
        for command in run_instructions(DOCKERFILE.read_text()):
            run("/bin/sh", "-e", "-c", in_places(command, places), TARGETARCH=name)
        compiled = list(installed.rglob("*.so"))
        for file in compiled:
            if int.from_bytes(file.read_bytes()[18:20], "little") != machine:
                raise SystemExit(f"{file} is not for {name}")
        print(f"image for {name}: {len(compiled)} compiled modules, all for it", flush=True)
    here = "arm64" if platform.machine() == "aarch64" else "amd64"
    installed = folder / here / "installed"
    # As the Dockerfile's ENV does.
    return ["env", f"PYTHONPATH={installed}", sys.executable, *program_in(installed / "bin")]


def in_places(command: str, places: dict[str, Path]) -> str:
    """A command with other paths where words begin with those of the image."""
    begins = re.compile(rf"(?<!\S)({'|'.join(places)})(?![\w.-])")
    return begins.sub(lambda found: shlex.quote(str(places[found[1]])), command)


def run_instructions(dockerfile: str) -> Iterable[str]:
    """The commands of a Dockerfile's RUN instructions, without their mounts."""
    joined = re.sub(r"\\\n\s*", "", dockerfile)
    for command in re.findall(r"(?m)^RUN (.*)$", joined):
        yield re.sub(r"--mount=\S+ ", "", command)


def try_program(program: list[str], version: str, folder: Path) -> None:
    """Ask for the version and run the demo.

    Raises:
        SystemExit: it does not do what it should.
    """
    folder.mkdir()
    done = subprocess.run(
        [*program, "--version"], cwd=folder, check=True, capture_output=True, text=True
    )
    if done.stdout.split()[-1] != version:
        raise SystemExit(f"says {done.stdout.strip()}, not {version}")
    subprocess.run([*program, "demo"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if missing := [name for name in REPORTS if not (folder / "okta-audit" / name).is_file()]:
        raise SystemExit(f"the demo wrote no {', '.join(missing)}")


FORMS: dict[str, Callable[[Path, Path], list[str]]] = {
    "wheel": wheel,
    "sdist": sdist,
    "pipx": pipx,
    "uv": uv,
    "action": action,
    "image": image,
}


def main() -> None:
    """Try the forms that the command line names, or all that this system has."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("release", type=Path, help="what build.py made")
    parser.add_argument("--form", action="append", choices=FORMS)
    words = parser.parse_args()
    release = words.release.resolve()
    (file,) = (release / "packages").glob("*.whl")
    version = file.name.split("-")[1]
    elsewhere = {"linux": set(), "darwin": {"image"}}.get(sys.platform, {"image", "action"})
    here = [form for form in FORMS if form not in elsewhere]
    for form in words.form or here:
        with tempfile.TemporaryDirectory() as scratch:
            program = FORMS[form](release, Path(scratch) / form)
            try_program(program, version, Path(scratch) / "empty")
        print(f"{form}: okta-auditor {version} is installed and its demo runs", flush=True)


if __name__ == "__main__":
    main()
