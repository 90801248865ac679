"""`okta-auditor init`: write the files that a repository needs to be audited."""

from __future__ import annotations

import os
from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.cli.package_source import package_source
from auditor.cli.printing import print_document, print_line
from auditor.cli.starter_files import (
    GITLAB,
    SYSTEMS,
    Starter,
    ignored_lines,
    starters,
    with_lines,
)
from auditor.errors import UsageError
from auditor.files import make_folder, write_file
from auditor.input_files import LARGEST_CONFIG, InputProblem, read_bytes

_NEXT = """\
Next:
  okta-auditor config   shows which settings hold, and where each comes from
  okta-auditor demo     shows an audit without an org
  okta-auditor doctor   checks the way to your org, with OKTA_CLIENT_ORGURL and a token set
  okta-auditor run      audits it
Then commit the files. What the pipelines need is said at the top of each; keep the repository
private, since snapshots hold names and logins."""


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=FILE, default=".")
@click.option(
    "--ci",
    "system",
    type=click.Choice(SYSTEMS),
    default="github",
    show_default=True,
    help="Whose pipelines to write.",
)
@click.option(
    "--package",
    metavar="REQUIREMENT",
    help="What the pipelines install, as pip takes it. [default: where this copy came from, "
    "with its version or commit]",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(folder: Path, *, system: str, package: str | None, force: bool) -> None:
    """Write a commented okta-auditor.toml, and pipelines that audit every night and each change.

    DIR is the root of the repository, the working folder by default. A file that exists stays
    as it is, unless --force is given; lines that .gitignore lacks are added to it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", remedy="Create it first.")
    requirement, warning = _requirement(package)
    written = 0
    for starter in starters(system, requirement):
        path = folder / starter.path
        if os.path.lexists(path) and not force:
            print_line(f"{path} exists and stays as it is{_by_hand(path, starter)}")
            continue
        make_folder(path.parent, remedy="Name another.")
        write_file(path, starter.content.encode())
        print_line(f"{path} written: {starter.about}")
        written += 1
    written += _ignore(folder / ".gitignore")
    if not written:
        raise UsageError("Nothing was written.", remedy="--force replaces files that exist.")
    print_line(f"the pipelines install {requirement}")
    if warning:
        print_line(f"warning: {warning}", err=True)
    print_document(_NEXT)


def _by_hand(path: Path, starter: Starter) -> str:
    """What has to be added to a file that stays as it is, if it lacks that."""
    if starter is not GITLAB or ".gitlab/okta-auditor.yml" in path.read_text(errors="replace"):
        return ""
    return "; add to its include: - local: .gitlab/okta-auditor.yml"


def _requirement(package: str | None) -> tuple[str, str]:
    """What pip installs, and what may keep it from that."""
    if package is None:
        source = package_source()
        return source.requirement, source.warning
    if not package.strip() or not package.isprintable():
        raise UsageError(
            "--package is empty or holds a character that cannot be shown.",
            remedy="Name a requirement as pip takes it, for example okta-auditor==1.2.3.",
        )
    return package.strip(), ""


def _ignore(path: Path) -> bool:
    """Add the lines that a .gitignore lacks; say whether there were any.

    Raises:
        UsageError: it cannot be read, or is a link.
    """
    text = ""
    if os.path.lexists(path):
        try:
            text = read_bytes(path, LARGEST_CONFIG, follow=False).decode()
        except (InputProblem, UnicodeDecodeError):
            raise UsageError(
                f"{path} cannot be read as a text file.", remedy="Remove it, or mend it."
            ) from None
    lines = ignored_lines()
    if (added := with_lines(text, lines)) == text:
        print_line(f"{path} exists and stays as it is")
        return False
    write_file(path, added.encode())
    print_line(f"{path} {'completed' if text else 'written'}: what must not be committed")
    return True
