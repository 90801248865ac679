"""`make audit-requirements`: are vulnerabilities of the locked packages known?

Exits with 1 if one is, unless `accepted-vulnerabilities.toml` accepts it with a reason until a day
that is not over; and if only some of the packages could be asked about. Without a network nothing
can be asked: that is said, and is no failure.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

FOLDER = Path(__file__).parent
LOCKS = ("build.txt", "runtime.txt", "dev.txt", "docs.txt", "release.txt", "bench.txt")
ACCEPTED = FOLDER / "accepted-vulnerabilities.toml"

_NO_NETWORK = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Max retries exceeded")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A vulnerability that is accepted for a time."""

    id: str
    package: str
    reason: str
    expires: dt.date

    def __post_init__(self) -> None:
        if not self.reason.strip() or type(self.expires) is not dt.date:
            raise SystemExit(f"{ACCEPTED.name}: {self.id} needs a reason and a day when it expires")


def accepted(path: Path) -> list[Accepted]:
    """The entries of a file of accepted vulnerabilities."""
    entries = tomllib.loads(path.read_text()).get("accepted", [])
    try:
        return [Accepted(**entry) for entry in entries]
    except TypeError:
        raise SystemExit(
            f"{path.name}: each entry has id, package, reason and expires, and no more"
        ) from None


def answer_of(program: str) -> dict[str, Any] | None:
    """What pip-audit says of the locked packages; None if it could ask nobody."""
    locks = [word for lock in LOCKS for word in ("-r", str(FOLDER / lock))]
    words = ("--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off")
    done = subprocess.run(  # noqa: S603 - the program and its words are ours
        [program, *locks, *words], capture_output=True, text=True, check=False
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        if any(word in done.stderr for word in _NO_NETWORK):
            return None
        raise SystemExit(f"pip-audit failed ({done.returncode}):\n{done.stderr}") from None
    # It calls packages that its source does not answer for "skipped", and exits with 0.
    if all("vulns" not in package for package in answer["dependencies"]):
        return None
    return dict(answer)


def judged(answer: dict[str, Any], entries: Sequence[Accepted], today: dt.date) -> tuple[bool, str]:
    """Whether all is well, and a line for each thing to know."""
    lines, sound = [], True
    used = set()
    for package in answer["dependencies"]:
        if "vulns" not in package:
            sound = False
            lines.append(f"{package['name']} could not be checked: {package.get('skip_reason')}")
        for vulnerability in package.get("vulns", ()):
            names = {vulnerability["id"], *vulnerability["aliases"]}
            entry = next(
                (x for x in entries if x.id in names and x.package == package["name"]), None
            )
            used.add(entry)
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            where = f"{package['name']} {package['version']}: {vulnerability['id']}"
            if entry and today <= entry.expires:
                lines.append(f"{where}, accepted until {entry.expires}: {entry.reason}")
                continue
            sound = False
            was = f"; was accepted until {entry.expires}" if entry else ""
            lines.append(f"{where}, fixed in {fixed}{was}")
    lines += [f"{x.id} is accepted and not there any more" for x in entries if x not in used]
    checked = sum("vulns" in package for package in answer["dependencies"])
    lines.append(f"{checked} of {len(answer['dependencies'])} locked packages checked")
    return sound, "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pip-audit", default=str(Path(sys.executable).parent / "pip-audit"))
    parser.add_argument("--accepted", type=Path, default=ACCEPTED)
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date.today())
    options = parser.parse_args(arguments)
    entries = accepted(options.accepted)
    answer = answer_of(options.pip_audit)
    if answer is None:
        click.echo(
            "Whether vulnerabilities of the locked packages are known was NOT checked: "
            "the database of vulnerabilities cannot be reached from here."
        )
        return 0
    sound, text = judged(answer, entries, options.as_of)
    click.echo(text)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
