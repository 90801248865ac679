"""`report` and `--template`, through the real command line."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant, write_document

from auditor.plugins import load_reports
from auditor.sandbox.northwind import northwind

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "custom-reports.md").read_text()


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    document = tenant()
    document["/api/v1/authorizationServers"][0]["name"] = "<b>Bill\x1b[31m\ning</b> [x](http://e)"
    policy = document["/api/v1/authorizationServers/aus1/policies"][0]
    policy["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    rule = document["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    rule["actions"]["token"]["accessTokenLifetimeMinutes"] = 1440
    return snapshot_file(tmp_path, document, unread=("groups",))


@pytest.fixture
def results(snapshot: Path) -> Path:
    path = snapshot.with_name("results.json")
    okta_auditor("audit", snapshot, "--no-config", "-O", f"json={path}")
    return path


def template(folder: Path, text: str, name: str = "mine.txt.j2") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("of", ["small", "demo"])
def test_every_format_comes_out_as_the_audit_writes_it(
    of: str, snapshot: Path, tmp_path: Path
) -> None:
    if of == "demo":
        snapshot = snapshot_file(tmp_path, northwind(datetime(2026, 11, 1, tzinfo=UTC)))
    formats = sorted(load_reports())
    call = [word for name in formats for word in ("-O", f"{name}={tmp_path / name}.1")]
    okta_auditor("audit", snapshot, "--no-config", "--history", tmp_path / "history", *call)

    call = [word for name in formats for word in ("-O", f"{name}={tmp_path / name}.2")]
    outcome = okta_auditor("report", tmp_path / "json.1", *call)

    assert outcome.exit_code == 0
    assert outcome.stderr.splitlines() == [f"{tmp_path / name}.2 written" for name in formats]
    page = (tmp_path / "html.2").read_text()
    assert "What clients can obtain is not shown" in page  # that needs the snapshot
    formats.remove("html")
    for name in formats:
        first, second = ((tmp_path / f"{name}.{n}").read_bytes() for n in (1, 2))
        assert first == second, name


def test_with_the_snapshot_the_html_is_as_the_audit_writes_it_too(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, northwind(datetime(2026, 11, 1, tzinfo=UTC)))
    config = tmp_path / "okta-auditor.toml"
    for number, options in enumerate(("", '[options.ALL]\nprivileged_scopes = ["*read*"]\n')):
        config.write_text(options)
        results, pages = tmp_path / "results", [tmp_path / f"{number}{n}.html" for n in (1, 2)]
        call = ["-O", f"json={results}", "-O", f"html={pages[0]}"]
        okta_auditor("audit", path, "--config", config, *call)

        outcome = okta_auditor("report", results, "--snapshot", path, "-O", f"html={pages[1]}")

        assert outcome.exit_code == 0
        assert pages[0].read_bytes() == pages[1].read_bytes()
        assert 'id="access"' in pages[1].read_text()
    # What is sensitive is a matter of options, and both pages say so by these.
    assert (tmp_path / "02.html").read_bytes() != (tmp_path / "12.html").read_bytes()


@pytest.mark.parametrize(
    ("keys", "to", "part"),
    [
        (["capture", "org_url"], "https://other.okta.com", "org"),
        (["capture", "finished_at"], "2026-01-01T00:00:01Z", "time of capture"),
        (["capture", "requests"], 77, "header"),
        (["ledger", 0, "pages"], 77, "coverage"),
    ],
)
def test_another_snapshot_is_refused(
    keys: list[str | int], to: str | int, part: str, snapshot: Path, results: Path
) -> None:
    document = json.loads(snapshot.read_text())
    place = document
    for key in keys[:-1]:
        place = place[key]
    assert place.get(keys[-1]) != to
    place[keys[-1]] = to
    other = snapshot.with_name("other.json")
    write_document(other, document)

    outcome = okta_auditor("report", results, "--snapshot", other)

    assert outcome.exit_code == 2
    assert not outcome.stdout
    assert f"its {part} is another" in outcome.stderr


def test_a_snapshot_that_is_none_is_refused(results: Path) -> None:
    outcome = okta_auditor("report", results, "--snapshot", results)

    assert outcome.exit_code != 0
    assert not outcome.stdout
    assert "is not a usable snapshot" in outcome.stderr


def test_without_a_format_it_is_the_text(snapshot: Path, results: Path) -> None:
    audited = okta_auditor("audit", snapshot, "--no-config")

    again = okta_auditor("report", results)

    assert audited.exit_code == 3  # groups were not read
    assert (again.exit_code, again.stdout) == (0, audited.stdout)
    assert "Not everything was checked" in again.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no file"),
        ("", "it is empty"),
        ('{"schema": "okta-auditor/results/1"', "not valid JSON, or cut off (line 1"),
        ('{"format": "okta-auditor-snapshot"}', 'does not say "schema"'),
        ('{"schema": "okta-auditor/results/9"}', "schema: its version is 9"),
        ('{"schema": "okta-auditor/results/1"}', "tool: Field required"),
    ],
)
def test_other_files_are_refused_with_a_remedy(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "r.json"
    if text is not None:
        path.write_text(text)

    outcome = okta_auditor("report", path)

    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert f"{path}" in outcome.stderr.splitlines()[0]
    assert said in outcome.stderr
    assert "--format json=FILE" in outcome.stderr


def test_the_template_of_the_guide_renders(snapshot: Path, results: Path) -> None:
    example = re.search(r"```jinja\n(.*?)```", GUIDE, re.DOTALL)
    assert example
    path = template(snapshot.parent, example[1], "summary.md.j2")

    outcome = okta_auditor("report", results, "--template", path)

    saved = json.loads(results.read_text())
    worst = [item for item in saved["findings"] if item["severity"] in {"critical", "high"}]
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith(f"# Acme, read {saved['captured_at']}\n")
    assert outcome.stdout.count("\n## OAM") == len(worst)
    assert "Not everything could be checked: " in outcome.stdout
    audited = okta_auditor("audit", snapshot, "--no-config", "--template", path)
    assert (audited.exit_code, audited.stdout) == (3, outcome.stdout)


def test_the_guide_names_every_variable(results: Path) -> None:
    for name in json.loads(results.read_text()):
        assert f"`{name}`" in GUIDE, name


def test_names_are_harmless_in_text_and_escaped_in_markup(results: Path) -> None:
    text = "{% for f in findings if f.server %}{{ f.server.name }}|{% endfor %}"
    plain = template(results.parent, text)
    page = template(results.parent, text, "mine.HTML")

    outcome = okta_auditor(
        "report", results, "--template", plain, "--template", f"{page}={results}.html"
    )
    markup = okta_auditor("report", results, "--template", page)

    assert outcome.stdout.startswith("<b>Bill\ufffd[31m\ufffding</b> [x](http://e)|")
    assert markup.stdout.startswith("&lt;b&gt;Bill\ufffd[31m\ufffding&lt;/b&gt; ")
    lines = template(results.parent, text.replace("name }}", "name|lines }}"))
    assert okta_auditor("report", results, "--template", lines).stdout.startswith(
        "<b>Bill\ufffd[31m\ning</b>"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{% if %}", "line 2: Expected an expression"),
        ("a\n{{ nothing }}", "line 2: 'nothing' is undefined"),
        ("a\n\n{{ tenant.nothing }}", "line 3: 'dict object' has no attribute 'nothing'"),
        ("{{ tenant.__class__.__mro__ }}", "line 1: access to attribute '__class__'"),
        ("{{ findings.append(1) }}", "line 1: access to attribute 'append'"),
        ("{{ 'a' * 10000000000 }}", "line 1: * takes numbers only"),
        ("{{ 10 ** 10 ** 10 }}", "line 1: ** is not available"),
        ("{{ 1 // 0 }}", "line 1: ZeroDivisionError"),
        ("{{ range(1000000000) }}", "line 1: OverflowError"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "line 1: RecursionError"),
        ("{% include '/etc/passwd' %}", "line 1: '/etc/passwd' is outside"),
        ("{% include '../r/../../etc/passwd' %}", "is outside the template's folder"),
        ("{% include 'link' %}", "line 1: 'link' is outside the template's folder"),
        ("{% include 'not-there' %}", "not-there cannot be read: No such file"),
        ("{% include 'part' %}", "part, line 2: 'wrong' is undefined"),
        ("{{ findings|random }}", "line 1: No filter named 'random'"),
        ("{% for a in range(90000) %}{{ a }}{{ '%9000d'|format(a) }}{% endfor %}", "characters"),
    ],
)
def test_a_template_that_fails_is_named_with_its_line(results: Path, text: str, said: str) -> None:
    folder = results.parent / "r"
    folder.mkdir()
    (folder / "link").symlink_to(results)
    (folder / "part").write_text("\n{{ wrong }}")
    path = template(folder, text)

    outcome = okta_auditor("report", results, "--template", path)

    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith(f"error: The template {folder}")
    assert said in outcome.stderr
    assert "okta-auditor schema results" in outcome.stderr


def test_a_template_without_end_is_ended(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.custom_report.MOST_SECONDS", 0.2)
    loop = "{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}"
    path = template(results.parent, "{% set r = range(90000) %}" + loop)

    outcome = okta_auditor("report", results, "--template", path)

    assert outcome.exit_code == 2
    assert "it took more than 0.2 seconds" in outcome.stderr


GREEDY = {
    "wide": "{{ 'x'|center(3000000000) }}",
    "batch": "{{ ['x']|batch(3000000000, 'x')|list }}",
    "long loop": "{% for a in 'x'|center(900000000) %}{% endfor %}",
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "brackets": "{{ " + "[" * 100_000 + " }}",
    "ifs": "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "loops": "{% for a in [1] %}" * 60 + "{% endfor %}" * 60,
    "minus": "{{ " + "-" * 90_000 + "1 }}",
    "sum": "{{ " + "1 + " * 90_000 + "1 }}",
    "joined": "{{ 'x' ~ " + "'x' ~ " * 90_000 + "'x' }}",
    "doubling": "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x ~ x ~ x %}" * 40,
    "product": "{{ ('a' * 10**9) }}",
    "replace": "{{ 9|string|replace('9', '9' |center(90000))|replace(' ', ' '|center(90000)) }}",
    "itself": "{% include 't.md.j2' %}",
}


@pytest.mark.parametrize("kind", GREEDY)
def test_neither_compiling_nor_rendering_takes_all_there_is(
    results: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("auditor.custom_report.MOST_SECONDS", 2)
    monkeypatch.setattr("auditor.custom_report.MOST_COMPILE_SECONDS", 1)
    monkeypatch.setattr("auditor.custom_report.MOST_BYTES", 300_000_000)
    path = template(results.parent, GREEDY[kind], "t.md.j2")

    outcome = okta_auditor("report", results, "--template", path)

    assert outcome.exit_code in {0, 2}
    assert not outcome.exit_code or outcome.stderr.startswith("error: The template ")
    assert "bug" not in outcome.stderr


def test_a_template_that_is_not_there_is_named_before_anything_is_read(tmp_path: Path) -> None:
    outcome = okta_auditor("audit", tmp_path / "none.json", "--template", tmp_path / "t.j2")

    assert outcome.exit_code == 2
    assert f"{tmp_path / 't.j2'} cannot be read: No such file" in outcome.stderr


def test_a_template_and_a_format_want_different_places(results: Path) -> None:
    path = template(results.parent, "x")

    outcome = okta_auditor("report", results, "-O", "text", "--template", path)

    assert outcome.exit_code == 2
    assert "Two reports would go to standard output." in outcome.stderr


def test_accepted_findings_are_listed_as_asked(snapshot: Path, results: Path) -> None:
    okta_auditor("baseline", snapshot, "--allow-incomplete", "-o", snapshot.with_name("b.json"))
    call = ("audit", snapshot, "--no-config", "--baseline", snapshot.with_name("b.json"))
    okta_auditor(*call, "-O", f"json={results}")
    counted, listed = (okta_auditor(*call, *more, "-O", "sarif").stdout
                       for more in ((), ("--show-suppressed",)))  # fmt: skip

    assert counted != listed
    assert okta_auditor("report", results, "-O", "sarif").stdout == counted
    shown = okta_auditor("report", results, "-O", "sarif", "--show-suppressed")
    assert shown.stdout == listed
