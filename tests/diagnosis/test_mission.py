"""Each fact of the mission that is about troubleshooting has its test: T1 and E1 to E17."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cause_cases import CASES
from test_served_causes import FAULTS

TESTS = Path(__file__).parents[1]

MISSION = {
    "T1": (
        "system_log/test_explanations.py::test_a_rejection_is_confirmed_at_the_rule_that_comes_nearest",
        "diagnosis/test_causes_in_a_snapshot.py::test_filters_of_the_system_log_name_events_that_there_are",
    ),
    "E1": ("E0000011", "E0000004"),
    "E2": ("diagnosis/test_diagnose.py::test_what_is_wrong_with_a_token_is_said", "token-expired"),
    "E3": (
        "diagnosis/test_diagnose.py::test_what_is_wrong_with_a_token_is_said",
        "diagnosis/test_diagnose.py::test_a_bare_token_lacks_its_scheme",
    ),
    "E4": ("diagnosis/test_api_answers.py::test_the_fault_of_an_api_token_is_the_cause",),
    "E5": ("token-audience", "token-issuer", "custom-scope-at-org", "undefined-scope"),
    "E6": (
        "not-assigned",
        "diagnosis/test_api_answers.py::test_what_the_service_app_lacks_is_the_one_cause",
    ),
    "E7": ("diagnosis/test_api_answers.py::test_what_the_service_app_lacks_is_the_one_cause",),
    "E8": ("not-assigned", "refresh-ended"),
    "E9": ("outside-zones",),
    "E10": ("diagnosis/test_api_answers.py::test_the_fault_of_an_api_token_is_the_cause",),
    "E11": (
        "diagnosis/test_diagnose.py::test_a_rate_limit_says_when_to_come_back",
        "diagnosis/test_api_answers.py::test_each_kind_of_limit_is_told_apart",
    ),
    "E12": ("collect/test_rate_limiter.py::test_a_429_of_the_window_waits_until_it_reopens",),
    "E13": (
        "collect/test_list_fetcher.py::test_retry_after_is_waited_for_within_reason",
        "diagnosis/test_api_answers.py::test_a_fault_at_okta_is_no_fault_of_the_configuration",
    ),
    "E14": ("collect/test_export.py::test_no_request_is_sent_twice",),
    "E15": (
        "collect/test_circuit_breaker.py::test_failing_probes_lengthen_the_pause_and_then_end_it_for_good",
        "diagnosis/test_api_answers.py::test_a_fault_at_okta_is_no_fault_of_the_configuration",
    ),
    "E16": (
        "diagnosis/test_causes_in_a_snapshot.py::test_filters_of_the_system_log_name_events_that_there_are",
    ),
    "E17": ("diagnosis/test_diagnose.py::test_what_is_wrong_with_a_token_is_said",),
}
"""By fact: rows of the catalogue with their cases, and tests."""


def test_no_fact_is_left_out() -> None:
    assert list(MISSION) == ["T1", *(f"E{number}" for number in range(1, 18))]


@pytest.mark.parametrize("fact", MISSION)
def test_each_fact_has_the_tests_that_are_named(fact: str) -> None:
    rows = {case.row for case in CASES} | {fault.row for fault in FAULTS}
    for name in MISSION[fact]:
        path, _, function = name.partition("::")
        if function:
            text = (TESTS / path).read_text()
            assert re.search(rf"^(async )?def {function}\b", text, re.MULTILINE), name
        else:
            assert name in rows
