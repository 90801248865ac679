"""Rules and decisions never contradict each other: every flagged example is walked by requests.

For rules that say which requests fail, or that a rule or a scope lets nothing through, all requests
that an example allows are decided, and none may be minted that the finding says is not.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.lint.examples import example_snapshot
from auditor.lint.finding import Finding
from auditor.lint.rule import Rule
from auditor.plugins import load_rules
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, Claim
from auditor.snapshot.org import Org
from auditor.tokens.answers import Answer, reason_filter
from auditor.tokens.caveat import CaveatKind
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.grants import CIBA, CLIENT_CREDENTIALS, IMPLICIT, TOKEN_EXCHANGE, user_grants
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import ORG_SERVER, TokenRequest

sys.path.insert(0, str(Path(__file__).parent))
from example_requests import completed, requests
from test_examples import audited
from test_witnesses import CLAIMS

RULES = {rule.code: rule for rule in load_rules()}

Denied = Callable[[Org, Finding, TokenRequest, Decision], bool]
"""Whether a finding says that this token is not minted."""


def of_client(_: Org, finding: Finding, request: TokenRequest, __: Decision) -> bool:
    client = finding.record
    assert isinstance(client, App)
    return request.client == client.client_id


def of_client_at_custom_servers(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.server != ORG_SERVER and of_client(org, finding, request, decision)


def of_client_without_page(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.grant != IMPLICIT and of_client(org, finding, request, decision)


def with_key_as_grant(org: Org, finding: Finding, request: TokenRequest, found: Decision) -> bool:
    asked = of_client_at_custom_servers(org, finding, request, found)
    return asked and request.grant == finding.key


def of_machine(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    return request.grant == CLIENT_CREDENTIALS and of_client(org, finding, request, decision)


def of_people(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    return bool(user_grants([request.grant])) and of_client(org, finding, request, decision)


def refreshed_of_client(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    at_custom = of_client_at_custom_servers(org, finding, request, decision)
    return bool(decision.refresh_token) and at_custom


def at_server(org: Org, finding: Finding, request: TokenRequest, _: Decision) -> bool:
    server = org.server_of(finding.record)
    return server is not None and request.server == server.id


def of_machine_at_server(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.grant == CLIENT_CREDENTIALS and at_server(org, finding, request, decision)


def of_people_at_server(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return bool(user_grants([request.grant])) and at_server(org, finding, request, decision)


def with_scope(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    name = finding.key or finding.record.title
    return name in decision.granted_scopes and at_server(org, finding, request, decision)


def of_machine_with_scope(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.grant == CLIENT_CREDENTIALS and with_scope(org, finding, request, decision)


def by_rule(_: Org, finding: Finding, __: TokenRequest, decision: Decision) -> bool:
    return decision.rule is not None and decision.rule.place == finding.record.place


def by_rule_to_machines(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.grant == CLIENT_CREDENTIALS and by_rule(org, finding, request, decision)


def by_rule_with_key_as_grant(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return request.grant == finding.key and by_rule(org, finding, request, decision)


def by_rule_with_device_sso(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    granted = "device_sso" in decision.granted_scopes
    return granted and by_rule(org, finding, request, decision)


def refreshed_by_rule(
    org: Org, finding: Finding, request: TokenRequest, decision: Decision
) -> bool:
    return bool(decision.refresh_token) and by_rule(org, finding, request, decision)


def by_policy(_: Org, finding: Finding, __: TokenRequest, decision: Decision) -> bool:
    record = finding.record
    assert isinstance(record, AccessPolicy)
    return decision.policy is not None and decision.policy.place == record.place


def by_policy_to_key(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    return request.client == finding.key and by_policy(org, finding, request, decision)


def with_claim(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    claim = finding.record
    assert isinstance(claim, Claim)
    in_all = claim.claim_type == "RESOURCE" and not claim.conditions.scopes
    return in_all and at_server(org, finding, request, decision)


def with_okta_scope(org: Org, finding: Finding, request: TokenRequest, found: Decision) -> bool:
    calls_okta = any(scope.startswith("okta.") for scope in found.granted_scopes)
    return calls_okta and of_client(org, finding, request, found)


def of_machine_with_okta_scope(
    org: Org, finding: Finding, request: TokenRequest, found: Decision
) -> bool:
    return request.grant == CLIENT_CREDENTIALS and with_okta_scope(org, finding, request, found)


def unwarned(kind: CaveatKind, denied: Denied) -> Denied:
    """The tokens that a finding calls doubtful, unless the decision has the same doubt."""

    def check(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
        warned = any(caveat.kind is kind for caveat in decision.caveats)
        return not warned and denied(org, finding, request, decision)

    return check


def with_id_token(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    return "openid" in decision.granted_scopes and of_client(org, finding, request, decision)


def by_ciba(org: Org, finding: Finding, request: TokenRequest, decision: Decision) -> bool:
    return request.grant == CIBA and of_client(org, finding, request, decision)


def of_grant(_: Org, finding: Finding, request: TokenRequest, __: Decision) -> bool:
    named = request.scopes is not None and finding.record.title in request.scopes
    return request.server == ORG_SERVER and named


DENIED: dict[str, Denied] = {
    "OAM101": at_server,
    "OAM106": at_server,
    "OAM202": by_policy,
    "OAM203": by_policy_to_key,
    "OAM205": by_policy,
    "OAM206": by_policy,
    "OAM301": by_rule,
    "OAM302": with_scope,
    "OAM310": by_rule_to_machines,
    "OAM311": by_rule_to_machines,
    "OAM314": by_rule,
    "OAM317": by_rule_with_device_sso,
    "OAM318": by_rule,
    "OAM401": with_scope,
    "OAM404": with_scope,
    "OAM414": of_machine_with_scope,
    "OAM415": of_machine_at_server,
    "OAM416": of_machine_at_server,
    "OAM417": with_claim,
    "OAM418": of_people_at_server,
    "OAM501": of_client,
    "OAM502": of_client_at_custom_servers,
    "OAM503": with_key_as_grant,
    "OAM504": of_machine,
    "OAM511": of_client_without_page,
    "OAM515": of_client_without_page,
    "OAM517": refreshed_of_client,
    "OAM518": refreshed_by_rule,
    "OAM520": by_rule_with_key_as_grant,
    "OAM530": unwarned(CaveatKind.ID_TOKEN_KEY, with_id_token),
    "OAM536": unwarned(CaveatKind.CIBA_AUTHENTICATOR, by_ciba),
    "OAM601": of_people,
    "OAM606": unwarned(CaveatKind.ADMIN_ROLE_MISSING, with_okta_scope),
    "OAM610": of_grant,
    "OAM613": of_people,
    "OAM614": with_okta_scope,
    "OAM616": of_machine_with_okta_scope,
}
"""Which tokens a finding denies."""


UNFAILING: dict[str, Condition] = {
    "OAM416": Condition.CLAIMS,
    "OAM417": Condition.CLAIMS,
    "OAM418": Condition.CLAIMS,
    "OAM511": Condition.KEYS,
    "OAM515": Condition.ZONES,
    "OAM614": Condition.AUTHENTICATION,
}
"""The condition that no request fails where a rule is silent, for rules that go by it alone."""


UNASKED = {
    "OAM320": "the answer to a token of another server, which the examples' requests do not name",
    "OAM420": "whether the user is in too many groups is not known",
    "OAM534": "the answer to a request to sign out",
    "OAM606": "the answer of an API to a token that is minted",
    "OAM615": "the answer of an API to a token that is minted",
    "OAM703": "the answer to a refresh token that has ended by then",
    "OAM704": "the answer to a refresh token that has ended by then",
    "OAM801": "the answer to an API token",
    "OAM803": "the answer to an API token",
    "OAM810": "the answer to an API token",
    "OAM812": "the answer of an API to other clients",
}
"""Rules whose answer is to no token request of their examples, and to what it is."""


def answers(rule: Rule) -> list[tuple[Finding, Answer, Org, list[tuple[TokenRequest, Decision]]]]:
    """What Okta answers to findings of a rule's examples, and what is decided there."""
    return [
        (finding, answer, org, every)
        for org, every in map(decided, rule.page.flagged)
        for finding in rule.findings(org)
        if (answer := finding.answer or rule.answer)
    ]


