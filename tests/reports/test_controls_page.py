"""Controls in the HTML report and on a page of their own: never more than was evaluated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import audits
import pytest
from browsers import grave_problems, launched
from helpers import okta_auditor, snapshot_file, tenant
from test_html import Document

from auditor.controls import builtin_frameworks

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OWN = """
id: acme
title: "Acme </script><script>alert(1)</script> ::error::x"
version: "1"
source: "javascript:alert(1)"
controls:
  - id: A-1
    title: 'Keys <b>&"'
    direct:
      OAM101: "Because \u202e<i>."
beyond: ["What people <do>."]
"""
ROW = re.compile(
    r"<th role=\"rowheader\" scope=\"row\"><b>(.*?)</b>.*?<b class=\"status-word\">(.*?)</b>",
    re.DOTALL,
)


@pytest.fixture(params=["whole", "without apps", "few rules"])
def audited(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """A snapshot and the options of an audit of it."""
    unread = ("apps", "app_groups", "app_users") if request.param == "without apps" else ()
    options = ("--select", "OAM3", "--select", "OAM5") if request.param == "few rules" else ()
    return snapshot_file(tmp_path, tenant(), unread=unread), options


def pages(snapshot: Path, *options: object) -> dict[str, str]:
    folder = snapshot.parent
    files = {name: folder / f"{name}.out" for name in ("html", "controls", "json")}
    outputs = [word for name, path in files.items() for word in ("-O", f"{name}={path}")]
    done = okta_auditor("audit", snapshot, *outputs, *options)
    assert done.exit_code in {0, 1, 3}, done.shown
    return {name: path.read_text() for name, path in files.items()}


def test_statuses_are_those_that_controls_finds(audited: tuple[Path, tuple[str, ...]]) -> None:
    snapshot, options = audited
    made = pages(snapshot, "--no-config", *options)

    results = snapshot.parent / "json.out"
    coverage = json.loads(okta_auditor("controls", results, "--format", "json").stdout)
    expected = [
        (control["id"], control["status"].capitalize())
        for framework in coverage["frameworks"]
        for control in framework["controls"]
    ]
    assert ROW.findall(made["controls"]) == expected
    assert ROW.findall(made["html"]) == expected


def test_what_was_not_evaluated_is_never_satisfied(audited: tuple[Path, tuple[str, ...]]) -> None:
    snapshot, options = audited
    made = pages(snapshot, "--no-config", *options)
    results = json.loads(made["json"])
    without = {item["code"] for item in results["not_evaluated"]}
    without |= {code for item in results["deselected"] for code in item["codes"]}
    coverage = okta_auditor("controls", snapshot.parent / "json.out", "--format", "json").stdout
    direct = {
        (framework["id"], control["id"]): {
            rule["rule"] for rule in control["rules"] if rule["strength"] == "direct"
        }
        for framework in json.loads(coverage)["frameworks"]
        for control in framework["controls"]
    }
    statuses = [status for _, status in ROW.findall(made["controls"])]
    for (place, codes), status in zip(direct.items(), statuses, strict=True):
        assert not (status == "Satisfied" and codes & without), place
        assert not (status == "Satisfied" and not codes), place
    assert ("Not evaluated" in statuses) is bool(without)
    for code in without:
        assert code in made["controls"]
    assert ("Nothing: every rule was evaluated." in made["controls"]) is not without


def test_saved_results_make_the_same_pages_with_frameworks_of_one_s_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "okta-auditor.toml").write_text('frameworks = ["own.yaml"]')
    made = pages(snapshot_file(tmp_path, tenant()), "--config", tmp_path / "okta-auditor.toml")

    assert ("A-1", "Satisfied") in ROW.findall(made["html"])
    for name in ("html", "controls"):
        again = tmp_path / f"{name}.again"
        okta_auditor("report", tmp_path / "json.out", "-O", f"{name}={again}", "--snapshot",
                     tmp_path / "example.json")  # fmt: skip
        assert again.read_text() == made[name]
        assert "<script>alert" not in made[name]
        assert 'href="javascript' not in made[name]
        assert "\n::error" not in made[name]
        assert "\u202e" not in made[name]


@pytest.mark.parametrize("make", [audits.hostile, audits.accepted, audits.clean])
def test_the_page_is_whole_and_inert(make: Any) -> None:
    text = audits.rendered("controls", make())

    assert text == audits.rendered("controls", make())
    document = Document(text)
    assert not document.all("script")
    assert not document.all("a")
    assert {tag for tag, _ in document.elements} <= {
        *("html", "head", "meta", "title", "link", "style", "body", "header", "main", "section"),
        *("h1", "h2", "h3", "h4", "p", "dl", "dt", "dd", "div", "span", "b", "br", "code", "pre"),
        *("table", "thead", "tbody", "tr", "th", "td", "ul", "li", "details", "summary", "time"),
        *("footer", "bdi", "strong"),
    }
    assert not {"\x1b", "\u202e", "\x00"} & set(text)


def test_an_incomplete_audit_says_so_first() -> None:
    text = Document(audits.rendered("controls", audits.hostile())).text
    warned = text.index("Could not check is never satisfied.")

    assert warned < text.index("NIST SP 800-53")
    assert "crashed" in text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["controls", "html"])
def test_it_fits_every_width_and_requests_nothing(
    browser: Browser, tmp_path: Path, width: int, name: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text(audits.rendered(name, audits.accepted()), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [text for text in complaints if not text.startswith((file.as_uri(), "data:,"))] == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_serious(
    browser: Browser, tmp_path: Path, scheme: Any, width: int
) -> None:
    # Each framework is as the other ones, and axe-core takes its time for every cell.
    few = replace(audits.accepted(), frameworks=(builtin_frameworks()[-1],))
    file = tmp_path / "page.html"
    file.write_text(audits.rendered("controls", few), "utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")

    assert grave_problems(page) == []
    context.close()
