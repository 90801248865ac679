"""The mappings that come with the package: complete, about real rules, and said in own words."""

import re

import pytest
from published_ids import MENTIONED, exists

from auditor.controls import Framework, bearing_on, builtin_frameworks, unmapped_rules
from auditor.controls.framework_loading import ORDER
from auditor.plugins import load_rules

FRAMEWORKS = builtin_frameworks()
CODES = {rule.code for rule in load_rules() if rule.code.startswith("OAM")}


def test_every_rule_is_mapped_or_says_why_not_but_not_both() -> None:
    mapped = {code for framework in FRAMEWORKS for code in framework.rules}

    assert mapped | unmapped_rules().keys() == CODES
    assert not mapped & unmapped_rules().keys()


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda item: item.id)
def test_each_id_is_one_that_the_publisher_has_given_out(framework: Framework) -> None:
    named = [control.id for control in framework.controls]
    named += re.findall(MENTIONED[framework.id], " ".join(framework.beyond))

    assert [control for control in named if not exists(framework.id, control)] == []


@pytest.mark.parametrize(
    ("framework", "control"),
    [
        ("nist-800-53-r5", "IA-14"),
        ("nist-800-53-r5", "AC-13"),
        ("nist-800-53-r5", "AC-6(11)"),
        ("nist-800-53-r5", "AC-2(10)"),
        ("nist-800-53-r5", "ac-2"),
        ("nist-800-53-r5", "AC-02"),
        ("nist-800-53-r5", "IA-13.1"),
        ("soc2-2017", "CC6.9"),
        ("soc2-2017", "CC10.1"),
        ("soc2-2017", "C1"),
        ("iso-27001-2022", "A.5.38"),
        ("iso-27001-2022", "A.9.4.2"),
        ("iso-27001-2022", "5.15"),
        ("pci-dss-4.0", "2.2.8"),
        ("pci-dss-4.0", "7.2.5.2"),
        ("pci-dss-4.0", "8.6"),
        ("owasp-api-2023", "API11"),
        ("owasp-api-2023", "API0"),
        ("rfc-9700", "2.7"),
        ("rfc-9700", "2.6.1"),
        ("rfc-9700", "4.18"),
        ("disa-stig-okta-idaas", "OKTA-APP-003245"),
    ],
)
def test_ids_that_nobody_has_given_out_are_told(framework: str, control: str) -> None:
    assert not exists(framework, control)


def test_what_cannot_be_shown_names_controls_where_it_can() -> None:
    sentences = {framework.id: " ".join(framework.beyond) for framework in FRAMEWORKS}
    found = {key: re.findall(MENTIONED[key], text) for key, text in sentences.items()}
    assert "IA-13(2)" in found["nist-800-53-r5"]
    assert "A.8.16" in found["iso-27001-2022"]
    assert "7.2.4" in found["pci-dss-4.0"]
    assert "4.11" in found["rfc-9700"]


def test_a_title_is_ours_and_short() -> None:
    for framework in FRAMEWORKS:
        for control in framework.controls:
            assert 8 <= len(control.title) <= 80, control
            assert not re.search(
                r"[.\"“”]|\b(shall|must|should|entity|organization-defined)\b", control.title
            )


def test_a_rule_that_finds_two_things_shows_no_control_about_one_of_them() -> None:
    """OAM807 finds unencrypted origins and wildcards, OAM514 what a nonce may stand in for."""
    direct = {
        mapped.rule
        for framework in FRAMEWORKS
        for control in framework.controls
        for mapped in control.rules
        if mapped.strength == "direct"
    }
    assert not {"OAM807", "OAM514"} & direct


def test_the_rfc_asks_for_rotation_and_not_for_an_end() -> None:
    """Section 4.14.2: bound or rotated refresh tokens for public clients, and expiry when idle."""
    (rfc,) = (item for item in FRAMEWORKS if item.id == "rfc-9700")
    (section,) = (item for item in rfc.controls if item.id == "4.14")
    assert [m.rule for m in section.rules if m.strength == "direct"] == ["OAM510"]


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
    assert set(MENTIONED) == set(ORDER)


def test_where_a_rule_is_mapped() -> None:
    found = bearing_on(FRAMEWORKS, "OAM805")
    assert ("nist-800-53-r5", "AC-6(5)", "direct") in [
        (f.id, c.id, m.strength) for f, c, m in found
    ]
    assert ("pci-dss-4.0", "7.2.5", "direct") in [(f.id, c.id, m.strength) for f, c, m in found]
    assert not bearing_on(FRAMEWORKS, "OAM801")
