"""An analysed log in words and as JSON: hostile names, 80 columns, one schema."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from small_log import analysis, changed, granted, log, machine, refused

from auditor.cli.json_documents.log_report import LogReport
from auditor.cli.json_documents.part import document_schema
from auditor.cli.logs.document import log_document
from auditor.cli.logs.text import log_lines
from auditor.system_log.analysis import LogAnalysis, analysed

HOSTILE = "\x1b[31m\u202e\n::error::\ud800\x00" + "x" * 300


def text(found: LogAnalysis) -> list[str]:
    return list(log_lines(found, "snapshot.json"))


def document(found: LogAnalysis) -> dict[str, Any]:
    value = log_document(found, "snapshot.json")
    Draft202012Validator(document_schema(LogReport, "logs")).validate(value)
    return value


def test_the_sentence_that_whoever_is_on_call_needs() -> None:
    found = analysis(
        *[refused()] * 312,
        changed("0pr2", "PolicyRule", "2025-12-23T14:03:00Z"),
        machine("pay:audit"),
    )
    lines = "\n".join(text(found))
    whole = " ".join(lines.split())
    since = "312 rejections since Tuesday 2025-12-23 14:05 UTC"
    assert f'{since}, all nearest to rule "Rule 0pr2"' in whole
    assert (
        'Shortly before the first: policy.rule.update of "The 0pr2" by "root@acme.example" on '
        "Tuesday 2025-12-23 14:03, 2 minutes earlier." in whole
    )
    assert "because" not in whole
    assert "Finding OAM" in whole
    assert "--grant authorization_code --user ada@acme.example --scope pay:write" in whole


def test_an_old_change_is_not_said_to_be_shortly_before() -> None:
    found = analysis(refused(), changed("0pr2", "PolicyRule", "2025-12-20T14:03:00Z"))
    whole = " ".join(" ".join(text(found)).split())
    assert "Shortly" not in whole
    assert "Last change before: policy.rule.update" in whole
    assert "3 days earlier" in whole


def test_the_document_says_all_that_the_text_says() -> None:
    found = analysis(
        refused(),
        refused(user="00u2"),
        refused(client={"id": "0oa9"}),
        changed("0pr2", "PolicyRule", "2025-12-23T14:03:00Z"),
        granted("pay:read"),
    )
    value = document(found)
    assert value["log"]["failed"] == 3
    assert value["log"]["complete"] is True
    first = value["groups"][0]
    assert (first["count"], first["people"], first["confirmed"]) == (2, 2, 1)
    assert first["before"]["targets"] == [{"id": "0pr2", "name": "The 0pr2"}]
    rejected = next(one for one in first["decisions"] if one["agreement"] == "confirmed")
    assert rejected["rule"] == {"id": "0pr2", "name": "Rule 0pr2"}
    assert rejected["first_people"] == [{"id": "00u1", "login": "ada@acme.example"}]
    assert value["groups"][1]["decisions"][0]["unknown"] == "client"
    assert [scope["name"] for scope in value["usage"]["scopes"]] == ["pay:write", "pay:audit"]


def test_without_a_snapshot_groups_are_shown_and_nothing_is_explained() -> None:
    found = analysed(io.BytesIO(log(refused(), refused())), None)
    assert document(found)["groups"][0]["decisions"] == []
    lines = text(found)
    assert "2 rejections since Tuesday 2025-12-23 14:05 UTC" in lines
    assert not any("snapshot" in line for line in lines)


def test_a_refused_redirect_uri_is_its_own_explanation() -> None:
    lines = " ".join(text(analysis(refused("pay:read", reason="illegal_redirect_uri"))))
    assert "the redirect URI that was sent is none of the client's" in lines
    assert "configuration does not explain it" not in lines


def test_incomplete_and_unread_parts_are_said() -> None:
    found = analysis(refused(), {"eventType": "x"}, complete=False)
    whole = " ".join(" ".join(text(found)).split())
    assert "INCOMPLETE" in whole
    assert "1 line could not be read: line 3 (it has no time of publication)" in whole
    assert "What was not used is not known: the log is incomplete." in whole


def test_many_groups_are_cut_and_counted() -> None:
    found = analysis(*[refused(f"pay:{number}") for number in range(25)])
    assert "And 5 more groups of 5 rejections: --format json has them all." in text(found)
    assert len(document(found)["groups"]) == 25


@settings(deadline=None)  # a machine that is busy is no defect
@given(
    field=st.sampled_from(
        ["reason", "user", "client", "scopes", "server", "grant", "type", "target", "actor"]
    )
)
def test_hostile_events_are_quoted_in_eighty_columns(field: str) -> None:
    event, change = refused(), changed("0pr2", "PolicyRule", "2025-12-23T14:03:00Z")
    match field:
        case "reason":
            event["outcome"]["reason"] = HOSTILE
        case "user":
            event["actor"]["id"] = HOSTILE
        case "client":
            event["client"]["id"] = HOSTILE
        case "scopes":
            event["debugContext"]["debugData"]["requestedScopes"] = HOSTILE
        case "server":
            event["target"] = []
            event["debugContext"]["debugData"]["authorizationServerName"] = HOSTILE
        case "grant":
            event["debugContext"]["debugData"]["grantType"] = HOSTILE
        case "type":
            event["eventType"] = f"app.oauth2.{HOSTILE}"
        case "target":
            change["target"][0]["displayName"] = HOSTILE
            change["target"][0]["changeDetails"] = [HOSTILE]
        case _:
            change["actor"]["alternateId"] = HOSTILE
    content = json.dumps([event, change]).encode()  # which lets half a surrogate pair through
    found = analysis_of(content)
    for line in text(found):
        assert not set(line) & {"\x1b", "\u202e", "\n", "\x00", "\ud800"}
        assert len(line) <= 80 or max(map(len, line.split())) > 60
    json.dumps(document(found))


def analysis_of(content: bytes) -> LogAnalysis:
    return analysed(io.BytesIO(content), analysis(refused()).org)
