"""The System Log, as the page "System Log query" and the Management API describe it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browsing import Reply, get, pages, tenant
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.sandbox import Sandbox, TenantFile
from auditor.sandbox.clock import iso
from auditor.sandbox.expressions import parsed
from auditor.sandbox.system_log.fields import values
from auditor.sandbox.system_log.query import LogQuery

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LOGS = "/api/v1/logs"


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(uuid: str, published: str, **members: Any) -> dict[str, Any]:
    return {"uuid": uuid, "published": published, "eventType": "app.oauth2.as.authorize", **members}


REFUSED = event(
    "refused",
    ago(hours=3),
    eventType="app.oauth2.as.token.grant",
    displayMessage="OAuth2 token request",
    severity="WARN",
    actor={"id": "0oa1", "type": "PublicClientApp", "displayName": "Billing worker"},
    client={"id": "0oa1", "ipAddress": "203.0.113.7"},
    outcome={"result": "FAILURE", "reason": "no_matching_policy"},
    target=[{"id": "aus1", "type": "AuthorizationServer"}, {"id": "00u1", "type": "User"}],
    debugContext={"debugData": {"grantType": "client_credentials", "requestUri": "/oauth2/aus1"}},
)
GRANTED = event(
    "granted",
    ago(hours=2),
    eventType="app.oauth2.as.token.grant.access_token",
    severity="INFO",
    actor={"id": "0oa2", "type": "PublicClientApp"},
    client={"id": "0oa2"},
    outcome={"result": "SUCCESS", "reason": None},
    target=[{"id": "aus1", "type": "AuthorizationServer"}],
    transaction={"id": "XOxBw-2JIRnCFd0g", "type": "WEB"},
)
EVENTS = [
    event("retired", ago(days=91)),
    event("old", ago(days=8)),
    REFUSED,
    GRANTED,
    # It was published before the one ahead of it, and written after it.
    event("late", ago(hours=2, minutes=30)),
]


def tenant_of(events: list[dict[str, Any]], **directives: Any) -> Sandbox:
    return tenant({LOGS: events, "@now": NOW.isoformat(), **directives})


def ask(sandbox: Sandbox, **query: str) -> Reply:
    return get(f"{sandbox.url}{LOGS}?{urlencode(query)}")


def uuids(**query: str) -> list[str]:
    with tenant_of(EVENTS) as sandbox:
        return [event["uuid"] for event in ask(sandbox, **query).json]


def refusal(**query: str) -> tuple[int, str, str]:
    with tenant_of(EVENTS) as sandbox:
        reply = ask(sandbox, **query)
    return reply.status, reply.json["errorCode"], reply.json["errorSummary"]


def test_the_last_seven_days_are_polled_in_the_order_of_writing():
    assert uuids() == ["refused", "granted", "late"]


def test_a_bounded_request_is_in_the_order_of_publication():
    assert uuids(since=ago(days=9), until=ago()) == ["old", "refused", "late", "granted"]


def test_descending_order_ends_now():
    assert uuids(sortOrder="DESCENDING") == ["granted", "late", "refused"]


def test_what_is_older_than_ninety_days_is_not_there():
    assert uuids(since=ago(days=120), until=ago(days=1)) == ["old"]


def test_an_event_at_the_edge_belongs_to_both_sides():
    edge = ago(hours=2, minutes=30)
    assert uuids(since=edge, until=ago()) == ["late", "granted"]
    assert uuids(since=ago(hours=3), until=edge) == ["refused", "late"]


def test_until_alone_reaches_back_seven_days():
    assert uuids(until=ago(days=7)) == ["old"]


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_bounded_pages_end_without_a_next_link(order: str):
    events = [event(str(number), ago(minutes=500 - number)) for number in range(250)]
    query = urlencode({"since": ago(days=1), "until": ago(), "sortOrder": order})
    with tenant_of(events) as sandbox:
        replies = list(pages(f"{sandbox.url}{LOGS}?{query}"))

    assert [len(reply.json) for reply in replies] == [100, 100, 50]
    shown = [int(event["uuid"]) for reply in replies for event in reply.json]
    assert shown == (list(range(250)) if order == "ASCENDING" else list(range(249, -1, -1)))
    assert replies[0].link("self") == f"{sandbox.url}{LOGS}?{query}"


def test_a_page_that_is_full_at_the_end_has_no_next_link():
    with tenant_of(EVENTS) as sandbox:
        reply = ask(sandbox, since=ago(days=7), until=ago(), limit="3")

    assert (len(reply.json), reply.link("next")) == (3, None)


def test_polling_never_ends_and_shows_what_happens_meanwhile():
    events = [event(str(number), ago(minutes=500 - number)) for number in range(150)]
    with tenant_of(events) as sandbox:
        first = ask(sandbox, since=ago(days=1))
        second = get(first.link("next") or "")
        empty = get(second.link("next") or "")
        again = get(empty.link("next") or "")

        assert [len(page.json) for page in (first, second, empty, again)] == [100, 50, 0, 0]
        assert "since" not in parse_qs(urlsplit(first.link("next") or "").query)

        sandbox.write_event(event("new", ago()))
        assert [event["uuid"] for event in get(again.link("next") or "").json] == ["new"]


def test_a_cursor_holds_its_place_when_an_event_comes_late():
    events = [event(str(number), ago(minutes=10 - number)) for number in range(4)]
    with tenant_of(events) as sandbox:
        first = ask(sandbox, since=ago(days=1), until=ago(), limit="2")
        sandbox.write_event(event("late", ago(minutes=11)))
        second = get(first.link("next") or "")

    assert [event["uuid"] for event in second.json] == ["2", "3"]


def test_a_filter_goes_through_all_pages():
    events = [event(str(n), ago(minutes=500 - n), severity="WARN" if n % 3 else "INFO")
              for n in range(300)]  # fmt: skip
    query = {"since": ago(days=1), "until": ago(), "limit": "30", "filter": 'severity eq "INFO"'}
    with tenant_of(events) as sandbox:
        replies = list(pages(f"{sandbox.url}{LOGS}?{urlencode(query)}"))

    assert [len(reply.json) for reply in replies] == [30, 30, 30, 10]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ('eventType eq "app.oauth2.as.token.grant"', ["refused"]),
        ('eventType sw "app.oauth2.as.token"', ["refused", "granted"]),
        ('eventType ew "access_token"', ["granted"]),
        ('eventType co "token"', ["refused", "granted"]),
        ('event_type eq "app.oauth2.as.authorize"', ["late"]),
        ('outcome.result eq "FAILURE" or outcome.result eq "DENY"', ["refused"]),
        ('outcome.result ne "SUCCESS"', ["refused"]),
        ("outcome.reason pr", ["refused"]),
        ("not (outcome.reason pr)", ["granted", "late"]),
        ('actor.id eq "0oa1"', ["refused"]),
        ('target.id eq "00u1" and target.id eq "aus1"', ["refused"]),
        ('target.type EQ "AuthorizationServer"', ["refused", "granted"]),
        ('client.id gt "0oa1" AND client.id le "0oa2"', ["granted"]),
        ('client.ipAddress eq "203.0.113.7"', ["refused"]),
        ('debugContext.debugData.grantType eq "client_credentials"', ["refused"]),
        ('debugContext.debugData.requestUri sw "/oauth2"', ["refused"]),
        ('transaction.detail.requestApiTokenId eq "00T1"', []),
        ('severity ge "INFO"', ["refused", "granted"]),
        ('(severity eq "INFO" or severity eq "WARN") and not (client.id eq "0oa2")', ["refused"]),
    ],
)
def test_a_filter_chooses_events(expression: str, chosen: list[str]):
    assert uuids(filter=expression) == chosen


@pytest.mark.parametrize(
    ("keywords", "chosen"),
    [
        ("billing WORKER", ["refused"]),
        ("billing granted", []),
        ("203.0.113.7", ["refused"]),
        ("203.0.113", []),
        ("2JIRnCFd0g", ["granted"]),
        ("xoxbw-2jirncfd0g", ["granted"]),
        ("oauth2", ["refused"]),
    ],
)
def test_keywords_choose_events(keywords: str, chosen: list[str]):
    assert uuids(q=keywords) == chosen


@pytest.mark.parametrize(
    ("query", "code", "summary"),
    [
        (
            {"filter": 'display_message eqq "Create okta user"'},
            "E0000053",
            (
                "Invalid filter 'display_message eqq \"Create okta user\"': Unrecognized attribute "
                "operator 'eqq' at position 16. Expected: eq,co,sw,pr,gt,ge,lt,le"
            ),
        ),
        (
            {"filter": 'some_invalid_field eq "x"'},
            "E0000053",
            "field is not valid: some_invalid_field",
        ),
        ({"filter": f'published gt "{ago()}"'}, "E0000053", "field is not valid: published"),
        ({"filter": "target.changeDetails pr"}, "E0000053", "field is not valid: target.changeDet"),
        ({"filter": "actor.age pr"}, "E0000053", "field is not valid: actor.age"),
        (
            {"filter": 'debugContext.debugData.url co "/oauth/"'},
            "E0000031",
            (
                "The supplied combination of operator and field is not currently supported. "
                "Operator: co, Field: debugContext.debugData.url"
            ),
        ),
        (
            {"filter": 'target[type eq "User"].id eq "x"'},
            "E0000053",
            "field is not valid: target[type",
        ),
        ({"filter": 'uuid eq "x'}, "E0000053", "Invalid filter 'uuid eq \"x'"),
        ({"filter": "severity gt null"}, "E0000053", "Invalid filter 'severity gt null'"),
        ({"filter": 'severity eq {"a":1}'}, "E0000053", "Invalid filter 'severity eq"),
        (
            {"since": ago(days=181)},
            "E0000053",
            "Invalid parameter: The since parameter is over 180 days prior to the current day.",
        ),
        (
            {"until": "yesterday"},
            "E0000001",
            (
                "Api validation failed: 'until': The date format in your query is not recognized. "
                "Please enter dates using ISO8601 string format. "
                "'until': must be a valid date-time or empty."
            ),
        ),
        ({"since": "2026-02-31T00:00:00Z"}, "E0000001", "Api validation failed: 'since': The date"),
        ({"since": "2026-11-28"}, "E0000001", "Api validation failed: 'since': The date"),
        (
            {"q": "x" * 41},
            "E0000001",
            (
                "Api validation failed: 'q': Freeform search cannot contain items longer than 40 "
                "characters. Please shorten the items in your search or use an advanced filter to "
                "query by specific fields."
            ),
        ),
        ({"q": "x " * 11}, "E0000001", "Api validation failed: 'q'"),
        ({"limit": "1001"}, "E0000001", "Api validation failed: 'limit'"),
        ({"limit": "-1"}, "E0000001", "Api validation failed: 'limit'"),
        ({"limit": "0000000001001"}, "E0000001", "Api validation failed: 'limit'"),
        ({"sortOrder": "desc"}, "E0000001", "Api validation failed: 'sortOrder'"),
        ({"after": "1627500044869"}, "E0000001", "Api validation failed: 'after'"),
    ],
)
def test_a_parameter_that_is_none_is_refused(query: dict[str, str], code: str, summary: str):
    status, given_code, given_summary = refusal(**query)

    assert (status, given_code) == (400, code)
    assert given_summary.startswith(summary)


def test_an_unreadable_date_has_its_causes():
    with tenant_of([]) as sandbox:
        causes = ask(sandbox, until="x").json["errorCauses"]

    assert [cause["errorSummary"] for cause in causes] == [
        (
            "until: The date format in your query is not recognized. "
            "Please enter dates using ISO8601 string format."
        ),
        "until: must be a valid date-time or empty.",
    ]


def test_a_thousand_events_fit_on_a_page_and_none_if_none_are_asked_for():
    events = [event(str(number), ago(minutes=2000 - number)) for number in range(1200)]
    with tenant_of(events) as sandbox:
        assert len(ask(sandbox, limit="1000").json) == 1000
        nothing = ask(sandbox, limit="0", since=ago(days=2), until=ago())

    assert (nothing.json, nothing.link("next")) == ([], None)


def test_it_has_a_rate_limit_of_its_own():
    with tenant_of([]) as sandbox:
        assert ask(sandbox).headers["X-Rate-Limit-Limit"] == "60"


def test_without_a_moment_the_time_of_this_machine_counts():
    moment = datetime.now(UTC) - timedelta(days=6)
    with tenant({LOGS: [event("recent", moment.isoformat()), event("x", ago())]}) as sandbox:
        assert "recent" in [event["uuid"] for event in ask(sandbox).json]


@pytest.mark.parametrize(
    "entry",
    ["text", {}, {"published": 1}, {"published": "x"}, {"published": "2026-01-01T00:00:00"}],
)
def test_an_event_without_a_time_is_an_error_of_the_tenant_file(entry: Any):
    with pytest.raises(UsageError, match=r"/api/v1/logs\[1\].*needs a time"):
        Sandbox(TenantFile.from_document({LOGS: [GRANTED, entry]}))


def test_pages_of_a_hundred_thousand_events_look_at_each_once(monkeypatch: pytest.MonkeyPatch):
    looked = 0
    chooses = LogQuery.chooses

    def counted(query: LogQuery, event: dict[str, Any]) -> bool:
        nonlocal looked
        looked += 1
        return chooses(query, event)

    monkeypatch.setattr(LogQuery, "chooses", counted)
    moment = int((NOW - timedelta(days=6)).timestamp() * 1000)
    events = [
        event(str(n), iso(moment + n), severity="WARN" if n % 10 else "INFO")
        for n in range(100_000)
    ]
    query = {"since": ago(days=7), "until": ago(), "limit": "1000", "filter": 'severity eq "INFO"'}
    with tenant_of(events) as sandbox:
        replies = list(pages(f"{sandbox.url}{LOGS}?{urlencode(query)}"))

    assert [len(reply.json) for reply in replies] == [1000] * 10
    # Each page looks on to the first event of the next, to know whether there is one.
    assert looked < 100_000 + 10 * 20


LEAVES = ("severity", "actor.id", "target.id")
EXPRESSIONS = st.recursive(
    st.tuples(st.sampled_from(LEAVES), st.sampled_from(["eq", "ne"]), st.sampled_from("ab")),
    lambda inner: (
        st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=8,
)


def written(tree: Any) -> str:
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    if tree[0] in {"and", "or"}:
        return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"
    return f'{tree[0]} {tree[1]} "{tree[2]}"'


def holds(tree: Any, record: dict[str, list[str]]) -> bool:
    if tree[0] == "not":
        return not holds(tree[1], record)
    if tree[0] in {"and", "or"}:
        sides = (holds(side, record) for side in tree[1:])
        return all(sides) if tree[0] == "and" else any(sides)
    return any((value == tree[2]) == (tree[1] == "eq") for value in record[tree[0]])


@given(tree=EXPRESSIONS, targets=st.lists(st.sampled_from("abc")), actor=st.sampled_from("abc"))
def test_an_expression_means_what_it_is_made_of(tree: Any, targets: list[str], actor: str):
    record = {"severity": "a", "actor": {"id": actor}, "target": [{"id": each} for each in targets]}
    flat = {"severity": ["a"], "actor.id": [actor], "target.id": targets}

    assert parsed(written(tree), values)(record) == holds(tree, flat)
