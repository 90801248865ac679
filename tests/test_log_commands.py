"""Whatever a tenant, a file or a path is called: no CI system finds a command in any output."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from helpers import SERVERS, okta_auditor, served, tenant
from log_readers import commands, github_commands, lines

from auditor.cli import main
from auditor.log_commands import (
    json_without_commands,
    keeping_commands,
    markup_without_commands,
    without_commands,
)
from auditor.plugins import load_reports
from auditor.text import escaped, one_line

GITHUB = (
    *("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-path"),
    *("stop-commands", "set-output name=x", "set-env name=PATH", "save-state name=x", "echo"),
    *("add-matcher", "remove-matcher owner=x", "error file=a.py,line=1", "ERROR"),
)
OTHERS = (
    "##vso[task.setvariable variable=x;isOutput=true]y",
    "##vso[task.complete result=Failed;]done",
    "##vso[task.setsecret]y",
    "##VSO[task.logissue type=error]y",
    "##teamcity[buildStatus status='FAILURE']",
    "##teamcity[setParameter name='x' value='y']",
    "section_start:1560896352:forged\r\x1b[0KForged",
    "section_end:1560896353:step_script\r\x1b[0K",
    "section_start:1560896352:forged[collapsed=true]",
)
BEFORE = (
    *("", " ", "\t", "\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\u00a0", "\u3000", "\u200b"),
    *("\x1b[0m", ":", "#", "x ", "\u3164", "\ufeff", "%0A", "a\n"),
)
WITHIN = tuple(
    command
    for gap in ("\u00ad", "\u034f", "\u200d", "\ufe0f", "\U000e0041", "\ufffd")
    for command in (f":{gap}:error::x", f"#{gap}#[error]x", f"##{gap}vso[task.complete]x")
)
COMMANDS = (
    *(f"::{command}::FORGED" for command in GITHUB),
    *(f"##[{command}]FORGED" for command in GITHUB),
    *OTHERS,
)
PAYLOADS = tuple(
    dict.fromkeys(
        [
            *COMMANDS,
            *(f"{before}::error::FORGED" for before in BEFORE),
            *(f"{before}##[error]FORGED" for before in BEFORE),
            *(f"{'w' * length} ::warning::FORGED" for length in (20, 50, 75)),
            *WITHIN,
        ]
    )
)
OURS = re.compile(
    r"::(?:error|warning|notice) (?:file=[^:]*,)?(?:line=\d+,)?(?:endLine=\d+,)?title="
)


def check(text: str, *, ours: bool = False) -> None:
    """Fail if the text holds a command that is not one of ours, or a line from elsewhere."""
    if ours:
        for command in github_commands(text):
            assert command[0] in {"error", "warning", "notice"}, command
        for line in lines(text):
            assert line.startswith("::") == (OURS.match(line) is not None), line
        # What stands behind our own beginning is obeyed by nobody.
        text = re.sub("(?m)^::(?:error|warning|notice) ", "", text)
    assert commands(text) == []
    assert [line for line in lines(text) if line.lstrip().startswith("FORGED")] == []


def test_there_are_enough_payloads_and_the_readers_obey_each_of_their_commands() -> None:
    assert len(PAYLOADS) >= 100
    for command in COMMANDS:
        assert commands(command), command


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_broken_once_and_stays_readable(payload: str) -> None:
    line = without_commands(one_line(payload))

    check(line)
    assert without_commands(line) == line
    assert line.replace(" ", "") == one_line(payload).replace(" ", "")
    document = json.dumps({payload: payload}, ensure_ascii=False)
    check(escaped(document))
    assert json.loads(escaped(document)) == {payload: payload}
    check(keeping_commands(f"::error title=a::{one_line(payload)}"), ours=True)


@pytest.mark.parametrize(
    "text",
    [
        "https://[::1]/callback",
        "fe80::1/64 and 2001:db8::abcd",
        "## [1.0] and #channel",
        "a: b",
        "12:30:00",
        "x section_start y",
    ],
)
def test_what_is_no_command_stays_as_it_is(text: str) -> None:
    assert without_commands(text) == text
    assert json_without_commands(text) == text


def test_style_sheets_keep_their_pseudo_elements() -> None:
    css = "summary::before, li::after { content: none }\n::selection { color: red }\n"
    assert markup_without_commands(css) == css
    check(markup_without_commands(f"{css}::error::x\n##[error]x\n<p>##vso[task.complete]x"))


class Words:
    """Gives out the payloads one after the other, so that each is somewhere."""

    def __init__(self) -> None:
        self._payloads = cycle(PAYLOADS)

    def __call__(self) -> str:
        return next(self._payloads)


def hostile_tenant() -> dict[str, Any]:
    """The small tenant with a payload in every text that is not an id or a choice of Okta's."""
    word = Words()
    document = tenant()
    document["/api/v1/org"] |= {"companyName": word(), "subdomain": word()}
    servers, policies, rules, scopes, claims = [], {}, {}, {}, {}
    for number in range(12):
        server = f"aus{number}"
        servers.append(
            {
                "id": server,
                "name": word(),
                "description": word(),
                "status": "ACTIVE",
                "audiences": [word()],
                "issuer": f"https://x/{word()}",
                "credentials": {"signing": {"rotationMode": "MANUAL", "lastRotated": word()}},
            }
        )
        policies[f"{SERVERS}/{server}/policies"] = [
            {
                "id": f"00p{number}",
                "name": word(),
                "description": word(),
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["ALL_CLIENTS", word()]}},
            }
        ]
        rule = json.loads(json.dumps(document[f"{SERVERS}/aus1/policies/00p1/rules"][0]))
        rule |= {"id": f"0pr{number}", "name": word()}
        rule["conditions"]["scopes"]["include"] = ["*", word(), word()]
        rule["conditions"]["people"]["groups"]["include"] = ["EVERYONE", word()]
        rule["actions"]["token"]["accessTokenLifetimeMinutes"] = 1440
        rules[f"{SERVERS}/{server}/policies/00p{number}/rules"] = [rule]
        scopes[f"{SERVERS}/{server}/scopes"] = [
            {"id": "scp1", "name": word(), "description": word(), "displayName": word()},
            {"id": "scp2", "name": f"admin {word()}", "metadataPublish": "ALL_CLIENTS"},
        ]
        claims[f"{SERVERS}/{server}/claims"] = [
            {
                "id": "ocl1",
                "name": word(),
                "value": word(),
                "status": "ACTIVE",
                "claimType": "RESOURCE",
                "valueType": "GROUPS",
                "group_filter_type": "REGEX",
                "conditions": {"scopes": [word()]},
            }
        ]
    document |= {SERVERS: servers} | policies | rules | scopes | claims
    del document[f"{SERVERS}/aus1/policies/00p1/rules"]
    app = document["/api/v1/apps"][0]
    apps = []
    for number in range(12):
        copy = json.loads(json.dumps(app))
        copy |= {"id": f"0oa{number}", "label": word()}
        copy["credentials"]["oauthClient"]["client_id"] = f"0oa{number}"
        copy["settings"]["oauthClient"] |= {
            "redirect_uris": [f"http://x/{word()}", word()],
            "grant_types": ["authorization_code", "implicit", word()],
            "initiate_login_uri": word(),
        }
        apps.append(copy)
    document["/api/v1/apps"] = apps
    document["/api/v1/groups"] = [
        {"id": f"00g{number}", "type": "OKTA_GROUP", "profile": {"name": payload}}
        for number, payload in enumerate(PAYLOADS)
    ]
    document["/api/v1/users"][0]["profile"] = {"login": word(), "mobilePhone": "1"}
    document["/api/v1/groups/00g1/users"] = document["/api/v1/users"]
    document["/api/v1/zones"] = [{"id": "nzo1", "name": word(), "status": "ACTIVE"}]
    document["/api/v1/trustedOrigins"] = [
        {"id": "tos1", "name": word(), "origin": f"http://{word()}", "status": "ACTIVE"}
    ]
    return document