def gives(decision: Decision, answer: Answer) -> bool:
    """Whether a request is rejected with this very answer."""
    return (
        decision.outcome is Outcome.REJECTED
        and (decision.error, decision.error_description) == (answer.error, answer.description)
        and answer.log_filter == (reason_filter(decision.reason) if decision.reason else None)
        and (decision.form in answer.forms if answer.forms else decision.form is None)
    )


def decided(example: dict[str, Any]) -> tuple[Org, list[tuple[TokenRequest, Decision]]]:
    org = Org.of(example_snapshot(completed(example)))
    decider = Decider(org)
    return org, [(request, decider.decide(request)) for request in requests(org)]


@pytest.mark.parametrize("code", RULES)
def test_every_request_of_every_example_is_decided(code: str) -> None:
    page = RULES[code].page
    for example in (*page.flagged, *page.accepted):
        org, every = decided(example)
        assert org.apps
        assert every or not org.servers


@pytest.mark.parametrize("code", DENIED)
def test_no_token_is_minted_that_a_finding_denies(code: str) -> None:
    rule, walked, contradictions = RULES[code], 0, []
    for example in rule.page.flagged:
        org, every = decided(example)
        for finding in rule.findings(org):
            walked += len(every)
            contradictions += [
                f"{finding.message} But: {request}"
                for request, decision in every
                if decision.outcome is Outcome.MINTED
                and DENIED[code](org, finding, request, decision)
            ]

    assert walked
    assert contradictions == []


