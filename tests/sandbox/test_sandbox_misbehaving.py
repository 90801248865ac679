from __future__ import annotations

import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from browsing import get, pages, tenant

from auditor.sandbox import RateLimit
from auditor.sandbox.limits import RequestCounter

PATH = "/api/v1/groups"
GROUPS = [{"id": f"00g{number}"} for number in range(300)]


def with_faults(*faults: dict[str, Any]) -> Any:
    return tenant({PATH: GROUPS, "@faults": [{"path": f"^{PATH}", **fault} for fault in faults]})


def test_every_answer_says_how_much_of_its_limit_is_left():
    with tenant({}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert reply.headers["X-Rate-Limit-Limit"] == "250", "half of Okta's, which is a token's"
    assert reply.headers["X-Rate-Limit-Remaining"] == "249"
    assert 0 < int(reply.headers["X-Rate-Limit-Reset"]) - time.time() <= 61


def test_too_many_requests_are_refused():
    limits = [{"path": "^/api/v1/groups", "limit": 2, "window_s": 60}]
    with tenant({"@rate_limits": limits}) as sandbox:
        replies = [get(sandbox.url + PATH) for _ in range(3)]
        other = get(f"{sandbox.url}/api/v1/users")

    assert [reply.status for reply in replies] == [200, 200, 429]
    assert [reply.headers["X-Rate-Limit-Remaining"] for reply in replies] == ["1", "0", "0"]
    assert replies[2].headers["X-Rate-Limit-Limit"] == "2"
    assert replies[2].json["errorCode"] == "E0000047"
    assert other.status == 200


def test_a_window_is_over_when_its_reset_says_so():
    now = [1000.25]
    limiter = RequestCounter([RateLimit(path="x", limit=1, window_s=2)], clock=lambda: now[0])

    assert limiter.spend("/x").reset == 1003
    now[0] = 1002.2
    assert limiter.spend("/x").exceeded
    now[0] = 1003.0
    assert not limiter.spend("/x").exceeded


def test_other_clients_spend_the_same_window_evenly():
    now = [1000.0]
    limit = RateLimit(path="x", limit=10, window_s=10, other_clients=(4, 2, 0))
    limiter = RequestCounter([limit], clock=lambda: now[0])

    now[0] = 1006.0
    assert limiter.spend("/x").remaining == 10 - 2 - 1 - 1, "two in 2.5 s each, one in 5 s, ours"
    assert limiter.spend("/y").remaining == 99
    now[0] = 1011.2
    standing = limiter.spend("/x")
    assert (standing.remaining, standing.reset) == (10 - 4 - 2 - 2, 1012), "they began the window"
    now[0] = 1111.3
    assert limiter.spend("/x").remaining >= 10 - 7


def test_a_request_too_many_at_the_same_time_is_refused_without_a_window():
    document = {"@concurrency": 2, "@latency_ms": 200}
    with tenant(document) as sandbox, ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(get, [sandbox.url + PATH] * 4))
        later = get(sandbox.url + PATH)

    assert sorted(reply.status for reply in replies) == [200, 200, 429, 429]
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.headers["X-Rate-Limit-Limit"] == "0"
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    assert later.headers["X-Rate-Limit-Remaining"] == "247", "it was not counted"


