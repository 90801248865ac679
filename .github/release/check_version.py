"""Do the version, the tag, the changelog and what the documentation tells to install agree?

    python .github/release/check_version.py [--tag v1.2.3] [--notes FILE]

Prints each disagreement with its file and exits with 1 if there is one. Without a tag the changelog
may say "unreleased". `--notes` writes what the changelog says of the version.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import tomllib
from pathlib import Path

_HEADING = re.compile(r"(?m)^## (?P<version>\S+) \((?P<when>[^)]*)\)$")
_NAMED = re.compile(
    r"(?:okta-auditor(?:==|:|@v?|[\w./-]*@v)|okta_auditor-|\brev: v|\bVersion |\btag `v)"
    r"(?P<version>\d+\.\d[\w.]*\w)"
)
"""How a page names one: in an index, of an image, an action, a hook or a file, in a sentence."""


def disagreements(root: Path, tag: str | None) -> list[str]:
    """What does not agree, a line each; empty if all does.

    Args:
        root: the checkout.
        tag: as git has it, `v` and the version; None if nothing is to be released yet.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    found = []
    code = (root / "auditor/version.py").read_text("utf-8")
    if f'\n__version__ = "{version}"\n' not in code:
        found.append(f"auditor/version.py: has not the version {version} of pyproject.toml")
    heading = _HEADING.search((root / "CHANGELOG.md").read_text("utf-8"))
    if heading is None:
        found.append('CHANGELOG.md: no heading of the form "## 1.2.3 (2026-01-31)"')
    elif heading["version"] != version:
        found.append(f"CHANGELOG.md: begins with {heading['version']}, not with {version}")
    elif not _says_when(heading["when"], released=tag is not None):
        found.append(f"CHANGELOG.md: {version} has no day but ({heading['when']})")
    if tag is not None and tag != f"v{version}":
        found.append(f"the tag is {tag}, not v{version}")
    for page in (root / "README.md", *sorted((root / "docs").glob("**/*.md"))):
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
            for named in _NAMED.finditer(line):
                if (other := named["version"]) != version:
                    where = f"{page.relative_to(root).as_posix()}:{number}"
                    found.append(f"{where}: tells to install {other}, not {version}")
    return found


def _says_when(words: str, *, released: bool) -> bool:
    if words == "unreleased":
        return not released
    try:
        return dt.date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False


def notes(root: Path) -> str:
    """What the changelog says of its newest version."""
    _, _, rest = _HEADING.split((root / "CHANGELOG.md").read_text("utf-8"), maxsplit=1)[1:]
    return re.split(r"(?m)^## ", rest, maxsplit=1)[0].strip() + "\n"


def main() -> int:
    """Check what the command line names; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tag", help="the tag that is to be released")
    parser.add_argument("--notes", type=Path, help="where to write what the changelog says")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2])
    words = parser.parse_args()
    found = disagreements(words.root, words.tag)
    for line in found:
        print(line)
    if not found and words.notes:
        words.notes.write_text(notes(words.root), "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