def test_rules_that_declare_an_answer_are_known() -> None:
    assert {rule.code for rule in RULES.values() if answers(rule)} >= UNASKED.keys()


@pytest.mark.parametrize("code", sorted(RULES.keys() - UNASKED.keys()))
def test_requests_are_answered_as_their_findings_say(code: str) -> None:
    for finding, answer, org, every in answers(RULES[code]):
        witness = finding.witness(org) if callable(finding.witness) else finding.witness
        asked = [pair for pair in every if pair[0].client == finding.record.id] or every
        assert any(gives(decision, answer) for _, decision in asked), finding.message
        if witness and (decision := Decider(org).decide(witness)).outcome is Outcome.REJECTED:
            assert gives(decision, answer), finding.message


def test_where_no_token_can_be_exchanged_those_of_other_servers_are_refused() -> None:
    rule = RULES["OAM320"]
    (org,) = (decided(example)[0] for example in rule.page.flagged)
    decider = Decider(org)
    for finding in rule.findings(org):
        server = org.server_of(finding.record)
        assert server is not None
        exchanges = [
            replace(request, subject_server=other)
            for request in requests(org)
            if request.grant == TOKEN_EXCHANGE and request.server == server.id and request.scopes
            for other in [*(each.id for each in org.servers if each.id != server.id), ORG_SERVER]
        ]
        assert exchanges
        assert rule.answer
        assert all(gives(decider.decide(request), rule.answer) for request in exchanges)


@pytest.mark.parametrize("code", UNFAILING)
def test_no_request_fails_for_what_a_rule_accepts(code: str) -> None:
    failed = [
        request
        for example in RULES[code].page.accepted
        for request, decision in decided(example)[1]
        if decision.failed is UNFAILING[code]
    ]

    assert failed == []


@pytest.mark.parametrize("code", CLAIMS)
def test_witnesses_of_examples_show_what_their_findings_claim(code: str) -> None:
    wrong = []
    for example in RULES[code].page.flagged:
        decider = Decider(Org.of(example_snapshot(example)))
        for finding in audited(RULES[code], example).findings:
            if finding.witness:
                decision = decider.decide(finding.witness.request)
                if not CLAIMS[code](finding, decision):
                    wrong.append(f"{finding.message} But: {decision.outcome}")

    assert wrong == []
