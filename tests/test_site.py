"""The documentation site: built strictly, whole, and without anything from elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from actions import BIN

ROOT = Path(__file__).parents[1]
CONFIG = Path(".github/site/mkdocs.yml")

pytestmark = pytest.mark.slow


def build(root: Path, out: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "mkdocs", "build", "--config-file", root / CONFIG, "--site-dir", out],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT, out)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return out


class Links(HTMLParser):
    """What a page refers to, what it loads, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if identity := given.get("id"):
            self.anchors.add(identity)
        if tag == "a" and (target := given.get("href")):
            self.links.append(target)
        elif tag in {"script", "img", "link", "iframe"}:
            self.loaded += filter(None, [given.get("src") or given.get("href")])


def pages(site: Path) -> dict[Path, Links]:
    return {path: Links(path.read_text()) for path in site.rglob("*.html")}


def test_each_link_leads_to_a_page_and_an_anchor_that_are_there(site: Path) -> None:
    found = pages(site)
    assert len(found) > 100
    for page, content in found.items():
        if page.name == "404.html":
            continue
        for link in content.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = path / "index.html" if path.is_dir() else path
            assert target.exists(), (page, link)
            if parts.fragment and target in found:
                anchors = found[target].anchors
                assert unquote(parts.fragment) in anchors or parts.fragment == "__top", (page, link)


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    for page, content in pages(site).items():
        for target in content.loaded:
            assert not urlsplit(target).netloc, (page, target)
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert not re.search(r"url\(['\"]?(?:https?:)?//", styles)


def test_every_rule_is_in_the_navigation_and_found_by_its_name(site: Path) -> None:
    rules = {path.stem for path in (ROOT / "docs/rules").glob("OAM*.md")}
    listed = (site / "rules/index.html").read_text()
    index = json.loads((site / "search/search_index.json").read_text())["docs"]
    titles = {entry["title"].split()[0] for entry in index if entry["title"]}
    assert rules <= titles
    for rule in rules:
        assert f'href="{rule}/"' in listed


def test_names_of_tests_stay_in_the_repository(site: Path) -> None:
    page = (site / "security/index.html").read_text()
    assert "What is trusted" in page
    assert "tests/test_" not in page


def test_links_out_of_the_documentation_lead_home_if_one_is_known(tmp_path: Path) -> None:
    home = "https://code.example/owner/okta-auditor"

    done = build(ROOT, tmp_path, REPOSITORY_URL=home)

    assert done.returncode == 0, done.stderr
    page = (tmp_path / "ci/index.html").read_text()
    assert f'href="{home}/blob/HEAD/.github/actions/okta-auditor/action.yml"' in page


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout in which pages can be spoiled."""
    root = tmp_path / "checkout"
    for name in ("docs", ".github"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[x](nowhere.md)", "nowhere.md"),
        ("[x](evidence.md#no-such-heading)", "no-such-heading"),
        ("[x](../nowhere.txt)", "nowhere.txt"),
        ("![x](no-such-picture.png)", "no-such-picture.png"),
    ],
)
def test_a_link_to_nowhere_fails_the_build(
    added: str, said: str, copy: Path, tmp_path: Path
) -> None:
    with (copy / "docs/sandbox.md").open("a") as file:
        file.write(f"\n{added}\n")

    done = build(copy, tmp_path / "out")

    assert done.returncode == 1
    assert said in done.stderr
    assert "Aborted with 1 warnings in strict mode" in done.stdout


def test_a_page_that_is_not_in_the_navigation_fails_the_build(copy: Path, tmp_path: Path) -> None:
    (copy / "docs/forgotten.md").write_text("# Forgotten\n")

    done = build(copy, tmp_path / "out")

    assert done.returncode == 1
    assert "forgotten.md" in done.stderr
