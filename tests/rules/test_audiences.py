"""Audiences overlap where one is the other, or lies beneath it on the border of a segment."""

import pytest

from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.org import Org

RULE = next(rule for rule in load_rules() if rule.code == "OAM103")


def overlap(*audiences: str) -> list[str]:
    servers = [
        {"id": f"aus{number}", "name": audience, "audiences": [audience]}
        for number, audience in enumerate(audiences)
    ]
    org = Org.of(example_snapshot({"/api/v1/authorizationServers": servers}))
    return [finding.record.id for finding in RULE.check(org.restricted_to(RULE.reads))]


OVERLAPPING = [
    ("https://a.example/v1", "https://a.example/v1"),
    ("https://a.example", "https://a.example/"),
    ("https://a.example", "https://a.example/v1"),
    ("https://a.example/", "https://a.example/v1"),
    ("https://a.example/v1", "https://a.example/v1/orders"),
    ("https://A.example/v1", "https://a.EXAMPLE/v1/orders/"),
    ("api://shop", "api://shop/orders"),
    ("orders", "orders"),
]

APART = [
    ("https://a.example/v1", "https://a.example/v10"),
    ("https://a.example/orders", "https://a.example/orders-archive"),
    ("https://a.example/orders", "https://a.example/stock"),
    ("https://a.example/Orders", "https://a.example/orders"),
    ("https://a.example", "https://a.example.org"),
    ("https://a.example", "https://a.example:8443/v1"),
    ("https://a.example", "http://a.example/v1"),
    ("api://shop", "api://shopping"),
    ("orders", "orders/v1"),
    ("https://", "https://a.example"),
    ("https://[", "https://[/v1"),
]


@pytest.mark.parametrize(("one", "other"), OVERLAPPING)
def test_overlap_is_found_in_either_order_and_once(one: str, other: str) -> None:
    assert overlap(one, other) == ["aus1"]
    assert overlap(other, one) == ["aus1"]


@pytest.mark.parametrize(("one", "other"), APART)
def test_a_common_beginning_is_no_overlap(one: str, other: str) -> None:
    assert not overlap(one, other)
    assert not overlap(other, one)


def test_all_that_overlap_are_reported_once() -> None:
    assert overlap("api://shop", "api://other", "api://shop", "api://shop/v1") == ["aus2"]
    assert overlap("api://a/x", "api://b", "api://a/y", "api://a", "api://b") == ["aus2", "aus4"]
