"""Whatever a command prints as JSON is as its schema says, and no command lacks one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from helpers import Outcome, okta_auditor, served, snapshot_file, tenant
from schemas import check_printed, validator

from auditor.cli import main
from auditor.cli.json_documents.by_command import SCHEMA_OF
from auditor.cli.options import format_option

REQUEST = ("--server", "Billing", "--client", "Invoices", "--grant", "authorization_code")
EXPECTATIONS = """
- {server: Billing, client: Invoices, grant: authorization_code, user: ada@acme.example,
   scopes: [openid], expect: minted, access_token_minutes: 60, policy: Apps}
- {name: "\\e[2J", server: Billing, client: Invoices, grant: authorization_code,
   user: ada@acme.example, scopes: ["billing:read"], expect: rejected}
"""
LOG = [
    {
        "published": f"2026-11-28T14:0{number}:00.000Z",
        "eventType": kind,
        "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
        "actor": {"id": "00u1", "type": "User"},
        "client": {"id": "0oa1\x1b[2J"},
        "target": [{"id": "aus1", "type": "AuthorizationServer", "displayName": "Billing"}],
        "debugContext": {"debugData": {"requestedScopes": "openid", "grantType": "password"}},
    }
    for number, kind in enumerate(["app.oauth2.as.authorize", "policy.rule.update", "x.y"])
]
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "planned_values": {"root_module": {}},
    "resource_changes": [
        {
            "address": "okta_auth_server.new",
            "mode": "managed",
            "type": "okta_auth_server",
            "name": "new",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {"name": "New", "audiences": ["https://new.example"], "status": "ACTIVE"},
                "after_unknown": {"id": True},
            },
        }
    ],
    "configuration": {},
}


def printing_json(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[str]:
    """The commands that can be asked for JSON, as words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from printing_json(inner, (*words, name))
        return
    for option in command.params:
        kinds = getattr(option.type, "choices", ())
        report = (option.metavar or "").startswith("FORMAT") and "--format" in option.opts
        if "json" in kinds or report:
            yield " ".join(words)


def test_each_command_that_prints_json_has_a_schema() -> None:
    assert sorted(printing_json(main)) == sorted(SCHEMA_OF)
    for name in SCHEMA_OF.values():
        assert json.loads(okta_auditor("schema", name).stdout)["$schema"]


def test_a_new_command_that_prints_json_is_noticed() -> None:
    @click.command("new")
    @format_option("text", "json")
    def new(form: str) -> None:
        del form

    group = click.Group("g", commands={"new": new, "outer": click.Group("outer", {"inner": new})})
    assert list(printing_json(group)) == ["new", "outer inner"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a whole snapshot, one that lacks parts, and what commands read besides."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    odd = tenant()
    odd["/api/v1/apps"][0]["label"] = "Invoices\x00\u202e\U000e0041"
    odd["/api/v1/groups"][1]["profile"]["name"] = '<b>"&'
    snapshot_file(tmp_path / "parts", odd, unread=("users", "group_members", "groups"))
    wider = tenant()
    wider["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]["conditions"]["scopes"] = {
        "include": ["*"]
    }
    policy = wider["/api/v1/authorizationServers/aus1/policies"][0]
    policy["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    (tmp_path / "wider").mkdir()
    snapshot_file(tmp_path / "wider", wider)
    snapshot_file(tmp_path, tenant())
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    (tmp_path / "expectations.yaml").write_text(EXPECTATIONS)
    (tmp_path / "log.json").write_text(json.dumps(LOG))
    cut = [{"okta_auditor_log": 1}, *LOG, {"unreadable": "0"}]
    (tmp_path / "cut.jsonl").write_text("".join(json.dumps(line) + "\n" for line in cut))
    okta_auditor("audit", "example.json", "-O", "json=results.json")
    okta_auditor("audit", "parts/example.json", "-O", "json=parts/results.json")
    okta_auditor("evidence", "export", "example.json", "-o", "bundle", "--no-config")
    (tmp_path / "altered").mkdir()
    for file in (tmp_path / "bundle").iterdir():
        (tmp_path / "altered" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "altered" / "report.html").write_text("<p>")
    (tmp_path / "okta-auditor.toml").write_text(
        'fail_on = "low"\n[options.ALL]\nceiling_minutes = 90\n[suppression_policy]\nmax_days = 9\n'
    )
    return tmp_path


SCOPES = ("--scope", "openid")
USER = ("--user", "ada@acme.example")
UNDEFINED = "One or more scopes are not configured for the authorization server resource."
NO_RULE = "Policy evaluation failed for this request, please check the policy configurations."

CALLS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ("audit", "example.json", "--no-config")),
    (3, ("audit", "parts/example.json")),
    (0, ("report", "results.json")),
    (0, ("report", "parts/results.json")),
    (0, ("explain", "example.json", *REQUEST, *USER, *SCOPES)),
    (0, ("explain", "example.json", *REQUEST, *USER, "--scope", "billing:write,openid")),
    (
        0,
        ("explain", "example.json", *REQUEST, *SCOPES, *USER, "--no-pkce", "--redirect-uri", "x:y"),
    ),
    (3, ("explain", "parts/example.json", "--client", "0oa1", *REQUEST[:2], *REQUEST[4:], *SCOPES)),
    (0, ("diagnose", UNDEFINED, "--snapshot", "example.json", *REQUEST, *USER, "--scope", "x")),
    (0, ("diagnose", NO_RULE, "--snapshot", "example.json", *REQUEST, *USER, *SCOPES)),
    (3, ("diagnose", NO_RULE, "--snapshot", "parts/example.json")),
    (0, ("logs", "log.json")),
    (0, ("logs", "log.json", "--snapshot", "example.json")),
    (0, ("logs", "log.json", "--snapshot", "parts/example.json")),
    (3, ("logs", "cut.jsonl", "--snapshot", "example.json")),
    (1, ("test", "example.json", "expectations.yaml")),
    (0, ("access", "example.json")),
    (0, ("access", "example.json", "--people", "--each-client")),
    (0, ("access", "example.json", "--server", "org")),
    (3, ("access", "parts/example.json", "--people")),
    (0, ("diff", "example.json", "example.json")),
    (1, ("diff", "example.json", "wider/example.json", "--fail-on-gain", "*")),
    (3, ("diff", "example.json", "parts/example.json", "--no-findings")),
    (0, ("controls",)),
    (0, ("controls", "example.json")),
    (1, ("controls", "wider/example.json")),
    (3, ("controls", "parts/example.json", "--framework", "soc2-2017")),
    (3, ("controls", "parts/results.json")),
    (0, ("rules",)),
    (0, ("rules", "OAM702")),
    (0, ("plan", "plan.json", "--base", "example.json", "-o", "planned.json")),
    (3, ("plan", "plan.json", "--base", "parts/example.json", "-o", "planned.json")),
    (0, ("config",)),
    (0, ("config", "--no-config", "--select", "OAM1")),
    (0, ("evidence", "verify", "bundle")),
    (0, ("evidence", "verify", "bundle", "--replay")),
    (1, ("evidence", "verify", "bundle", "altered", "nowhere")),
    (0, ("snapshot", "--plan", "--like", "example.json")),
    (0, ("snapshot", "--plan", "--like", "parts/example.json")),
)


