"""`okta-auditor init`: write the files that a repository needs to be audited."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.cli.printing import print_document, print_line
from auditor.config.commented import commented_config
from auditor.errors import UsageError
from auditor.files import make_folder, write_file

TEMPLATES = Path(__file__).parents[2] / "templates"

_NEXT = """\
Next:
  okta-auditor config   shows which settings hold, and where each comes from
  okta-auditor demo     shows an audit without an org
  okta-auditor doctor   checks the way to your org, with OKTA_CLIENT_ORGURL and a token set
  okta-auditor run      audits it"""


@dataclass(frozen=True)
class Starter:
    """A file to write."""

    path: Path
    content: str
    about: str


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=FILE, default=".")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(folder: Path, *, force: bool) -> None:
    """Write a commented okta-auditor.toml, and what else a repository needs.

    DIR is the root of the repository, the working folder by default. A file that exists stays
    as it is, unless --force is given.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", remedy="Create it first.")
    written = 0
    for starter in starters():
        path = folder / starter.path
        if os.path.lexists(path) and not force:
            print_line(f"{path} exists and stays as it is")
            continue
        make_folder(path.parent, remedy="Name another.")
        write_file(path, starter.content.encode())
        print_line(f"{path} written: {starter.about}")
        written += 1
    if not written:
        raise UsageError("Nothing was written.", remedy="--force replaces files that exist.")
    print_document(_NEXT)


def starters(templates: Path = TEMPLATES) -> list[Starter]:
    """The files that `init` writes, the settings first.

    Args:
        templates: a folder with a list, `files.toml`, and the folders that it names.
    """
    settings = Starter(Path("okta-auditor.toml"), commented_config(), "settings, each explained")
    listed = tomllib.loads((templates / "files.toml").read_text(encoding="utf-8"))
    return [
        settings,
        *(
            Starter(Path(row["path"]) / file.name, file.read_text(encoding="utf-8"), row["about"])
            for row in listed.get("folder", ())
            for file in sorted((templates / row["template"]).iterdir())
            if file.is_file()
        ),
    ]
