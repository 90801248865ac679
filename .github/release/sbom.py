"""Writes what okta-auditor brings along when it is installed, as a CycloneDX bill of materials.

    python .github/release/sbom.py FILE [--environment PYTHON]

It is read off an environment that has the pinned dependencies and nothing else, which is made if
none is named, because only installed packages say their licences and what needs what. It holds no
moment and no serial number: the same packages, the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = ROOT / "requirements/runtime.txt"


def write(out: Path, environment: Path) -> None:
    """Write the bill of materials of an environment.

    Args:
        out: the file.
        environment: the Python of an environment.

    Raises:
        SystemExit: the environment has not exactly the pinned packages.
        subprocess.CalledProcessError: the tool failed, and said why.
    """
    tool = Path(sys.executable).with_name("cyclonedx-py")
    words = ["--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--of", "JSON"]
    done = subprocess.run(
        [tool, "environment", environment, *words], check=True, stdout=subprocess.PIPE
    )
    bill = json.loads(done.stdout)
    found = {f"{part['name']}=={part['version']}" for part in bill["components"]}
    wanted = set(re.findall(r"(?m)^([\w.-]+==[^ ;]+)", PINS.read_text("utf-8")))
    if differing := {_normal(item) for item in found} ^ {_normal(item) for item in wanted}:
        raise SystemExit(f"not as {PINS.name} pins: {', '.join(sorted(differing))}")
    out.write_bytes(done.stdout)


def _normal(requirement: str) -> str:
    name, _, version = requirement.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def make_environment(folder: Path) -> Path:
    """An environment with the pinned dependencies, without pip; gives its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = next(path for path in folder.glob("*/python*") if path.stem == "python")
    words = ["--quiet", "--disable-pip-version-check", "--python", python, "install"]
    subprocess.run(
        [sys.executable, "-m", "pip", *words, "--require-hashes", "--requirement", PINS], check=True
    )
    return python


def main() -> None:
    """Write what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--environment", type=Path, help="the Python of an environment")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        write(words.out, words.environment or make_environment(Path(scratch) / "environment"))


if __name__ == "__main__":
    main()