DEBUG = {"OKTA_AUDITOR_DEBUG": "1"}
FOLDER = "##[error]x ::warning::y"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a name to be wary of, and in it a snapshot and files of every kind."""
    path = tmp_path_factory.mktemp("walk") / FOLDER
    path.mkdir()
    with served(hostile_tenant()) as sandbox:
        outcome = okta_auditor("snapshot", "-v", "-o", path / "snapshot.json", url=sandbox.url)
    check(outcome.stdout)
    check(outcome.stderr)
    check((path / "snapshot.json").read_text())
    okta_auditor("audit", path / "snapshot.json", "-O", f"json={path / 'results.json'}")
    (path / "rules").mkdir()
    (path / "rules" / "named_badly.py").write_text(_RULE)
    (path / "framework.yaml").write_text(_FRAMEWORK)
    (path / "started").mkdir()
    expected = {"server": "aus1", "client": "0oa1", "grant": "authorization_code", "user": "00u1"}
    (path / "expectations.yaml").write_text(
        json.dumps(
            [
                {"name": payload, **expected, "scopes": [payload], "expect": "minted"}
                for payload in COMMANDS[::3]
            ]
        )
    )
    (path / "t.txt.j2").write_text(_TEMPLATE)
    for suffix in ("md", "html", "xml"):
        (path / f"t.{suffix}.j2").write_text((path / "t.txt.j2").read_text())
    (path / "suppressions.toml").write_text(
        "".join(
            f'[[suppression]]\nrule = "OAM101"\ntarget = {json.dumps(p)}\n'
            f"reason = {json.dumps(p)}\n"
            f"owner = {json.dumps(p)}\nticket = {json.dumps(p)}\nexpires = 2026-12-01\n"
            for p in ("::error::x", "##vso[task.complete]x", "section_start:1:x")
        )
    )
    return path


_RULE = '''"""::error::A title with ##[error]commands ##vso[task.complete]x.

