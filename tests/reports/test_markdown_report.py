"""The Markdown report: what CommonMark makes of it, and GitHub's limits."""

from __future__ import annotations

from dataclasses import replace

import audits
import pytest
from audits import NAMES, audited, clean, hostile, rendered, snapshot_of, tenant
from markdown_it import MarkdownIt
from test_ci_reports import accepted, crowded

from auditor import AuditResult
from auditor.lint.result import Tenant

COMMENT = 65_536


def page(result: AuditResult) -> str:
    """The document as HTML, as CommonMark with tables has it."""
    return str(MarkdownIt("commonmark").enable("table").render(rendered("markdown", result)))


def test_the_gist_is_short_and_comes_first() -> None:
    command = "okta-auditor audit okta-audit/snapshot.json"
    result = replace(accepted(), reproduce=command)
    gist = rendered("markdown", result).partition("<details")[0]

    lines = [line for line in gist.splitlines() if line]
    assert len(lines) <= 10
    assert lines[0] == "<!-- okta-auditor:00o1 -->"
    assert lines[1] == (
        "### okta-auditor: 9 findings (8 high, 1 info) in \"Example\""
    )  # fmt: skip
    assert lines[2].startswith("**Not everything was checked: 2 of 8 rules could not be evaluated ")
    assert lines[3].startswith('- **HIGH** OAM101 server-with-name (and 7 more): Server "')
    assert "1 accepted" in lines[-2]
    assert lines[-1] == "Reproduce: `okta-auditor audit okta-audit/snapshot.json`"


def test_a_clean_audit_says_so() -> None:
    text = rendered("markdown", clean())

    assert "### okta-auditor: no findings in" in text
    assert "<details>" not in text


def test_every_table_is_one() -> None:
    result = accepted()
    html = page(result)

    assert html.count("<table>") == html.count("<details") == html.count("</details>") == 5
    rows = len(result.findings) + len(result.accepted) + len(result.notices)
    rows += len(result.crashed) + len(result.not_evaluated)
    causes = 2
    assert html.count("<tr>") == causes + rows + 5
    assert html.count("<td>") == 5 * causes + 4 * 9 + 3 * (rows - 9)


def test_causes_come_first_and_unfolded_with_what_okta_answers() -> None:
    text = rendered("markdown", hostile())
    tables = text.split("<details")[1:]

    assert tables[0].startswith(" open><summary>3 causes make 10 findings</summary>")
    assert tables[1].startswith("><summary>10 findings</summary>")
    first, second, _ = [line for line in tables[0].splitlines() if line.startswith("| ")][2:]
    assert first.startswith("| CRITICAL | 1 | The summary of servers-alike (OAM102 servers-a")
    assert 'Okta answers: access\\_denied, "It is &lt;script' in first
    assert "<br>System Log: " in first
    assert second.startswith("| HIGH | 8 |")
    assert second.endswith(' | authorization server "\ufffd\\[31mred\ufffd\\[0m" | risky |')


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](http://evil)", "[x](http:\u200b//evil)"),
        ("![x](y)", "![x](y)"),
        ("a | b", "a | b"),
        ("**bold** _it_ `code` ~~no~~", "**bold** _it_ `code` ~~no~~"),
        ("</details>", "&lt;/details&gt;"),
        ("&amp;", "&amp;amp;"),
        ("<!-- -->", "&lt;!-- --&gt;"),
        ("$x$ \\$", "$x$ \\$"),
        ("@octocat", "@\u200boctocat"),
        ("see #12 and gh-7", "see #\u200b12 and gh-\u200b7"),
        ("www.evil.example", "www\u200b.evil.example"),
        ("a:tada:read", "a:\u200btada:read"),
        ("payments:write", "payments:write"),
        ("one\n# two", "one\ufffd# two"),
    ],
)
def test_a_tenants_words_stay_words(name: str, shown: str) -> None:
    html = page(audited(snapshot_of(tenant(name)), NAMES))

    assert f"Server &quot;{shown}&quot; has a name." in html
    assert "<script" not in html
    assert "<a " not in html
    assert "<img" not in html


def test_code_spans_hold_any_text() -> None:
    result = audited(snapshot_of(tenant("Payments")), NAMES, file="a`b|``c/s.json")
    html = page(replace(result, reproduce="okta-auditor audit a`b|``c/s.json"))

    assert "<code>okta-auditor audit a`b|``c/s.json</code>" in html.replace("\\|", "|")
    assert html.count("<td>") == 4


@pytest.mark.parametrize("identity", ["a--b -->", "00o1", "x.okta.com"])
def test_the_marker_is_a_comment_whatever_the_tenant_is_called(identity: str) -> None:
    result = replace(clean(), tenant=Tenant(id=identity, name="Example", url="https://x.example"))

    marker = rendered("markdown", result).splitlines()[0]
    assert marker.startswith("<!-- okta-auditor:")
    assert marker.endswith(" -->")
    assert "--" not in marker[4:-3]


def test_it_fits_into_a_comment_and_says_what_does_not() -> None:
    text = rendered("markdown", crowded(2_000))

    assert 60_000 < len(text) <= COMMENT
    assert text.count("<details") == text.count("</details>") == 2
    rows = text.count("\n| HIGH | OAM")
    assert f"2,000 findings: {2_000 - rows:,} without a row" in text.splitlines()[-1]


def test_long_text_of_many_planes_fits_too() -> None:
    result = crowded(2)
    long = replace(result.findings[0], message="\U0001f512" * 40_000)

    text = rendered("markdown", replace(result, findings=(long,)))

    assert len(text.encode("utf-16-le")) // 2 <= COMMENT


def test_hostile_names_break_no_table() -> None:
    html = page(hostile())

    assert audits.SCRIPT not in html
    assert "OAM999" in html
    assert html.count("<table>") == 3
