"""The mappings that come with the package: complete, about real rules, and said in own words."""

import re

import pytest

from auditor.controls import Framework, bearing_on, builtin_frameworks, unmapped_rules
from auditor.controls.loading import ORDER
from auditor.plugins import load_rules

FRAMEWORKS = builtin_frameworks()
CODES = {rule.code for rule in load_rules() if rule.code.startswith("OAM")}

# How each publisher writes the ids of its controls.
SHAPES = {
    "nist-800-53-r5": r"(AC|CM|IA|SC)-\d+(\(\d+\))?",
    "soc2-2017": r"(CC[1-9]|A1|C1|PI1|P[1-8])\.\d",
    "iso-27001-2022": r"A\.[5-8]\.\d{1,2}",
    "pci-dss-4.0": r"\d{1,2}(\.\d{1,2}){2,3}",
    "owasp-api-2023": r"API(10|[1-9])",
    "rfc-9700": r"[24](\.\d{1,2}){1,2}",
    "disa-stig-okta-idaas": r"OKTA-APP-00324[01]",
}
# Annex A has 37, 8, 14 and 34 controls in its clauses 5 to 8.
ANNEX_A = {5: 37, 6: 8, 7: 14, 8: 34}


def test_every_rule_is_mapped_or_says_why_not_but_not_both() -> None:
    mapped = {code for framework in FRAMEWORKS for code in framework.rules}

    assert mapped | unmapped_rules().keys() == CODES
    assert not mapped & unmapped_rules().keys()


def test_a_rule_that_finds_a_risk_is_mapped() -> None:
    risky = {rule.code for rule in load_rules() if rule.impact == "risky"}
    assert not risky & unmapped_rules().keys()


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda item: item.id)
def test_a_framework_has_ids_as_its_publisher_writes_them(framework: Framework) -> None:
    for control in framework.controls:
        assert re.fullmatch(SHAPES[framework.id], control.id), control.id


def test_controls_of_annex_a_are_within_its_clauses() -> None:
    (iso,) = (item for item in FRAMEWORKS if item.id == "iso-27001-2022")
    for control in iso.controls:
        _, clause, number = control.id.split(".")
        assert 1 <= int(number) <= ANNEX_A[int(clause)]


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda item: item.id)
def test_each_mapping_says_why_in_one_sentence(framework: Framework) -> None:
    assert framework.beyond
    for control in framework.controls:
        for mapped in control.rules:
            assert re.fullmatch(r"[A-Z].{20,}[^.]\.", mapped.rationale), mapped
            assert len(mapped.rationale) <= 130, mapped


def test_the_stig_is_claimed_for_api_tokens_only() -> None:
    (stig,) = (item for item in FRAMEWORKS if item.id == "disa-stig-okta-idaas")

    direct = [m.rule for c in stig.controls for m in c.rules if m.strength == "direct"]
    assert direct == ["OAM804", "OAM805"]
    assert all(code.startswith("OAM8") for code in stig.rules)
    assert "No item of this STIG covers authorization servers" in stig.beyond[0]


def test_every_file_is_loaded_in_a_fixed_order() -> None:
    assert tuple(framework.id for framework in FRAMEWORKS) == ORDER
    assert set(SHAPES) == set(ORDER)


def test_where_a_rule_is_mapped() -> None:
    found = bearing_on(FRAMEWORKS, "OAM805")
    assert ("nist-800-53-r5", "AC-6(5)", "direct") in [
        (f.id, c.id, m.strength) for f, c, m in found
    ]
    assert ("pci-dss-4.0", "7.2.5", "direct") in [(f.id, c.id, m.strength) for f, c, m in found]
    assert not bearing_on(FRAMEWORKS, "OAM801")
