"""What the site has besides the files of docs/: the README as its home, rules by area, links home.

MkDocs calls the functions by their names. Pages are the same files that people read in the
repository; only links that lead out of docs/ are turned, and the names of tests left out.
"""

from __future__ import annotations

import posixpath
import re
from itertools import groupby
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Files beside docs/ that are pages of the site, by their paths in the repository."""

AREAS = {
    "1": "Servers",
    "2": "Policies",
    "3": "Policy rules",
    "4": "Scopes and claims",
    "5": "Clients",
    "6": "Assignments and grants",
    "7": "Lifetimes and keys",
    "8": "Org settings and API tokens",
}
"""What the first digit of a rule's code means: CONTRIBUTING.md, "Add a rule"."""

_COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the rules' pages into the navigation."""
    pages = sorted(Path(config.docs_dir, "rules").glob("OAM*.md"))
    areas = [
        {AREAS[digit]: [f"rules/{page.name}" for page in group]}
        for digit, group in groupby(pages, key=lambda page: page.name[3])
    ]
    (rules,) = (entry["Rules"] for entry in config.nav or [] if "Rules" in entry)
    rules.extend(areas)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from beside docs/."""
    for name, page in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Files) -> str:
    """Leave out the names of tests, and turn the links that lead out of docs/."""
    here = next((at for at, to in OUTSIDE.items() if to == page.file.src_uri), None)
    folder = posixpath.dirname(here or f"docs/{page.file.src_uri}")
    own = posixpath.dirname(page.file.src_uri)

    def turned(link: re.Match[str]) -> str:
        path, sharp, anchor = link["target"].partition("#")
        if "://" in path or not path:
            return link[0]
        target = posixpath.normpath(posixpath.join(folder, path))
        within = OUTSIDE.get(target, target.removeprefix("docs/"))
        if target in OUTSIDE or target.startswith("docs/"):
            to = posixpath.relpath(within, own or ".")
            return f"{link['image']}[{link['text']}]({to}{sharp}{anchor})"
        if config.repo_url and not link["image"]:
            return f"[{link['text']}]({config.repo_url}/blob/HEAD/{target}{sharp}{anchor})"
        return link["text"] if (ROOT / target).exists() else link[0]

    return "".join(
        part if code else _LINK.sub(turned, _COMMENT.sub("", part))
        for code, part in _parts(markdown)
    )


def _parts(markdown: str) -> list[tuple[bool, str]]:
    """Fenced code, with True, and what is around it."""
    parts = re.split(r"(?ms)(^```.*?^```$)", markdown)
    return [(number % 2 == 1, part) for number, part in enumerate(parts)]
