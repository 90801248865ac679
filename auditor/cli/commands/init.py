"""`okta-auditor init`: write the files that a repository needs to be audited."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.cli.package_source import package_source
from auditor.cli.printing import print_document, print_line
from auditor.cli.starter_files import (
    GITLAB,
    SYSTEMS,
    TEMPLATES,
    Starter,
    ignored_lines,
    included,
    starters,
    with_lines,
)
from auditor.cli.terraform_roots import checked_root, folders_with_okta
from auditor.errors import UsageError
from auditor.files import make_folder, write_file
from auditor.input_files import LARGEST_CONFIG, InputProblem, read_bytes
from auditor.text import listed

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
@click.option(
    "--terraform",
    "root",
    metavar="ROOT",
    help="Write a pipeline as well that checks the plan of each change. ROOT is the folder of the "
    "root module, within DIR.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(
    folder: Path, *, system: str, package: str | None, root: str | None, force: bool
) -> None:
    """Write a commented okta-auditor.toml, and pipelines that audit every night and each change.

    DIR is the root of the repository, the working folder by default. A file that exists stays
    as it is, unless --force is given; lines that .gitignore lacks are added to it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", remedy="Create it first.")
    requirement, warning = _requirement(package)
    terraform = None if root is None else checked_root(folder, root)
    written = 0
    for starter in starters(system, requirement, TEMPLATES, terraform):
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
    if terraform is None and not (folder / "okta/ci/plan.sh").exists():
        _offer_terraform(folder, system)
    if warning:
        print_line(f"warning: {warning}", err=True)
    print_document(_NEXT)


def _by_hand(path: Path, starter: Starter) -> str:
    """What has to be added to a file that stays as it is, if it lacks that."""
    if starter.path != GITLAB:
        return ""
    there = path.read_text(errors="replace")
    missing = [line for line in included(starter.content) if line.removeprefix("- ") not in there]
    return f"; add to its include: {' '.join(missing)}" if missing else ""


def _offer_terraform(folder: Path, system: str) -> None:
    """Say which folders hold Terraform resources of Okta, if any does."""
    if folders := folders_with_okta(folder):
        names = listed(folders, most=3)
        print_line(
            f"Okta resources of Terraform are in {names}; a pipeline that checks plans, with"
        )
        print_line("the folder of the root module, is written by:")
        print_line(f"  okta-auditor init --ci {system} --terraform {shlex.quote(folders[0])}")


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
