"""Which `Link` headers are followed, and which chains of pages are refused."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.link_header import LinkHeaderError, next_link
from auditor.collect.fetch.next_page import PageChain, PageChainError

ORG = "https://acme.okta.com"
PATH = "/api/v1/users"
SELF = f'<{ORG}{PATH}>; rel="self"'


def links(*lines: str) -> CIMultiDict[str]:
    return CIMultiDict([("Link", line) for line in lines])


@pytest.mark.parametrize(
    ("lines", "target"),
    [
        ((), None),
        ((SELF,), None),
        ((SELF, '<https://x/?after=1>; rel="next"'), "https://x/?after=1"),
        (('<https://x/?after=1>; rel="next"', SELF), "https://x/?after=1"),
        ((f'{SELF}, <https://x/?f=a,b,c>; rel="next"',), "https://x/?f=a,b,c"),
        (('<https://x/?f=a,<b>; rel="next"',), "unclear"),
        (("<https://x/1>;rel=next",), "https://x/1"),
        (('<https://x/1>; title="a; b, c"; REL="NEXT"',), "https://x/1"),
        (('<https://x/1>; rel="last next"',), "https://x/1"),
        (('<https://x/1>; rel="next"',) * 2, "https://x/1"),
        (('<https://x/1>; rel="next"', '<https://x/2>; rel="next"'), "several"),
        (('https://x/1; rel="next"',), "unclear"),
        ((f'{SELF} <https://x/1>; rel="next"',), "unclear"),
        (('<https://x/1; rel="next"',), "unclear"),
        (("<https://x/1>; rel='next'",), "https://x/1"),
        (("<https://x/1>; rel='prev next'",), "https://x/1"),
        (("<https://x/1>; rel=NEXT",), "https://x/1"),
        (("<https://x/1>; rel = 'next' ; title='a'",), "https://x/1"),
        ((f"{SELF}, <https://x/1>; rel='next'",), "https://x/1"),
        (("<https://x/1>; rel='next'", "<https://x/1>; rel=next"), "https://x/1"),
        (("<https://x/1>; rel='next'", '<https://x/2>; rel="next"'), "several"),
        (('<https://x/1>; rel="self"; rel="next"',), "https://x/1"),
        (('<https://x/1>; rel="self"; title="the next one"',), None),
        (("<https://x/1>; rel=&quot;next&quot;",), "unclear"),
        (("<https://x/1>; rel=`next`",), "unclear"),
        (("<https://x/1>; rel=\u201cnext\u201d",), "unclear"),
        (("<https://x/1>; rel='next",), "unclear"),
        (('<https://x/1>; rel="next',), "unclear"),
        (("<https://x/1>; next",), "unclear"),
        (("<https://x/1>; rel*=UTF-8''next",), "unclear"),
        (("no link at all",), None),
        (('<https://x/1>; rel="nextcloud"',), None),
    ],
)
def test_the_next_link_is_found_or_the_header_is_refused(
    lines: tuple[str, ...], target: str | None
) -> None:
    if target in {"unclear", "several"}:
        with pytest.raises(LinkHeaderError, match=r"cannot be understood|several next pages"):
            next_link(links(*lines))
    else:
        assert next_link(links(*lines)) == target


def following(link: str, org: str = ORG, bounds: Bounds | None = None) -> str | None:
    chain = PageChain(org, PATH, bounds or Bounds())
    chain.first({"limit": "200"})
    return chain.next(links(f'<{link}>; rel="next"'), b"[1]", empty=False)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f"{ORG}{PATH}?after=1", f"{ORG}{PATH}?after=1"),
        (f"{ORG}:443{PATH}?after=1", f"{ORG}{PATH}?after=1"),
        (f"HTTPS://ACME.okta.com{PATH}?after=1", f"{ORG}{PATH}?after=1"),
        (f"{PATH}?after=1", f"{ORG}{PATH}?after=1"),
        (f"{ORG}{PATH}?after=a%2Bb%3D", f"{ORG}{PATH}?after=a%2Bb%3D"),
    ],
)
def test_a_next_page_of_the_same_list_is_asked_for_at_the_org(link: str, address: str) -> None:
    assert following(link) == address


def test_an_org_url_in_capitals_stays_as_it_is() -> None:
    assert following(f"{ORG}{PATH}?after=1", org="https://Acme.okta.com") == (
        f"https://Acme.okta.com{PATH}?after=1"
    )


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://xn--/api/v1/users", "no usable address"),
        (f"https://acme.okta.com\udcff{PATH}", "no usable address"),
        (f"{ORG}{PATH}?after=\udcff", "no usable address"),
        (f"https://evil.example{PATH}", "another host"),
        (f"//evil.example{PATH}", "another host"),
        (f"https://acme.okta.com.evil.example{PATH}", "another host"),
        (f"https://acme.okta.com@evil.example{PATH}", "user name"),
        (f"https://me:pass@acme.okta.com{PATH}", "user name"),
        (f"http://acme.okta.com{PATH}", "another address"),
        (f"{ORG}:8443{PATH}", "another address"),
        (f"{ORG}/api/v1/logs", "another path"),
        (f"{ORG}{PATH}/../apps", "another path"),
        (f"{ORG}{PATH}%2F..%2Fapps", "another path"),
        (f"{ORG}{PATH}/", "another path"),
        (f"{ORG}{PATH}?after=1#x", "fragment"),
        (f"{ORG}:port{PATH}", "no usable address"),
        ("https://[::1", "no usable address"),
        ("javascript:alert(1)", "another"),
        (f"{ORG}{PATH}?after={'x' * 9000}", "an address longer than 8,192 characters"),
        (f"{ORG}{PATH}?limit=200", "loop"),
    ],
)
def test_any_other_next_page_is_refused(link: str, words: str) -> None:
    with pytest.raises(PageChainError, match=words) as caught:
        following(link)
    assert "pass" not in str(caught.value)


def test_the_name_of_another_host_is_shown_without_control_characters() -> None:
    with pytest.raises(PageChainError) as caught:
        following(f"https://evil\u202e.example{PATH}")
    assert str(caught.value).isprintable()


def test_chains_end() -> None:
    bounds = Bounds(most_pages=5, most_idle_pages=3)

    def pages(bodies: list[bytes]) -> None:
        chain = PageChain(ORG, PATH, bounds)
        chain.first({})
        for number, body in enumerate(bodies):
            link = links(f'<{PATH}?after={number}>; rel="next"')
            chain.next(link, body, empty=body == b"[]")

    pages([b"1", b"[]", b"[]", b"2"])
    with pytest.raises(PageChainError, match="3 pages in a row held nothing new"):
        pages([b"1", b"[]", b"[]", b"[]"])
    with pytest.raises(PageChainError, match="3 pages in a row held nothing new"):
        pages([b"1", b"1", b"1", b"1"])
    with pytest.raises(PageChainError, match="more than 5 pages"):
        pages([b"1", b"2", b"3", b"4", b"5"])


@pytest.mark.parametrize("identity", ["../../logs", "a?b", "a#b", "%2e%2e", "."])
def test_a_hostile_id_in_a_path_is_not_asked_for(identity: str) -> None:
    with pytest.raises(PageChainError, match="not one of Okta's"):
        PageChain(ORG, f"/api/v1/groups/{identity}/users", Bounds())


def test_a_client_id_with_a_blank_is_a_path() -> None:
    address = PageChain(ORG, "/oauth2/v1/clients/billing batch/roles", Bounds()).first({})
    assert address == f"{ORG}/oauth2/v1/clients/billing%20batch/roles"
