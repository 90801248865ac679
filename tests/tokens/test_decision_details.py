"""What a token request is told beside where it ends."""

from typing import Any

import pytest
from helpers import tenant

from auditor import Org
from auditor.lint.examples import example_snapshot
from auditor.tokens.caveat import Caveat, CaveatKind
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.grants import AUTHORIZATION_CODE, IMPLICIT
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

RULES = "/api/v1/authorizationServers/aus1/policies/00p1/rules"
SCOPES = "/api/v1/authorizationServers/aus1/scopes"


def decided(
    rules: list[dict[str, Any]], grant: str, *scopes: str, consent: tuple[str, str] = ("", "")
) -> Decision:
    """The decision for Ada, whose client may use the grant type and refresh tokens.

    Args:
        rules: the conditions of each, beside the grant type.
        grant: the grant type.
        scopes: those asked for; none leaves them out, and billing:read is the default.
        consent: that of billing:read, and the client's consent method.
    """
    document = tenant()
    document[SCOPES] += [{"id": name, "name": name} for name in ("openid", "offline_access")]
    document[SCOPES][0] |= {"default": True, "consent": consent[0]}
    client = document["/api/v1/apps"][0]["settings"]["oauthClient"]
    client |= {"grant_types": [grant, "refresh_token"], "consent_method": consent[1]}
    first = document[RULES][0]
    document[RULES] = [
        {
            **first,
            "id": f"r{number}",
            "name": f"Rule {number}",
            "priority": number,
            "conditions": first["conditions"] | {"grantTypes": {"include": [grant]}} | conditions,
        }
        for number, conditions in enumerate(rules, 1)
    ]
    del document["/api/v1/apps"][1]
    request = TokenRequest(
        server="aus1", client="0oa1", grant=grant, user="00u1", scopes=frozenset(scopes) or None
    )
    return Decider(Org.of(example_snapshot(document))).decide(request)


@pytest.mark.parametrize(("grant", "refreshable"), [(AUTHORIZATION_CODE, True), (IMPLICIT, False)])
def test_a_refresh_token_comes_only_with_grant_types_that_have_one(
    grant: str, *, refreshable: bool
) -> None:
    decision = decided([{"scopes": {"include": ["*"]}}], grant, "billing:read", "offline_access")
    assert decision.outcome is Outcome.MINTED
    assert decision.refresh_token is refreshable
    assert (decision.refresh_window_minutes is not None) is refreshable


def test_readings_that_lead_to_different_rules_are_told_although_both_mint() -> None:
    rules = [{"scopes": {"include": ["billing:read"]}}, {"scopes": {"include": ["*"]}}]
    decision = decided(rules, AUTHORIZATION_CODE, "openid", "billing:read")
    assert decision.outcome is Outcome.MINTED
    assert decision.rule is not None
    assert decision.rule.title == "Rule 2"
    assert decision.readings_differ
    assert decision.caveats[-1].kind is CaveatKind.OIDC_SCOPES
    assert '"Rule 1"' in decision.caveats[-1].text

    alike = decided(rules[1:], AUTHORIZATION_CODE, "openid", "billing:read")
    assert not alike.readings_differ


def test_the_order_of_rules_is_doubted_without_scopes_and_only_if_there_are_several() -> None:
    everything = {"scopes": {"include": ["*"]}}
    doubt = Caveat(kind=CaveatKind.OMITTED_SCOPES)
    assert doubt in decided([everything, everything], AUTHORIZATION_CODE).caveats
    assert doubt not in decided([everything], AUTHORIZATION_CODE).caveats
    assert doubt not in decided([everything, everything], AUTHORIZATION_CODE, "openid").caveats


@pytest.mark.parametrize("method", ["REQUIRED", "TRUSTED"])
@pytest.mark.parametrize("consent", ["REQUIRED", "FLEXIBLE", "IMPLICIT"])
def test_consent_is_told_of_where_scope_and_client_ask_for_it(consent: str, method: str) -> None:
    rules = [{"scopes": {"include": ["*"]}}]
    decision = decided(rules, AUTHORIZATION_CODE, "billing:read", consent=(consent, method))
    caveats = [caveat for caveat in decision.caveats if caveat.kind is CaveatKind.CONSENT]
    expected = consent != "IMPLICIT" and method == "REQUIRED"
    assert [caveat.scopes for caveat in caveats] == ([("billing:read",)] if expected else [])