def test_a_status_brings_a_body_like_okta_s():
    with with_faults({"status": 403}, {"status": 503}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert reply.status == 403
    assert reply.json["errorCode"] == "E0000006"
    assert reply.json["errorLink"] == "E0000006"


def test_faults_take_turns_and_end():
    first, second = {"status": 500, "times": 2}, {"status": 502, "after": 1, "times": 1}
    with with_faults(first, second) as sandbox:
        statuses = [get(sandbox.url + PATH).status for _ in range(5)]

    assert statuses == [500, 500, 200, 502, 200]


def test_a_fault_leaves_other_paths_alone():
    with with_faults({"status": 500}) as sandbox:
        assert get(f"{sandbox.url}/api/v1/users").status == 200


def test_a_body_that_is_an_object_is_json():
    body = {"errorCode": "E0000015", "errorSummary": "no feature"}
    with with_faults({"status": 401, "body": body}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert (reply.status, reply.json) == (401, body)
    assert reply.headers["Content-Type"] == "application/json"


def test_a_body_that_is_text_is_a_page():
    with with_faults({"status": 200, "body": "<h1>Back soon</h1>"}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert (reply.status, reply.body) == (200, b"<h1>Back soon</h1>")
    assert reply.headers["Content-Type"].startswith("text/html")


def test_headers_can_make_a_list_loop():
    link = ['<{origin}/api/v1/groups>; rel="self"', '<{origin}/api/v1/groups>; rel="next"']
    with with_faults({"headers": {"Link": link}, "times": 3}) as sandbox:
        replies = list(pages(sandbox.url + PATH))

    assert [len(reply.json) for reply in replies] == [200, 200, 200, 200, 100]
    assert replies[0].link("next") == replies[0].link("self")


def test_a_header_can_be_taken_away():
    with with_faults({"status": 503, "headers": {"X-Rate-Limit-Reset": None}}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert "X-Rate-Limit-Limit" in reply.headers
    assert "X-Rate-Limit-Reset" not in reply.headers


def test_a_connection_can_be_dropped():
    with with_faults({"drop": True, "times": 1}) as sandbox:
        with pytest.raises(http.client.RemoteDisconnected):
            get(sandbox.url + PATH)
        assert get(sandbox.url + PATH).status == 200


def test_a_body_can_be_cut_short():
    with with_faults({"truncate": True, "times": 1}) as sandbox:
        with pytest.raises(http.client.IncompleteRead) as caught:
            get(sandbox.url + PATH)
        whole = get(sandbox.url + PATH).body

    assert caught.value.partial == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        json.loads(caught.value.partial)


def test_an_answer_can_stall():
    with with_faults({"stall_s": 0.2, "times": 1}) as sandbox:
        begin = time.monotonic()
        reply = get(sandbox.url + PATH)

    assert reply.status == 200
    assert time.monotonic() - begin >= 0.2


def test_a_stalled_answer_does_not_hold_up_the_end():
    begin = time.monotonic()
    with with_faults({"stall_s": 30}) as sandbox, pytest.raises(TimeoutError):
        get(sandbox.url + PATH, timeout=0.1)

    assert time.monotonic() - begin < 2


def test_latency_is_added_to_every_answer():
    with tenant({"@latency_ms": 100}) as sandbox:
        begin = time.monotonic()
        get(sandbox.url + PATH)

    assert time.monotonic() - begin >= 0.1


def test_a_fault_can_be_aimed_at_pages_by_their_query():
    with with_faults({"query": "after=", "status": 500}) as sandbox:
        first = get(sandbox.url + PATH)
        second = get(first.link("next"))

    assert (first.status, second.status) == (200, 500)


def test_a_connection_can_be_reset_in_the_middle_of_a_body():
    with with_faults({"reset": True}) as sandbox, pytest.raises(ConnectionResetError):
        get(sandbox.url + PATH)


def test_a_body_can_drip():
    with with_faults({"bytes_per_second": 20_000}) as sandbox:
        begin = time.monotonic()
        reply = get(sandbox.url + PATH)

    assert len(reply.json) == 200
    assert time.monotonic() - begin >= 0.8 * len(reply.body) / 20_000


def test_a_body_can_be_blown_up_and_stay_json():
    with with_faults({"pad_bytes": 200_000}) as sandbox:
        reply = get(sandbox.url + PATH)

    assert len(reply.body) > 200_000
    assert reply.json == GROUPS[:200]


def test_a_body_can_have_a_byte_that_utf8_does_not_allow():
    with with_faults({"not_utf8": True}) as sandbox, pytest.raises(UnicodeDecodeError):
        get(sandbox.url + PATH).body.decode()


@pytest.mark.parametrize(
    ("layout", "lines"),
    [
        ("folded", ['<u>; rel="self", <u>; rel="next"']),
        ("twice", ['<u>; rel="self"', '<u>; rel="self"', '<u>; rel="next"', '<u>; rel="next"']),
        ("next-first", ['<u>; rel="next"', '<u>; rel="self"']),
        ("unquoted", ["<u>; rel=self", "<u>; rel=next"]),
        ("broken", ['u; rel="self"', 'u; rel="next"']),
    ],
)
def test_link_headers_can_be_laid_out_in_another_way(layout: str, lines: list[str]):
    with with_faults({"links": layout}) as sandbox:
        reply = get(sandbox.url + PATH)

    found = reply.headers.get_all("Link", [])
    assert [re.sub(r"http[^>;]*", "u", line) for line in found] == lines


@pytest.mark.parametrize(("kind", "sizes"), [("empty", [0, 0, 200, 100]), ("same", [200] * 3)])
def test_pages_can_be_slipped_in(kind: str, sizes: list[int]):
    with with_faults({"extra_page": kind, "times": 2}) as sandbox:
        replies = list(pages(sandbox.url + PATH))

    assert [len(reply.json) for reply in replies][: len(sizes)] == sizes
    assert replies[-1].json == GROUPS[200:]


def test_headers_can_name_the_path_that_was_asked_for():
    with with_faults({"headers": {"X-Path": "{origin}{path}"}}) as sandbox:
        assert get(sandbox.url + PATH).headers["X-Path"] == sandbox.url + PATH
