"""Each promise of the documentation names the tests that hold it, and they exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTHING = "<!-- promises nothing -->"
_TESTS = re.compile(r"<!-- tests: ([^>]*?) -->")
_ITEM = re.compile(r"(?m)^(?=- )")


def section(page: str, heading: str) -> str:
    """What stands beneath a heading of a page."""
    text = (ROOT / page).read_text()
    found = re.search(rf"(?ms)^{re.escape(heading)}\n(.*?)(?=^#|\Z)", text)
    assert found, (page, heading)
    return found[1]


def blocks(text: str) -> list[str]:
    """Paragraphs, items of lists and rows of tables, without headings and examples."""
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    found = []
    for part in re.split(r"\n\s*\n", text):
        if part.startswith("|"):
            found += [row for row in part.splitlines()[2:] if row.startswith("|")]
        elif part.strip() and not part.startswith(("#", "    ")):
            found += [item for item in _ITEM.split(part) if item.strip()]
    return found


def readme_promises() -> list[str]:
    """The promises of the README: what is never kept, exit codes, and what "clean" means."""
    commands = section("README.md", "## Commands")
    codes = [row for row in blocks(commands) if re.match(r"\| \d", row)]
    clean = [part for part in blocks(commands) if part.startswith('"Could not check"')]
    assert (len(codes), len(clean)) == (5, 1)
    return [*codes, *clean, *blocks(section("README.md", "## What is never read or kept"))]


def security_promises() -> list[str]:
    text = (ROOT / "docs" / "security.md").read_text()
    lists = (part for part in blocks(text) if not part.startswith("can "))  # ends its heading
    return list(lists)


def trouble_promises() -> list[str]:
    return blocks((ROOT / "docs" / "troubleshooting.md").read_text())


def ci_promises() -> list[str]:
    text = section("docs/ci.md", "## What a pull request can and cannot do")
    return [block for block in blocks(text) if block.startswith("- ")]


PAGES = {
    "docs/ci.md": ci_promises,
    "README.md": readme_promises,
    "docs/security.md": security_promises,
    "docs/troubleshooting.md": trouble_promises,
}


@cache
def functions_of(path: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = (node.name for node in tree.body if isinstance(node, functions))
    return frozenset(name for name in names if name.startswith("test_"))


def named_tests(block: str) -> list[str]:
    return [test.strip() for names in _TESTS.findall(block) for test in names.split(",")]


@pytest.mark.parametrize("page", PAGES)
def test_no_promise_lacks_a_test(page: str) -> None:
    promises = PAGES[page]()
    assert promises
    bare = [block for block in promises if not named_tests(block) and NOTHING not in block]
    assert bare == []


@pytest.mark.parametrize("page", PAGES)
def test_each_promise_names_tests_that_exist(page: str) -> None:
    for test in named_tests((ROOT / page).read_text()):
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert name in functions_of(path), test


def test_a_promise_without_a_test_is_noticed() -> None:
    text = "# Title\n\nFirst. <!-- tests: a::b, c::d -->\n\n- One.\n- Two.\n\n| a |\n|---|\n| x |\n"

    first, one, two, row = blocks(text)

    assert named_tests(first) == ["a::b", "c::d"]
    assert [named_tests(block) for block in (one, two, row)] == [[], [], []]
