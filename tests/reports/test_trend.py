"""The history in reports: its size, and the line that the HTML report draws."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import audits
import pytest
from browsers import grave_problems, launched
from test_html import Document

from auditor import AuditResult
from auditor.history import MOST_FINGERPRINTS, check_history, remember, run_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def with_runs(*numbers: int, incomplete: int | None = None) -> AuditResult:
    """The hostile audit with a run each night before it, so many findings each."""
    result = audits.hostile()
    this = run_of(result)
    runs = [
        replace(
            this,
            captured_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day),
            findings=number,
            complete=day != incomplete,
        )
        for day, number in enumerate(numbers)
    ]
    return replace(result, history=(*runs,))


def svg(result: AuditResult) -> ET.Element:
    text = audits.rendered("html", result)
    start = text.index('<svg class="sparkline"')
    return ET.fromstring(text[start : text.index("</svg>") + 6])


def test_the_line_rises_and_falls_with_the_findings() -> None:
    drawing = svg(with_runs(5, 10, 0))

    (line,) = drawing.iter("polyline")
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert points == [(5.0, 24.0), (120.0, 5.0), (235.0, 43.0)]
    assert drawing.attrib["aria-hidden"] == "true"
    assert all("style" not in element.attrib for element in drawing.iter())


def test_a_run_that_was_incomplete_is_a_hollow_point() -> None:
    kinds = [
        point.attrib["class"] for point in svg(with_runs(5, 9, 7, incomplete=1)).iter("circle")
    ]

    assert kinds == ["part", "whole"]


@pytest.mark.parametrize("numbers", [(0, 0), (3, 3), (1_000_000, 0)])
def test_the_line_stays_within_the_drawing(numbers: tuple[int, ...]) -> None:
    (line,) = svg(with_runs(*numbers)).iter("polyline")

    for point in line.attrib["points"].split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 240
        assert 0 <= y <= 48


def test_a_table_says_the_same() -> None:
    document = Document(audits.rendered("html", with_runs(5, 1_204, incomplete=0)))

    tables = [
        found for found in document.all("table") if "runs" in str(found.get("aria-label")).lower()
    ]
    assert len(tables) == 1
    assert "1,204" in document.text
    assert "2026-01-02 00:00:00" in document.text


def test_one_run_has_a_line_of_text_and_no_drawing() -> None:
    text = audits.rendered("html", with_runs(5))

    assert "This is the first run in the history." in text
    assert '<svg class="sparkline"' not in text
    assert "trend" not in audits.rendered("html", audits.hostile()).partition("<body>")[2]


@pytest.mark.parametrize("name", ["text", "markdown", "github", "html"])
def test_the_trend_is_in_what_people_read(name: str) -> None:
    said = " ".join(audits.rendered(name, with_runs(12, 9)).split())

    assert "12 → 9 findings over 2 runs since 2026-01-01." in said


def test_a_large_record_keeps_the_counts_only(tmp_path: Path) -> None:
    check_history(tmp_path)
    remember(audits.many(MOST_FINGERPRINTS + 1), tmp_path)

    (record,) = tmp_path.iterdir()
    kept = json.loads(record.read_text())
    assert kept["fingerprints"] is None
    assert kept["findings"] == MOST_FINGERPRINTS + 1
    assert record.stat().st_size < 2_000
    remember(audits.many(MOST_FINGERPRINTS), tmp_path)
    assert 100_000 < record.stat().st_size < 700_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_the_policy_lets_it_draw(
    browser: Browser, scheme: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(audits.rendered("html", with_runs(5, 12, 7, 9, incomplete=2)))
    page = browser.new_page(color_scheme=scheme, bypass_csp=False)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    page.locator(".trend summary").click()

    line = page.locator(".sparkline polyline")
    assert line.evaluate("node => getComputedStyle(node).fill") == "none"
    assert page.locator(".trend tbody tr").count() == 4
    assert said == []
    page.close()

    page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
    page.goto(file.as_uri())
    page.locator(".trend summary").click()
    assert grave_problems(page) == []
    page.context.close()