@pytest.mark.parametrize(("code", "words"), CALLS, ids=[" ".join(words) for _, words in CALLS])
def test_what_a_command_prints_is_as_its_schema_says(
    folder: Path, code: int, words: tuple[str, ...]
) -> None:
    assert folder
    done = okta_auditor(*words, "--format", "json")

    assert done.exit_code == code, done.shown
    assert check_printed([*words, "--format", "json"], done.stdout)
    assert not {"\x1b", "\u202e", "\x00"} & set(done.stdout)


def asked_of_an_org(words: tuple[str, ...], document: dict[str, Any]) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor(*words, "--format", "json", url=sandbox.url)


@pytest.mark.parametrize("words", [("doctor",), ("snapshot", "--plan"), ("run",)])
def test_what_is_read_of_an_org_is_as_its_schema_says(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refusing = [{"path": f"/api/v1/{name}", "status": 403} for name in ("groups", "apps", "zones")]

    sound = asked_of_an_org(words, tenant())
    for file in tmp_path.iterdir():
        file.unlink()
    lacking = asked_of_an_org(words, tenant(faults=refusing))

    for done in (sound, lacking):
        assert check_printed([*words, "--format", "json"], done.stdout), done.shown
    assert sound.exit_code in {0, 1}
    assert lacking.exit_code == 3


def test_every_command_is_run_here() -> None:
    run = {words[0] for _, words in CALLS} | {"doctor", "snapshot", "run"}
    assert {name.split()[0] for name in SCHEMA_OF} == run


WRONG = ({"planted": 7.5}, [7.5, None], 7.5)


@pytest.mark.parametrize(
    "words",
    [words for code, words in CALLS if words[0] not in {"audit", "report", "diff"} and code != 3],
    ids=" ".join,
)
def test_no_key_takes_everything(folder: Path, words: tuple[str, ...]) -> None:
    assert folder
    document = json.loads(okta_auditor(*words, "--format", "json").stdout)
    kind = SCHEMA_OF.get(words[0]) or SCHEMA_OF[" ".join(words[:2])]
    many = isinstance(document, list)
    wrap: Callable[[Any], Any] = (lambda item: [item]) if many else (lambda item: item)
    for key in (top := document[0] if many else document):
        assert not all(validator(kind).is_valid(wrap({**top, key: wrong})) for wrong in WRONG), key
        without = {name: value for name, value in top.items() if name != key}
        assert validator(kind).is_valid(wrap(without)) is (key == "logins"), key


def test_errors_print_no_document(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    for words in (("audit",), ("access",), ("controls",), ("report",)):
        done = okta_auditor(*words, tmp_path / "broken.json", "--format", "json")
        assert (done.exit_code, done.stdout) == (2, ""), words
        assert done.stderr.startswith("error: ")
