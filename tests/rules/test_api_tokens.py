"""What the expiry and the window of an API token say about its last use."""

from datetime import timedelta

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import CAPTURED_AT, example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULES = [rule for rule in load_rules() if rule.code in {"OAM801", "OAM802"}]
ZONE_RULES = [rule for rule in load_rules() if rule.code in {"OAM804", "OAM810"}]


def codes(window: str | None, left: timedelta) -> list[str]:
    token = {"name": "Sync", "expiresAt": (CAPTURED_AT + left).isoformat(), "tokenWindow": window}
    snapshot = example_snapshot({"/api/v1/api-tokens": [token]})
    result = audit(snapshot, RULES, Source("example.json", dump_snapshot(snapshot)))
    assert not result.crashed
    return [finding.rule.code for finding in result.findings]


@pytest.mark.parametrize("window", ["P30D", "PT720H", "P4W2D", None])
@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=30), []),
        (timedelta(days=16), []),
        (timedelta(days=16, seconds=-1), ["OAM802"]),
        (timedelta(days=7, seconds=1), ["OAM802"]),
        (timedelta(days=7), ["OAM801"]),
        (timedelta(days=-3), ["OAM801"]),
    ],
)
def test_a_thirty_day_window_in_every_form(
    window: str | None, left: timedelta, expected: list[str]
) -> None:
    assert codes(window, left) == expected


@pytest.mark.parametrize("window", ["", "thirty days", "P", "-P30D", "PT0S"])
def test_a_window_that_is_no_duration_says_nothing_about_last_use(window: str) -> None:
    assert codes(window, timedelta(days=10)) == []


def test_a_long_window_shifts_the_last_use() -> None:
    assert codes("P90D", timedelta(days=80)) == []
    assert codes("P90D", timedelta(days=70)) == ["OAM802"]


def test_a_short_window_is_not_near_expiry_just_after_use() -> None:
    assert codes("P5D", timedelta(days=5)) == []
    assert codes("P5D", timedelta(days=2)) == ["OAM801"]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"connection": "ZONE", "include": ["nzo1"]}, []),
        ({"connection": "ZONE", "include": ["ALL_IP_ZONES"]}, []),
        ({"connection": "ZONE", "include": ["nzo1"], "exclude": ["nzo2"]}, []),
        ({"connection": "ZONE", "include": ["nzo1", "nzoGone"]}, ["OAM810"]),
        ({"connection": "ZONE", "include": ["nzoGone"], "exclude": ["nzo2"]}, ["OAM810"]),
        ({"connection": "ZONE", "include": [], "exclude": ["nzo2"]}, ["OAM804"]),
        ({"connection": "ANYWHERE", "include": ["nzoGone"]}, ["OAM804"]),
    ],
)
def test_zones_of_a_token(network: dict[str, object], expected: list[str]) -> None:
    content = {
        "/api/v1/api-tokens": [{"name": "Sync", "network": network}],
        "/api/v1/zones": [{"id": "nzo1"}, {"id": "nzo2"}],
    }
    snapshot = example_snapshot(content)
    result = audit(snapshot, ZONE_RULES, Source("example.json", dump_snapshot(snapshot)))

    assert [finding.rule.code for finding in result.findings] == expected
