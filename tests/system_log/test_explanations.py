"""What explains groups of refusals, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from small_log import HEADER, SERVERS, analysis, changed, client, granted, machine, refused, tenant

from auditor.errors import UsageError
from auditor.lint.log_summary import UsageUnknown
from auditor.system_log import decisions
from auditor.system_log.analysis import LogAnalysis
from auditor.system_log.decisions import Agreement, Outcomes
from auditor.system_log.situations import UndecidedReason
from auditor.tokens.conditions import Condition
from auditor.tokens.steps import RuleStep


def only(found: LogAnalysis) -> Outcomes:
    (group,) = found.groups
    (outcome,) = group.outcomes
    assert outcome.count == group.group.count
    return outcome


def test_a_rejection_is_confirmed_at_the_rule_that_comes_nearest() -> None:
    outcome = only(analysis(refused(), refused()))
    assert outcome.agreement is Agreement.CONFIRMED
    assert isinstance(outcome.stop, RuleStep)
    assert outcome.stop.candidate.rule is not None
    assert outcome.stop.candidate.rule.id == "0pr2"
    assert outcome.stop.failed is Condition.PEOPLE
    assert (outcome.count, outcome.people, outcome.first_people) == (2, 1, ["00u1"])


def test_people_of_one_group_are_decided_one_by_one() -> None:
    (group,) = analysis(refused(), refused(), refused(user="00u2"), refused(user="00u7")).groups
    assert [(one.agreement, one.unknown, one.count) for one in group.outcomes] == [
        (Agreement.CONFIRMED, None, 2),
        (Agreement.MINTED, None, 1),
        (Agreement.UNKNOWN, UndecidedReason.USER, 1),
    ]
    assert group.confirmed == 2


@pytest.mark.parametrize(
    ("event", "agreement"),
    [
        (refused("pay:read"), Agreement.MINTED),
        (refused(user="00u3"), Agreement.OTHER_REASON),
        (refused(user="00u3", reason="user_not_assigned"), Agreement.CONFIRMED),
        (refused("pay:none", reason="no_matching_scope"), Agreement.REASON_NOT_PUBLISHED),
        (refused(reason="no_matching_scope"), Agreement.REASON_NOT_PUBLISHED),
        (refused(user="00u3", reason="no_matching_scope"), Agreement.OTHER_REASON),
        (refused(reason=""), Agreement.REASON_NOT_PUBLISHED),
        (machine("pay:audit"), Agreement.CONFIRMED),
        (machine("pay:read"), Agreement.MINTED),
        (refused(None, reason="user_not_assigned", user="00u3"), Agreement.UNKNOWN),
    ],
)
def test_the_reason_of_the_log_is_held_against_the_decision(
    event: dict[str, Any], agreement: Agreement
) -> None:
    assert only(analysis(event)).agreement is agreement


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"client": {"id": "0oa9"}}, UndecidedReason.CLIENT),
        ({"client": {}}, UndecidedReason.NO_CLIENT),
        ({"target": []}, UndecidedReason.NO_SERVER),
        ({"target": [{"id": "aus9", "type": "AuthorizationServer"}]}, UndecidedReason.SERVER),
        ({"eventType": "app.oauth2.as.token.grant"}, UndecidedReason.NO_GRANT),
        ({"debugContext": {"debugData": {"grantType": "made_up"}}}, UndecidedReason.GRANT),
        ({"debugContext": {}}, UndecidedReason.SCOPES),
    ],
)
def test_what_is_not_known_of_a_request_is_named(
    changes: dict[str, Any], unknown: UndecidedReason
) -> None:
    outcome = only(analysis(refused(**changes)))
    assert (outcome.agreement, outcome.unknown) == (Agreement.UNKNOWN, unknown)


def test_a_server_is_found_by_name_unless_several_have_it() -> None:
    data = {"debugData": {"authorizationServerName": "Pay", "requestedScopes": "pay:write"}}
    event = refused(target=[], debugContext=data)
    assert only(analysis(event)).agreement is Agreement.CONFIRMED
    twice = tenant()
    twice[SERVERS].append({**twice[SERVERS][0], "id": "aus2"})
    assert only(analysis(event, resources=twice)).unknown is UndecidedReason.AMBIGUOUS_SERVER


def test_an_app_is_found_by_its_own_id() -> None:
    other = tenant()
    other["/api/v1/apps"][0]["credentials"]["oauthClient"]["client_id"] = "different"
    policies = other[f"{SERVERS}/aus1/policies"]
    policies[0]["conditions"]["clients"]["include"] = ["different"]
    event = refused(
        client={},
        target=[
            {"id": "aus1", "type": "AuthorizationServer"},
            {"id": "0oa1", "type": "AppInstance"},
        ],
    )
    assert only(analysis(event, resources=other)).agreement is Agreement.CONFIRMED


def test_where_the_flow_is_not_told_only_what_holds_in_each_is_said() -> None:
    both = tenant()
    both["/api/v1/apps"][0] = client("0oa1", "authorization_code", "implicit")
    both["/api/v1/apps"][0]["settings"]["oauthClient"]["response_types"] = ["code", "token"]
    # The code flow is stopped by scopes and people, the implicit one by its grant type.
    assert only(analysis(refused(), resources=both)).unknown is UndecidedReason.NO_GRANT
    assert (
        only(analysis(refused(user="00u3", reason="user_not_assigned"), resources=both)).agreement
        is Agreement.CONFIRMED
    )


def test_of_very_many_people_the_first_are_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "MOST_DECISIONS", 1)
    monkeypatch.setattr(decisions, "_FEWEST_DECISIONS", 1)
    (group,) = analysis(refused(user="00u3"), refused(), refused()).groups
    assert [(one.agreement, one.count) for one in group.outcomes] == [
        (Agreement.CONFIRMED, 2),
        (Agreement.NOT_DECIDED, 1),
    ]


def test_the_last_change_before_the_first_request_is_named() -> None:
    (group,) = analysis(
        refused(),
        changed("0pr2", "PolicyRule", "2025-12-23T14:03:00Z"),
        changed("0pr1", "PolicyRule", "2025-12-20T10:00:00Z"),
        changed("0pr8", "PolicyRule", "2025-12-23T14:04:00Z"),
    ).groups
    assert group.before is not None
    assert group.before.targets[0].id == "0pr2"
    assert group.meanwhile is None


def test_changes_since_make_the_snapshot_doubtful() -> None:
    (group,) = analysis(
        refused(), changed("scpwrite", "Scope", "2025-12-25T14:03:00Z", "oauth2.scope.updated")
    ).groups
    assert group.before is None
    assert group.meanwhile is not None
    assert group.meanwhile.type == "oauth2.scope.updated"


def test_a_snapshot_from_before_is_doubted_for_changes_up_to_the_last_request() -> None:
    early, late = "2026-02-01T10:00:00Z", "2026-03-01T10:00:00Z"
    change = changed("0pr2", "PolicyRule", "2026-02-10T10:00:00Z")
    (group,) = analysis(refused(at=early), refused(at=late), change).groups
    assert group.meanwhile is not None
    (group,) = analysis(refused(at=early), change).groups
    assert group.meanwhile is None


def test_memberships_count_only_for_the_people_of_the_group() -> None:
    def membership(user: str) -> dict[str, Any]:
        event = changed(
            "0oa1", "AppInstance", "2025-12-23T14:03:00Z", "application.user_membership.remove"
        )
        event["target"].append({"id": user, "type": "User"})
        return event

    assert analysis(refused(), membership("00u1")).groups[0].before is not None
    assert analysis(refused(), membership("00u2")).groups[0].before is None


def test_what_deleted_a_client_is_named() -> None:
    (group,) = analysis(
        refused(client={"id": "0oa9"}),
        changed("0oa9", "AppInstance", "2025-12-23T14:03:00Z", "application.lifecycle.delete"),
    ).groups
    assert group.deletion is not None


def test_findings_count_the_requests_that_they_bear_on() -> None:
    found = analysis(
        *[machine("pay:audit")] * 3, machine("pay:audit pay:read"), machine("pay:write"), refused()
    )
    counts = {
        finding.rule.name: found.hits[finding.fingerprint].count
        for findings in found.findings
        for finding, _ in findings
    }
    assert counts == {"scope-no-rule-allows": 4}


def test_a_finding_is_not_tied_to_requests_that_fail_otherwise() -> None:
    found = analysis(refused("pay:audit", user="00u3", reason="user_not_assigned"))
    assert not found.hits
    found = analysis(machine("pay:audit", reason="something_else"))
    assert not found.hits


def test_what_was_not_used_is_named() -> None:
    found = analysis(granted("openid pay:read"))
    assert found.usage is not None
    assert [app.client_id for app in found.usage.clients or ()] == ["0oa2"]
    assert [item.scope.name for item in found.usage.scopes] == ["pay:write", "pay:audit"]
    assert [item.rule.id for item in found.usage.rules] == ["0pr2"]
    found = analysis(granted("openid pay:read"), granted("pay:write", user="00u2"))
    assert found.usage is not None
    assert not found.usage.rules


def test_what_an_event_does_not_say_makes_use_unknown() -> None:
    found = analysis(granted(None))
    assert found.usage is not None
    assert [server.id for server in found.usage.scopes_unknown] == ["aus1"]
    assert not found.usage.scopes
    assert not found.usage.rules
    found = analysis(granted("pay:read", client={}))
    assert found.usage is not None
    assert found.usage.clients is None
    # A token that the snapshot would not give: by which rule it came is not known.
    found = analysis(granted("pay:write"))
    assert found.usage is not None
    assert [server.id for server in found.usage.rules_unknown] == ["aus1"]
    found = analysis(granted("pay:read", target=[]))
    assert found.usage is not None
    assert [server.id for server in found.usage.scopes_unknown] == ["aus1"]


def test_another_rule_may_have_admitted_who_changed_groups_in_the_period() -> None:
    moved = changed("00u1", "User", "2025-12-24T00:00:00Z", "group.user_membership.add")
    other = changed("00u2", "User", "2025-12-24T00:00:00Z", "group.user_membership.add")
    found = analysis(granted("openid pay:read"), moved)
    assert found.usage is not None
    assert [server.id for server in found.usage.rules_unknown] == ["aus1"]
    found = analysis(granted("openid pay:read"), other)
    assert found.usage is not None
    assert not found.usage.rules_unknown


def test_changes_that_were_not_kept_leave_open_what_was_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("auditor.system_log.groups.MOST_CHANGES", 0)
    change = changed("0pr1", "PolicyRule", "2025-12-23T14:03:00Z")
    assert analysis(granted("openid"), change).usage_unknown is UsageUnknown.TOO_MANY


def test_a_change_in_the_period_leaves_open_by_which_rule_requests_were_granted() -> None:
    change = changed("0pr1", "PolicyRule", "2025-12-23T14:03:00Z")
    found = analysis(granted("openid pay:read"), change)
    assert found.usage is not None
    assert not found.usage.rules
    assert [server.id for server in found.usage.rules_unknown] == ["aus1"]
    assert [item.scope.name for item in found.usage.scopes] == ["pay:write", "pay:audit"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"complete": False}, UsageUnknown.INCOMPLETE),
        ({"header": {**HEADER, "with_grants": False}}, UsageUnknown.WITHOUT_GRANTS),
        ({"header": granted("pay:read")}, UsageUnknown.EXPORT),
    ],
)
def test_only_a_whole_log_tells_what_was_not_used(file: dict[str, Any], why: UsageUnknown) -> None:
    found = analysis(granted("pay:read"), **file)
    assert (found.usage, found.usage_unknown) == (None, why)


def test_the_log_of_another_org_is_refused() -> None:
    with pytest.raises(UsageError, match="another org"):
        analysis(refused(), header={**HEADER, "org": "https://other.okta.com"})
    analysis(refused(), header={**HEADER, "org": "https://example-admin.okta.com/"})
    domain = tenant() | {"/api/v1/domains": [{"id": "d1", "domain": "login.acme.example"}]}
    analysis(refused(), resources=domain, header={**HEADER, "org": "https://login.acme.example"})
