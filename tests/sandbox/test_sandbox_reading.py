from __future__ import annotations

import socket
import threading

import pytest
from browsing import get, pages, send, tenant

from auditor.errors import UsageError
from auditor.sandbox import Request, Sandbox, TenantFile

GROUPS = [{"id": f"00g{number}"} for number in range(450)]


def test_a_list_is_paged_through_two_separate_link_lines():
    with tenant({"/api/v1/groups": GROUPS}) as sandbox:
        first = get(f"{sandbox.url}/api/v1/groups")
        replies = list(pages(f"{sandbox.url}/api/v1/groups"))

        assert first.headers.get_all("Link") == [
            f'<{sandbox.url}/api/v1/groups>; rel="self"',
            f'<{first.link("next")}>; rel="next"',
        ]
        assert [len(reply.json) for reply in replies] == [200, 200, 50]
        assert [group for reply in replies for group in reply.json] == GROUPS
        assert replies[-1].link("self") == replies[1].link("next")


def test_the_next_link_keeps_the_other_query_parameters():
    with tenant({"/api/v1/users": GROUPS}) as sandbox:
        query = "limit=100&fields=id,status,profile:(login)"
        replies = list(pages(f"{sandbox.url}/api/v1/users?{query}"))
        asked = [request.query for request in sandbox.requests]

    assert len(replies) == 5
    assert {query["limit"] for query in asked} == {"100"}
    assert {query["fields"] for query in asked} == {"id,status,profile:(login)"}


def test_a_list_that_ends_with_its_page_has_no_next_link():
    with tenant({"/api/v1/groups": GROUPS[:200]}) as sandbox:
        assert get(f"{sandbox.url}/api/v1/groups?limit=200").link("next") is None


@pytest.mark.parametrize(
    ("path", "most"), [("/api/v1/groups", 200), ("/api/v1/apps/0oa1/users", 500)]
)
def test_a_limit_is_capped_at_what_the_endpoint_allows(path: str, most: int):
    with tenant({path: [{"id": str(number)} for number in range(600)]}) as sandbox:
        assert len(get(f"{sandbox.url}{path}?limit=9999").json) == most


@pytest.mark.parametrize(
    "query", ["limit=ten", "limit=0", "limit=-1", "after=00g7", "after=200", "after=x%C3%A9"]
)
def test_a_page_that_makes_no_sense_is_refused(query: str):
    with tenant({"/api/v1/groups": GROUPS}) as sandbox:
        reply = get(f"{sandbox.url}/api/v1/groups?{query}")

    assert (reply.status, reply.json["errorCode"]) == (400, "E0000001")


def test_an_object_is_returned_as_it_is():
    org = {"id": "00o1", "companyName": "Nordwind Café"}
    with tenant({"/api/v1/org": org}) as sandbox:
        reply = get(f"{sandbox.url}/api/v1/org")

    assert reply.json == org
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Date"]


def test_a_known_list_that_is_absent_is_empty():
    with tenant({}) as sandbox:
        reply = get(f"{sandbox.url}/api/v1/authorizationServers/aus1/scopes?limit=200")

    assert (reply.status, reply.json) == (200, [])


@pytest.mark.parametrize("path", ["/api/v1/org", "/api/v1/apps/0oa9", "/api/v1/idps/0oa9"])
def test_an_absent_object_is_not_found(path: str):
    with tenant({}) as sandbox:
        first, second = get(sandbox.url + path), get(sandbox.url + path)

    assert first.status == 404
    assert first.json == {
        "errorCode": "E0000007",
        "errorSummary": f"Not found: Resource not found: {path} (not in the tenant file)",
        "errorLink": "E0000007",
        "errorId": second.json["errorId"],
        "errorCauses": [],
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(method: str):
    with tenant({"/api/v1/groups": GROUPS}) as sandbox:
        reply = send(method, f"{sandbox.url}/api/v1/groups")

    assert (reply.status, reply.json["errorCode"]) == (405, "E0000022")


def test_requests_are_logged_without_their_headers():
    with tenant({}) as sandbox:
        get(f"{sandbox.url}/api/v1/groups?limit=2")
        assert sandbox.requests == [Request("GET", "/api/v1/groups", {"limit": "2"})]
        assert "made-up" not in repr(sandbox.requests)


def test_the_peak_of_requests_in_flight_is_counted():
    with tenant({"@latency_ms": 200}) as sandbox:
        callers = [
            threading.Thread(target=get, args=(f"{sandbox.url}/api/v1/groups",)) for _ in range(3)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        get(f"{sandbox.url}/api/v1/groups")

        assert sandbox.peak_in_flight == 3


def test_a_port_in_use_is_a_usage_error():
    with tenant({}) as sandbox:
        port = int(sandbox.url.rsplit(":", 1)[1])
        with (
            pytest.raises(UsageError, match=rf"port {port} .*in use"),
            Sandbox(TenantFile.from_document({}), port),
        ):
            pass


def test_a_port_is_free_again_afterwards():
    with tenant({}) as sandbox:
        get(f"{sandbox.url}/api/v1/groups")
    port = int(sandbox.url.rsplit(":", 1)[1])
    with Sandbox(TenantFile.from_document({}), port) as again:
        assert get(f"{again.url}/api/v1/groups").status == 200


def test_only_loopback_is_listened_on():
    with tenant({}) as sandbox:
        host, port = sandbox.url.removeprefix("http://").split(":")
        with pytest.raises(OSError, match=r"refused|unreachable|timed out|assign"):
            socket.create_connection(("127.0.0.2", int(port)), timeout=0.5)

    assert host == "127.0.0.1"
