"""Every witness shows what its finding claims, on the demo tenant."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import CAPTURED_AT, example_snapshot
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.plugins import load_rules
from auditor.sandbox.northwind import northwind
from auditor.snapshot.document import Source, dump_snapshot
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.outcome import Outcome

sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox"))
from test_northwind import snapshot_of

Check = Callable[[ReportedFinding, Decision], bool]


def rejected(failed: str) -> Check:
    def check(_: ReportedFinding, decision: Decision) -> bool:
        return decision.outcome is Outcome.REJECTED and decision.failed == failed

    return check


def minted(_: ReportedFinding, decision: Decision) -> bool:
    return decision.outcome is Outcome.MINTED


def minted_by_it(finding: ReportedFinding, decision: Decision) -> bool:
    return (
        minted(finding, decision)
        and decision.rule is not None
        and (decision.rule.id == finding.object.id)
    )


def not_by_it(finding: ReportedFinding, decision: Decision) -> bool:
    return decision.outcome is Outcome.REJECTED or (
        decision.rule is not None and decision.rule.id != finding.object.id
    )


def minted_by_another(finding: ReportedFinding, decision: Decision) -> bool:
    others = {other.object.id for other in finding.related}
    return minted(finding, decision) and decision.rule is not None and decision.rule.id in others


def without_refresh_token(finding: ReportedFinding, decision: Decision) -> bool:
    return minted_by_it(finding, decision) and not decision.refresh_token


def without_pkce(finding: ReportedFinding, decision: Decision) -> bool:
    assert finding.witness
    return minted(finding, decision) and finding.witness.request.pkce is False


def with_the_default(finding: ReportedFinding, decision: Decision) -> bool:
    assert finding.witness
    asked = finding.witness.request.scopes
    return (
        minted(finding, decision) and not asked and finding.object.name in (decision.granted_scopes)
    )


CLAIMS: dict[str, Check] = {
    "OAM101": rejected("policy"),
    "OAM206": minted_by_another,
    "OAM301": not_by_it,
    "OAM302": rejected("scopes"),
    "OAM303": minted,
    "OAM304": minted_by_it,
    "OAM305": minted_by_it,
    "OAM309": minted_by_it,
    "OAM310": not_by_it,
    "OAM311": rejected("scopes"),
    "OAM312": rejected("policy"),
    "OAM313": minted_by_it,
    "OAM314": not_by_it,
    "OAM315": minted_by_it,
    "OAM316": minted_by_another,
    "OAM317": not_by_it,
    "OAM318": minted_by_another,
    "OAM401": rejected("policy"),
    "OAM404": rejected("policy"),
    "OAM406": with_the_default,
    "OAM414": rejected("consent"),
    "OAM415": rejected("scopes"),
    "OAM501": rejected("policy"),
    "OAM502": rejected("policy"),
    "OAM503": rejected("policy"),
    "OAM504": rejected("policy"),
    "OAM505": minted,
    "OAM506": minted,
    "OAM507": without_pkce,
    "OAM514": without_pkce,
    "OAM517": rejected("policy"),
    "OAM518": without_refresh_token,
    "OAM524": minted,
    "OAM601": rejected("assignment"),
    "OAM602": rejected("assignment"),
    "OAM603": rejected("policy"),
    "OAM604": minted,
    "OAM606": minted,
    "OAM610": rejected("grants"),
    "OAM612": minted,
    "OAM613": rejected("user"),
    "OAM616": rejected("grant"),
    "OAM701": minted_by_it,
    "OAM702": minted_by_it,
    "OAM703": minted_by_it,
    "OAM704": minted_by_it,
    "OAM705": minted_by_it,
    "OAM706": minted_by_it,
}
"""What becomes of each rule's witnesses."""


def audited(flaw: str) -> tuple[Decider, AuditResult]:
    snapshot = snapshot_of(northwind(CAPTURED_AT, flaws=[flaw]))
    source = Source("s.json", dump_snapshot(snapshot))
    rule = next(rule for rule in load_rules() if rule.code == flaw)
    return Decider(Org.of(snapshot)), audit(snapshot, [rule], source)


@cache
def audited_with_all() -> tuple[Decider, AuditResult]:
    snapshot = snapshot_of(northwind(CAPTURED_AT))
    source = Source("s.json", dump_snapshot(snapshot))
    return Decider(Org.of(snapshot)), audit(snapshot, load_rules(), source)


CLAIMS_WITHOUT_CLIENT = {"OAM304", "OAM305"}
"""On the demo tenant no client may use the grant that the rule allows, so nothing shows it."""


def fits(decider: Decider, finding: ReportedFinding) -> bool:
    assert finding.witness
    decision = decider.decide(finding.witness.request)
    return CLAIMS[finding.rule.code](finding, decision)


@pytest.mark.parametrize("code", sorted(CLAIMS.keys() - CLAIMS_WITHOUT_CLIENT))
def test_a_rule_shows_what_it_claims(code: str) -> None:
    decider, result = audited(code)

    assert result.findings
    for finding in result.findings:
        assert finding.witness, finding.message
        assert fits(decider, finding), finding.message


def test_witnesses_fit_with_all_flaws_at_once() -> None:
    decider, result = audited_with_all()
    shown = [finding for finding in result.findings if finding.witness]

    assert {finding.rule.code for finding in shown} <= CLAIMS.keys()
    assert [finding.message for finding in shown if not fits(decider, finding)] == []


@pytest.mark.parametrize(("code", "grant"), [("OAM304", "implicit"), ("OAM305", "password")])
def test_a_grant_is_shown_where_a_client_may_use_it(code: str, grant: str) -> None:
    client = {"id": "0oa1", "settings": {"oauthClient": {"grant_types": [grant]}}}
    conditions = {
        "people": {"groups": {"include": ["EVERYONE"]}},
        "grantTypes": {"include": [grant]},
        "scopes": {"include": ["openid"]},
    }
    server = "/api/v1/authorizationServers/aus1/policies"
    snapshot = example_snapshot(
        {
            "/api/v1/apps": [client],
            "/api/v1/apps/0oa1/users": [{"id": "00u1"}],
            "/api/v1/users": [{"id": "00u1"}],
            server: [{"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
            f"{server}/p1/rules": [{"id": "r1", "conditions": conditions}],
        }
    )
    rule = next(rule for rule in load_rules() if rule.code == code)
    result = audit(snapshot, [rule], Source("s.json", dump_snapshot(snapshot)))

    (finding,) = result.findings
    assert fits(Decider(Org.of(snapshot)), finding)
    assert finding.witness
    assert finding.witness.request.user == "00u1"