##[error]Why it matters.

Fix: ::warning::nothing.

Flagged:

    {"/api/v1/groups": [{"id": "g"}]}

Accepted:

    {"/api/v1/groups": []}
"""
from auditor import Finding, Impact, Severity, rule


@rule("TST001", severity=Severity.HIGH, impact=Impact.DEAD, reads=["groups"])
def check(org):
    for group in org.groups:
        yield Finding(group, group.title)
        raise ValueError("\\n::error::" + group.title)
'''
_TEMPLATE = """::error::literal
{% for finding in findings %}{{ finding.message }}
{{ finding.object.name }}
{% endfor %}##[error]{{ tenant }}
"""
_FRAMEWORK = """
id: own
title: "::error::x"
version: "##[error]1"
source: "##vso[task.complete]x"
beyond: ["::warning::x"]
controls:
  - id: "::error::c"
    title: "##[error]title"
    direct: {OAM201: "::error::why ##teamcity[x]"}
"""


def _every_format(command: str, file: str, *more: str) -> Iterator[tuple[str, ...]]:
    for name in load_reports():
        yield command, f"{{}}/{file}", "-O", name, *more


CALLS: tuple[tuple[str, ...], ...] = (
    *_every_format("audit", "snapshot.json", "--no-config", "--statistics"),
    *_every_format("audit", "snapshot.json", "--rules", "{}/rules", "--suppressions",
                   "{}/suppressions.toml", "--select", "TST,OAM1", "--as-of", "2026-11-01"),
    *_every_format("report", "results.json", "--snapshot", "{}/snapshot.json"),
    *(("audit", "{}/snapshot.json", "--template", f"{{}}/t.{suffix}.j2")
      for suffix in ("txt", "md", "html", "xml")),
    *(("access", "{}/snapshot.json", "--format", form) for form in ("table", "json", "csv")),
    *(("diff", "{}/snapshot.json", "{}/snapshot.json", "--format", form)
      for form in ("text", "json", "markdown")),
    *(("test", "{}/snapshot.json", "{}/expectations.yaml", "--format", form)
      for form in ("text", "json", "junit")),
    *(("explain", "{}/snapshot.json", "--server", "aus1", "--client", "0oa1", "--grant",
       "authorization_code", "--user", "00u1", "--scope", "::error::x", "--format", form)
      for form in ("text", "json")),
    *(("controls", "{}/snapshot.json", "--framework", "{}/framework.yaml", "--format", form)
      for form in ("text", "json", "csv")),
    ("rules", "--rules", "{}/rules"),
    ("rules", "--rules", "{}/rules", "TST001"),
    ("rules", "--check", "{}/rules"),
    ("baseline", "{}/snapshot.json", "-o", "{}/baseline.json", "--allow-incomplete"),
    ("suppress", "{}/snapshot.json", "--rule", "OAM201", "--target", "::error::x", "--reason",
     "##[error]x", "--owner", "::error::x", "--days", "3", "--force", "--suppressions",
     "{}/written.toml"),
    ("evidence", "export", "{}/snapshot.json", "-o", "{}/bundle"),
    ("evidence", "verify", "{}/bundle", "{}/rules"),
    ("config", "--suppressions", "{}/suppressions.toml", "--format", "text"),
    ("config", "--suppressions", "{}/suppressions.toml", "--format", "json"),
    ("init", "{}/started"),
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_no_output_of_a_command_holds_a_ci_command(call: tuple[str, ...], folder: Path) -> None:
    files = set(folder.rglob("*"))
    outcome = okta_auditor(*(word.format(folder) for word in call))

    assert outcome.exit_code in {0, 1, 3}, outcome.stderr
    check(outcome.stdout, ours="github" in call)
    check(outcome.stderr)
    for file in set(folder.rglob("*")) - files:
        if file.is_file() and file.suffix not in {".toml", ".pyc"}:
            check(file.read_text())


def test_every_report_that_is_written_to_a_file_is_checked_too(folder: Path) -> None:
    names = list(load_reports())
    outputs = [word for name in names for word in ("-O", f"{name}={folder / name}.out")]
    outcome = okta_auditor("audit", folder / "snapshot.json", *outputs)

    check(outcome.stderr)
    for name in names:
        check((folder / f"{name}.out").read_text(), ours=name == "github")


WRONG: tuple[Callable[[str], tuple[str, ...]], ...] = (
    lambda word: (word,),
    lambda word: (f"--{word}",),
    lambda word: ("audit", f"--{word}"),
    lambda word: ("audit", word),
    lambda word: ("audit", word, word, word),
    lambda word: ("audit", "x", "-O", word),
    lambda word: ("audit", "x", "-O", f"json={word}"),
    lambda word: ("audit", "x", "--config", word),
    lambda word: ("audit", "x", "--select", word),
    lambda word: ("audit", "x", "--fail-on", word),
    lambda word: ("audit", "x", "--template", word),
    lambda word: ("audit", "x", "--rules", word),
    lambda word: ("audit", "x", "--as-of", word),
    lambda word: ("--debug", f"{word}/x/y", "audit", "x"),
    lambda word: ("audit", "x", "--debug", f"{word}/x/y"),
    lambda word: ("schema", word),
    lambda word: ("rules", word),
    lambda word: ("report", word),
    lambda word: ("diff", word, word),
    lambda word: ("explain", word, "--server", word),
    lambda word: ("evidence", "verify", word),
    lambda word: ("evidence", word),
    lambda word: ("evidence", "verify", "x", "--after", word),
    lambda word: ("sandbox", "--tenant", word),
    lambda word: ("snapshot", "-o", word, "--concurrency", word),
    lambda word: ("snapshot", "-o", f"{word}/x"),
    lambda word: ("controls", "--framework", word),
    lambda word: ("baseline", word),
    lambda word: ("doctor", "--tenant", word),
    lambda word: ("init", f"{word}/x/y/z"),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_no_error_holds_a_ci_command_or_a_line_of_the_command_line(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for payload in PAYLOADS[number :: len(WRONG)]:
        outcome = okta_auditor(*WRONG[number](payload))
        check(outcome.stdout)
        check(outcome.stderr)


@pytest.mark.parametrize("variable", ["OKTA_CLIENT_ORGURL", "OKTA_AUDITOR_FAIL_ON"])
def test_no_variable_of_the_environment_is_a_command(variable: str) -> None:
    for payload in COMMANDS[::8]:
        outcome = okta_auditor("audit", "x", **{variable: payload})
        check(outcome.shown)
        outcome = okta_auditor("doctor", **{"OKTA_CLIENT_TOKEN": "x", variable: payload})
        check(outcome.shown)


@pytest.mark.parametrize("payload", [*COMMANDS[::20], "\n::error::FORGED", "x\r##[error]FORGED"])
@pytest.mark.parametrize("command", [("snapshot", "-v"), ("snapshot", "--plan"), ("doctor",)])
def test_nothing_that_a_server_says_is_a_command(
    command: tuple[str, ...], payload: str, tmp_path: Path
) -> None:
    body = {"errorCode": payload, "errorSummary": payload}
    header = re.sub("[\r\n\x1b]", "", payload)
    faults = [
        {"path": "/groups$", "status": 400, "body": body},
        {"path": "/apps$", "headers": {"Link": [f'<{{origin}}/{header}>; rel="next"']}},
        {"path": "/users$", "headers": {"Content-Type": [header]}},
        {"path": "/zones$", "body": f"<title>{payload}</title>"},
    ]
    with served(tenant(faults=faults)) as sandbox:
        more = ("--attempts", "1", "-o", tmp_path / "s.json") if command[0] == "snapshot" else ()
        outcome = okta_auditor(*command, *more, url=sandbox.url)

    check(outcome.stdout)
    check(outcome.stderr)


def test_a_traceback_for_developers_is_checked_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("\n::error::FORGED ##vso[task.complete]x")

    monkeypatch.setattr("auditor.cli.commands.diff.read_document", fail)
    snapshot = folder / "snapshot.json"
    outcome = CliRunner().invoke(main, ["diff", str(snapshot), str(snapshot)], env=DEBUG)

    assert "RuntimeError" in outcome.stderr
    assert commands(outcome.stderr) == []


def test_a_debug_log_is_checked_too(folder: Path) -> None:
    okta_auditor("--debug", folder / "log.txt", "audit", folder / "snapshot.json")
    check((folder / "log.txt").read_text())


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_command_in_pieces_is_broken_in_a_real_process(encoding: str) -> None:
    pieces = "a\n:", ":err", "or::x\n#", "#v", "so[task.complete]x\n", "::"
    code = (
        "import sys; from auditor.cli.printing import checked_output\n"
        "with checked_output():\n"
        "    for stream in (sys.stdout, sys.stderr):\n"
        "        pieces = 'a\\n:', ':err', 'or::x\\n#', '#v', 'so[task.complete]x\\n', '::'\n"
        "        for piece in pieces:\n"
        "            stream.write(piece); stream.flush()\n"
        "        import click; click.echo('error::\\xe9', file=stream)\n"
        "        click.echo('::error::\\xe9', err=stream is sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *pieces],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    for text in (done.stdout, done.stderr):
        assert text
        check(text.decode("utf-8", "replace"))
