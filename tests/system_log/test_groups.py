"""Grouping: the order of events does not matter, and numbers add up."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from small_log import changed, granted, refused

from auditor.system_log import groups
from auditor.system_log.event import log_event
from auditor.system_log.groups import GroupedLog, grouped

EVENTS = st.one_of(
    st.builds(
        refused,
        st.sampled_from(["pay:read", "pay:write", "pay:write pay:read", "", None]),
        user=st.sampled_from(["00u1", "00u2", "00u3"]),
        reason=st.sampled_from(["no_matching_policy", "user_not_assigned", ""]),
        at=st.integers(0, 59).map(lambda minute: f"2025-12-23T14:{minute:02}:00Z"),
        eventType=st.sampled_from(["app.oauth2.as.authorize", "app.oauth2.as.token.grant"]),
        outcome=st.sampled_from(
            [{"result": "FAILURE", "reason": "x"}, {"result": "DENY"}, {"result": "CHALLENGE"}]
        ),
    ),
    st.builds(granted, st.sampled_from(["pay:read", None])),
    st.builds(changed, st.just("0pr1"), st.just("PolicyRule"), st.just("2025-12-23T14:03:00Z")),
    st.just({**refused(), "eventType": "user.session.start"}),
)


def of(events: list[dict[str, Any]]) -> GroupedLog:
    return grouped(map(log_event, events))


@given(st.lists(EVENTS, max_size=25), st.randoms())
def test_the_order_of_events_does_not_matter(events: list[dict[str, Any]], chance: Any) -> None:
    mixed = list(events)
    chance.shuffle(mixed)
    one, other = of(events), of(mixed)
    assert one.in_order() == other.in_order()
    assert one.grants == other.grants
    assert sorted(one.changes, key=str) == sorted(other.changes, key=str)
    assert (one.first, one.last) == (other.first, other.last)


@given(st.lists(EVENTS, max_size=25))
def test_every_event_is_counted_once(events: list[dict[str, Any]]) -> None:
    log = of(events)
    assert log.failed + log.granted + len(log.changes) + log.other == len(events)
    assert sum(group.count for group in log.groups.values()) == log.failed
    assert sum(log.grants.values()) == log.granted
    for group in log.groups.values():
        assert group.first <= group.last
        assert sum(group.people.values()) + group.without_user == group.count
    counts = [group.count for group in log.in_order()]
    assert counts == sorted(counts, reverse=True)


def test_scopes_are_a_set_and_no_scopes_are_another_request() -> None:
    log = of([refused("a b"), refused("b,a"), refused(""), refused(None)])
    assert sorted(group.count for group in log.groups.values()) == [1, 1, 2]


def test_refusals_by_name_count_whatever_their_outcome() -> None:
    names = ["app.oauth2.as.authorize.scope_denied", "app.oauth2.invalid_client_credentials"]
    log = of([refused(eventType=name, outcome={"result": "SUCCESS"}) for name in names])
    assert (log.failed, log.granted) == (2, 0)


def test_what_is_too_much_is_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(groups, "MOST_GROUPS", 2)
    monkeypatch.setattr(groups, "MOST_CHANGES", 1)
    monkeypatch.setattr(groups, "MOST_SITUATIONS", 1)
    change = changed("0pr1", "PolicyRule", "2025-12-23T14:03:00Z")
    events = [refused(name) for name in "abca"] + [change, change] + [granted("a"), granted("b")]
    log = of(events)
    assert (log.failed, log.ungrouped, len(log.groups)) == (4, 1, 2)
    assert (len(log.changes), log.changes_left_out) == (1, 1)
    assert (log.granted, log.grants_left_out) == (2, 1)
