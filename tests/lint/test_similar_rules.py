"""What was meant: codes by their digits, names by their spelling and words."""

import pytest
from helpers import okta_auditor

from auditor.errors import UsageError
from auditor.lint.selection import find_rule
from auditor.lint.similar_rules import similar_rules
from auditor.plugins import load_rules

CODES = {"OAM101", "OAM201", "OAM301", *(f"OAM{number}" for number in range(310, 319))}
CODES |= {"OAM508", "OAM509", "OAM802"}
RULES = [rule for rule in load_rules() if rule.code in CODES]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("OAM31", "one of the 9 from OAM310 to OAM318"),
        ("OAM319", "one of the 9 from OAM310 to OAM318"),
        ("OAM20l", "OAM201"),
        ("OAM2O1", "OAM201"),
        ("0AM301", "OAM301"),
        ("oma301", "OAM301"),
        ("301", "OAM301"),
        ("OAM1011", "OAM101"),
        ("policy-open-to-all-client", "policy-open-to-all-clients"),
        ("scopes_nevr_together", "scopes-never-together"),
        ("Scopes never together", "scopes-never-together"),
        ("open-policy", "policy-open-to-all-clients"),
        ("redirect", "insecure-redirect-uri or wildcard-redirect-uri"),
        ("token-idle", "api-token-idle"),
    ],
)
def test_a_near_miss_is_answered_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_rule(RULES, text)

    assert caught.value.message == f"There is no rule {text!r}; did you mean {meant}?"


@pytest.mark.parametrize(
    "text", ["OAM9", "OAM901", "XYZ", "XYZ123", "nonsense", "the", "", "-", "é", "OAM-\u0661"]
)
def test_what_resembles_no_rule_is_answered_with_none(text: str) -> None:
    assert similar_rules(text, RULES) == ()


def test_similar_rules_are_data() -> None:
    assert similar_rules("OAM2O1", RULES) == ("OAM201",)
    assert similar_rules("redirect", RULES) == ("insecure-redirect-uri", "wildcard-redirect-uri")
    assert len(similar_rules("OAM31", RULES)) == 9


def test_a_prefix_where_one_rule_is_needed_names_those_that_it_stands_for() -> None:
    outcome = okta_auditor("rules", "OAM31")

    assert outcome.exit_code == 2
    family = [rule.code for rule in load_rules() if rule.code.startswith("OAM31")]
    hint = f"did you mean one of the {len(family)} from {family[0]} to {family[-1]}?"
    assert f"There is no rule 'OAM31'; {hint}" in outcome.stderr
