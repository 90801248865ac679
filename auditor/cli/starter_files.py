"""The files that `init` writes: settings, pipelines, and what git is to leave alone."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from auditor.config.commented import commented_config

TEMPLATES = Path(__file__).parents[1] / "templates"
SYSTEMS = ("github", "gitlab")
"""CI systems that there are pipelines for."""

_INSTALL = '"@INSTALL@"'
_TERRAFORM = '"@TERRAFORM@"'


@dataclass(frozen=True)
class Starter:
    """A file to write."""

    path: Path
    content: str
    about: str


def starters(
    system: str, requirement: str, templates: Path = TEMPLATES, terraform: str | None = None
) -> list[Starter]:
    """The files, the settings first.

    Args:
        system: one of `SYSTEMS`.
        requirement: what pip installs in the pipelines, without line breaks.
        templates: a folder with a list, `files.toml`, and the folders that it names.
        terraform: the folder of the root module whose plans are to be checked, in the repository;
            None if none is.
    """
    settings = Starter(Path("okta-auditor.toml"), commented_config(), "settings, each explained")
    listed = tomllib.loads((templates / "files.toml").read_text(encoding="utf-8"))
    return [
        settings,
        *(
            Starter(
                Path(row["path"]) / file.name,
                # A text in quotes means the same in JSON and in YAML.
                file.read_text(encoding="utf-8")
                .replace(_INSTALL, json.dumps(requirement))
                .replace(_TERRAFORM, json.dumps(terraform)),
                row["about"],
            )
            for row in listed.get("folder", ())
            if system in row.get("ci", SYSTEMS)
            and (terraform is not None or not row.get("terraform", False))
            for file in sorted((templates / row["template"]).iterdir())
            if file.is_file()
        ),
        *([_gitlab(terraform is not None)] if system == "gitlab" else []),
    ]


GITLAB = Path(".gitlab-ci.yml")
"""What GitLab begins with."""


def included(content: str) -> list[str]:
    """The lines of a file for GitLab that include another file."""
    return [line.strip() for line in content.splitlines() if line.startswith("  - local: ")]


def _gitlab(terraform: bool) -> Starter:  # noqa: FBT001 - of one caller
    names = ("okta-auditor.yml", *(["okta-auditor-terraform.yml"] if terraform else []))
    content = "".join(["include:\n", *(f"  - local: .gitlab/{name}\n" for name in names)])
    return Starter(GITLAB, content, "what includes the pipelines")


def ignored_lines(templates: Path = TEMPLATES) -> list[str]:
    """The lines of a `.gitignore` for what holds names, logins or keys."""
    return (templates / "repository" / "gitignore").read_text(encoding="utf-8").splitlines()


def with_lines(text: str, lines: list[str]) -> str:
    """A text of lines, with those that it lacks added at its end."""
    missing = [line for line in lines if line not in text.splitlines()]
    if not [line for line in missing if not line.startswith("#")]:
        return text
    end = "" if not text or text.endswith("\n") else "\n"
    return "".join([text, end, *(f"{line}\n" for line in missing)])
