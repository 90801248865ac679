"""`okta-auditor doctor` against the sandbox: what it finds, and the remedy it names."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from helpers import TOKEN, Outcome, okta_auditor, served, tenant
from network import listening
from service_app import KEY, KEYS, pem, with_service_app

from auditor.collect.auth.credentials import READ_SCOPES
from auditor.snapshot.collections import COLLECTIONS

SERVERS = "^/api/v1/authorizationServers"


def checks(outcome: Outcome) -> list[dict[str, str]]:
    return list(json.loads(outcome.stdout)["checks"])


def unwell(outcome: Outcome) -> list[dict[str, str]]:
    return [check for check in checks(outcome) if check["state"] != "ok"]


def of_api_token(document: dict[str, Any], *options: object) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor("doctor", "--format", "json", *options, url=sandbox.url)


def of_service_app(document: dict[str, Any], **variables: str) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor(
            "doctor", "--format", "json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY), **variables,
        )  # fmt: skip


def test_a_sound_org_is_all_fine_and_every_collection_is_accounted_for() -> None:
    with served(with_service_app()) as sandbox:
        outcome = okta_auditor("doctor", "--format", "json", url=sandbox.url)
        sent = Counter(request.path for request in sandbox.requests)

    assert outcome.exit_code == 0, outcome.shown
    assert not unwell(outcome)
    reading = " ".join(c["message"] for c in checks(outcome) if c["name"] == "reading")
    assert all(row.label in reading for row in COLLECTIONS)
    assert len(sent) <= len(COLLECTIONS) + 1
    assert set(sent) - {"/api/v1/org"} == {path for path, times in sent.items() if times == 1}


def test_a_service_app_with_what_it_needs() -> None:
    outcome = of_service_app(with_service_app())

    assert outcome.exit_code == 0, outcome.shown
    assert not unwell(outcome)
    assert "without DPoP" in outcome.stdout


def test_dpop_is_named() -> None:
    assert "bound to a key by DPoP" in of_service_app(with_service_app(dpop=True)).stdout


def test_scopes_that_are_not_granted_are_found_and_the_rest_is_checked() -> None:
    granted = tuple(scope for scope in READ_SCOPES if scope != "okta.groups.read")

    outcome = of_service_app(with_service_app(granted))

    assert outcome.exit_code == 3
    scopes, reading = [check for check in unwell(outcome) if check["state"] == "problem"]
    assert "not granted to client 0oaS are okta.groups.read" in scopes["message"]
    assert scopes["remedy"].endswith(f"OKTA_CLIENT_SCOPES={','.join(granted)}")
    assert "groups, group rules and group members cannot be read" in reading["message"]
    assert "lacks the scope okta.groups.read" in reading["message"]


def test_a_scope_that_is_not_asked_for_is_missed_and_one_too_many_is_named() -> None:
    scopes = (*READ_SCOPES, "okta.users.manage")
    asked = [scope for scope in scopes if scope not in {"okta.appGrants.read", "okta.users.read"}]

    outcome = of_service_app(with_service_app(scopes), OKTA_CLIENT_SCOPES=" ".join(asked))

    assert outcome.exit_code == 3
    more, lacking = unwell(outcome)
    assert (more["name"], more["state"]) == ("scopes", "warning")
    assert "okta.users.manage" in more["message"]
    assert lacking["message"].startswith("scope grants cannot be read")
    assert "okta.appGrants.read" in lacking["remedy"]


def test_no_scope_granted_at_all() -> None:
    outcome = of_service_app(with_service_app(()))

    assert outcome.exit_code == 3
    assert checks(outcome)[-1]["name"] == "scopes"
    assert "OKTA_CLIENT_SCOPES" not in checks(outcome)[-1]["remedy"]


def test_another_key_is_a_problem_of_the_token() -> None:
    with served(with_service_app()) as sandbox:
        outcome = okta_auditor(
            "doctor", OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEYS["p256"]), OKTA_CLIENT_KID="rsa",
        )  # fmt: skip

    assert outcome.exit_code == 3
    assert "invalid_client" in outcome.stdout


def test_a_missing_admin_role_is_told_from_a_missing_scope() -> None:
    body = {"errorCode": "E0000006", "errorSummary": "You do not have permission"}
    fault = {"path": "^/api/v1/groups", "status": 403, "body": body}

    [problem] = unwell(of_service_app(with_service_app(faults=[fault])))

    assert "an admin role is missing (403 E0000006" in problem["message"]
    assert "Give the service app an admin role" in problem["remedy"]
    assert "custom role of okta.users.read, okta.groups.read, okta.apps.read" in problem["remedy"]
    assert "without okta.apps.clientCredentials.read" in problem["remedy"]
    assert re.search(r"without them \d+ of \d+ rules are not evaluated: OAM", problem["message"])


def test_a_feature_without_license_is_a_warning_for_all_that_depends_on_it() -> None:
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission"}

    outcome = of_api_token(tenant(faults=[{"path": SERVERS, "status": 401, "body": body}]))

    assert outcome.exit_code == 0
    [warning] = unwell(outcome)
    assert warning["state"] == "warning"
    assert "API Access Management is not licensed" in warning["message"]
    assert "authorization servers" in warning["message"]
    assert "policy rules" in warning["message"]


def test_a_token_that_is_refused_ends_the_examination() -> None:
    outcome = of_api_token(tenant(tokens=["another"]))

    assert outcome.exit_code == 3
    assert "Okta refuses the API token (401 E0000011" in checks(outcome)[-1]["message"]


def test_no_token_is_sent_to_what_is_no_okta_org() -> None:
    fault = {"path": "^/.well-known", "status": 200, "body": "<html>Sign in</html>"}
    with served(tenant(faults=[fault])) as sandbox:
        outcome = okta_auditor("doctor", "--format", "json", url=sandbox.url)
        assert [request.path for request in sandbox.requests] == ["/.well-known/okta-organization"]

    assert outcome.exit_code == 3
    assert "does not answer like an Okta org" in checks(outcome)[-1]["message"]


def test_the_first_request_carries_no_token() -> None:
    heads = []

    async def handle(reader: Any, writer: Any) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with listening(handle) as port:
        okta_auditor("doctor", url=f"http://127.0.0.1:{port}")

    assert len(heads) == 1
    assert TOKEN.encode() not in heads[0]


def test_an_org_that_cannot_be_reached() -> None:
    outcome = okta_auditor("doctor", url="http://127.0.0.1:9")

    assert outcome.exit_code == 3
    assert "problem  connection" in outcome.stdout
    assert "Next: Check OKTA_CLIENT_ORGURL" in outcome.stdout


@pytest.mark.parametrize(
    ("date", "words"),
    [("Thu, 01 Jan 2026 00:00:00 GMT", "ahead of"), ("Thu, 01 Jan 2099 00:00:00 GMT", "behind")],
)
def test_a_clock_that_is_off_is_a_warning(date: str, words: str) -> None:
    outcome = of_api_token(tenant(faults=[{"path": "^/.well-known", "headers": {"Date": date}}]))

    assert outcome.exit_code == 0
    [warning] = unwell(outcome)
    assert warning["name"] == "clock"
    assert words in warning["message"]


def test_rate_limits_are_told_by_bucket_with_the_share() -> None:
    limits = [{"path": "^/api/v1/apps", "limit": 40}, {"path": "^/api/v1/groups", "limit": 2}]

    outcome = of_api_token(tenant(rate_limits=limits), "--share", "0.25")

    apps, groups = [
        check
        for check in checks(outcome)
        if check["name"] == "rate limit"
        and check["message"].startswith(("/api/v1/apps", "/api/v1/g"))
    ]
    assert apps["message"].startswith("/api/v1/apps: 40 requests a minute, 3")
    assert apps["message"].endswith("a share of 0.25 spends 10")
    assert (apps["state"], groups["state"]) == ("ok", "warning")


def test_a_part_in_trouble_is_a_problem_and_hostile_words_are_tamed() -> None:
    body = {"errorCode": "E0000009", "errorSummary": "\x1b[31mred\nproblem  token  all is lost"}
    fault = {"path": "^/api/v1/zones", "status": 500, "body": body}
    with served(tenant(faults=[fault])) as sandbox:
        outcome = okta_auditor("doctor", url=sandbox.url)

    assert outcome.exit_code == 3
    assert "network zones could not be read (500 E0000009" in outcome.stdout
    assert "\x1b" not in outcome.stdout
    assert "\nproblem  token  all" not in outcome.stdout
    assert outcome.stdout.endswith("\n1 problem, 0 warnings\n")


def test_what_needs_no_network_is_wrong_usage() -> None:
    assert okta_auditor("doctor", url="https://acme-admin.okta.com").exit_code == 2
    assert okta_auditor("doctor").exit_code == 2


def of_the_log(outcome: Outcome) -> dict[str, str]:
    (check,) = (check for check in checks(outcome) if check["name"] == "system log")
    assert outcome.exit_code == 0
    assert check["state"] == "ok"
    return check


def test_the_system_log_is_no_need_of_an_export_and_how_to_read_it_is_told() -> None:
    readable = of_the_log(of_api_token(with_service_app()))
    assert (readable["message"], readable["remedy"]) == (
        "can be read; only `okta-auditor logs` needs it",
        "",
    )
    refused = {"path": "^/api/v1/logs", "status": 403}
    check = of_the_log(of_api_token(with_service_app(faults=[refused])))
    assert check["message"].startswith("cannot be read (403 ")
    assert "Give the token's owner an admin role" in check["remedy"]

    check = of_the_log(of_service_app(with_service_app()))
    assert check["message"] == "cannot be read (invalid_scope); only `okta-auditor logs` needs it"
    assert "Grant the service app the scope okta.logs.read" in check["remedy"]
    granted = with_service_app((*READ_SCOPES, "okta.logs.read"))
    assert not of_the_log(of_service_app(granted))["remedy"]
