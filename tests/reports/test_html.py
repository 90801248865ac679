"""The HTML report: inert as a text, and as it behaves in a real browser.

The browser tests need Debian's chromium, the Python package playwright, and axe-core under
`.tools/node_modules`; see `browsers.py`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import audits
import pytest
from browsers import grave_problems, launched

from auditor import AuditResult, Impact, ObjectRef, Severity
from auditor.access_overview.model import AccessOverview
from auditor.controls import builtin_frameworks
from auditor.lint.result import EarlierKind, Since
from auditor.plugins import load_rules
from auditor.snapshot.ledger import CollectionStatus, Gap, LedgerEntry

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VOID = {"meta", "link", "input", "br", "hr", "img"}
ATTRIBUTES_THAT_LOAD = {"src", "srcset", "action", "formaction", "data", "poster", "background"}

PAYMENTS = ObjectRef("authorization_server", "aus1", "Payments")
ORDERS = ObjectRef("authorization_server", "aus2", "Orders")


class Document(HTMLParser):
    """Element names, attributes and text of a document whose tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inlined = {"style": "", "script": ""}
        self.title = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), "an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        within = self._open[-1] if self._open else ""
        if within in self.inlined:
            self.inlined[within] += data
            return
        self.text += data
        if within == "title":
            self.title += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def parsed(result: AuditResult) -> Document:
    return Document(audits.rendered("html", result))


def some() -> AuditResult:
    """Four findings: three rules, two servers, three severities."""
    result = audits.audited(
        audits.snapshot_of(audits.tenant("Payments", "Orders")),
        audits.NAMES,
        audits.PAIRS,
        audits.ABSENT_FIELD,
        audits.SILENT,
    )
    assert [finding.rule.code for finding in result.findings] == [
        "OAM102",
        "OAM101",
        "OAM101",
        "OAM201",
    ]
    return result


def test_everything_is_there() -> None:
    result = some()
    document = parsed(result)

    for finding in result.findings:
        assert finding.message in document.text
        assert finding.fix in document.text
        assert finding.evidence in document.text
        assert f"{finding.location.file}:{finding.location.region.line}" in document.text
        assert finding.fingerprint in document.text
        for line in (audits.ANSWERED, audits.SEARCHED) if finding.answer else ():
            assert line.partition(": ")[2] in document.text
    for entry in result.coverage:
        assert entry.label in document.text
    for rule in result.rules:
        assert rule.name in document.text
    assert document.title == "Example: 4 findings (1 critical, 2 high) · okta-auditor"


def test_ids_are_unique_and_links_lead_to_them() -> None:
    result = some()
    twice = replace(result, findings=(*result.findings, result.findings[-1]))
    document = parsed(twice)
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    links = [str(attributes["href"]) for attributes in document.all("a")]

    assert len(set(ids)) == len(ids)
    assert {link.removeprefix("#") for link in links if "=" not in link} <= set(ids)
    assert all(link.startswith("#") for link in links)


@pytest.mark.parametrize("make", [audits.hostile, some, audits.clean])
def test_same_input_same_bytes(make: Callable[[], AuditResult]) -> None:
    assert audits.rendered("html", make()) == audits.rendered("html", make())


def test_hostile_names_are_inert() -> None:
    text = audits.rendered("html", audits.hostile())
    document = Document(text)

    assert "<script>alert" not in text
    assert audits.SCRIPT in document.text
    assert len(document.all("script")) == 1
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text
    )
    assert not re.search("[\U000e0000-\U000e007f]", text)
    assert "\nHIGH  OAM999" not in document.text
    assert "abc\ufffdgnp.exe" in document.text


def test_hostile_values_where_the_engine_does_not_clean_them() -> None:
    result = some()
    nasty = 'x" onfocus="alert(1)\x1b]0;\u202e</title><script>alert(1)</script>`<b>`'
    server = ObjectRef("authorization_server", nasty, nasty)
    finding = replace(
        result.findings[0], message=nasty, server=server, object=server, evidence=nasty, field=nasty
    )
    tenant = replace(result.tenant, name=nasty, url="javascript:alert(1)")
    document = parsed(replace(result, tenant=tenant, findings=(finding,)))

    assert len(document.all("script")) == 1
    assert "<b>" in document.text
    assert not [name for _, found in document.elements for name in found if name.startswith("on")]
    assert not [found for found in document.all("a") if "javascript" in str(found["href"])]
    assert "\x1b" not in document.text
    assert "\u202e" not in document.text


def test_the_policy_admits_what_is_inlined_and_nothing_else() -> None:
    document = parsed(some())
    (policy,) = [
        str(found["content"])
        for found in document.all("meta")
        if found.get("http-equiv") == "Content-Security-Policy"
    ]

    def hashed(tag: str) -> str:
        digest = hashlib.sha256(document.inlined[tag].encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src {hashed('style')}",
        f"script-src {hashed('script')}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_nothing_is_requested_and_nothing_needs_inline_permission() -> None:
    document = parsed(audits.hostile())
    names = {name for _, attributes in document.elements for name in attributes}

    assert not names & ATTRIBUTES_THAT_LOAD
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert [found["href"] for found in document.all("link")] == ["data:,"]
    assert "@import" not in document.inlined["style"]
    assert "url(" not in document.inlined["style"]


def test_an_incomplete_audit_says_so_before_anything_else() -> None:
    result = audits.hostile()
    document = parsed(result)

    assert document.title.startswith("Example: Incomplete: ")
    warning = document.text.index("Not everything was checked: 2 of 8 rules")
    assert warning < document.text.index(f"{len(result.findings)} findings: ")
    assert "2 of 8 rules could not be evaluated" in document.text
    assert "could not be evaluated and 1 crashed." in document.text
    assert "Could not check is never clean." in document.text
    assert "grant okta.groups.read and an admin role that may view groups." in document.text
    assert "500 on page 2" in document.text


def test_no_findings_of_an_incomplete_audit_are_not_clean() -> None:
    result = replace(audits.hostile(), findings=())
    document = parsed(result)

    assert "Nothing was found in the part that could be checked." in document.text
    assert "None in what could be checked, which is not everything." in document.text
    assert "Incomplete" in document.title


def test_a_clean_audit() -> None:
    document = parsed(audits.clean())

    assert "Nothing was found." in document.text
    assert "Yes: every collection was read, every rule evaluated" in document.text
    assert "Not everything could be checked." not in document.text
    assert not document.all("form")


def test_without_rules_nothing_was_checked() -> None:
    document = parsed(replace(audits.clean(), rules=()))

    assert "No rule was selected." in document.text
    assert "Yes: every collection" not in document.text


def test_the_answer_says_what_is_broken_risky_and_dead() -> None:
    result = some()
    finding = result.findings[0]
    broken = replace(finding, rule=replace(finding.rule, impact=Impact.BROKEN))
    dead = [replace(item, rule=replace(item.rule, impact=Impact.DEAD)) for item in result.findings]
    document = parsed(replace(result, findings=(broken, *dead[1:])))

    assert (
        "4 findings: 1 critical, 2 high and 1 info. By impact: 1 broken, so that requests fail "
        "and 3 dead, that is, without effect." in document.text
    )


def test_causes_lead_to_their_findings_and_to_an_example() -> None:
    result = some()
    document = parsed(result)

    assert "3 causes make 4 findings" in document.text
    assert "risky · for example authorization server" in " ".join(document.text.split())
    links = {link.get("href") for link in document.all("a")}
    assert "#severity=high&rule=OAM101" in links
    assert f"#finding-{result.findings[1].fingerprint}" in links
    assert "causes make" not in parsed(replace(result, findings=result.findings[:3])).text


# What clients can obtain

POLICIES = f"{audits.SERVERS}/aus1/policies"


def with_clients(*entries: LedgerEntry) -> AuditResult:
    """A client that obtains a sensitive scope, one that nobody is assigned to, a dead rule."""

    def made(name: str, *scopes: str) -> dict[str, Any]:
        conditions = {
            "people": {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": list(scopes)},
        }
        token = {"accessTokenLifetimeMinutes": 2880, "refreshTokenLifetimeMinutes": 0}
        return {"id": name, "name": name, "conditions": conditions, "actions": {"token": token}}

    example = audits.tenant("Payments", "Orders") | {
        "/api/v1/users": [{"id": "00u1"}, {"id": "00u2"}],
        "/api/v1/apps": [
            {
                "id": name,
                "label": name,
                "settings": {"oauthClient": {"grant_types": ["authorization_code"]}},
            }
            for name in ("web", "empty", audits.SCRIPT)
        ],
        "/api/v1/apps/web/users": [{"id": "00u1"}, {"id": "00u2"}],
        f"{audits.SERVERS}/aus1/scopes": [{"name": name} for name in ("pay:write", "pay:read")],
        POLICIES: [
            {"id": "p1", "name": "P", "conditions": {"clients": {"include": ["web", "empty"]}}}
        ],
        f"{POLICIES}/p1/rules": [
            made("First", "pay:write", "pay:read", "offline_access"),
            made("Second", "pay:read"),
        ],
    }
    rules = [rule for rule in load_rules() if rule.code in {"OAM318", "OAM612"}]
    return audits.audited(audits.snapshot_of(example, *entries), audits.NAMES, *rules)


def test_says_who_fails_which_rule_is_dead_and_who_obtains_what_is_sensitive() -> None:
    said = " ".join(parsed(with_clients()).text.split())

    assert "empty from Payments: nobody who can sign in is assigned to it" in said
    assert "pay:write of Payments: 2 people (00u1 and 00u2) through web (policy rule First)" in said
    assert "web, policy P, rule First: 2 people" in said
    assert (
        "Second of policy P on Payments: earlier rules take every request that it would "
        "match (First)" in said
    )
    assert "access token 2 days (Okta allows 5 minutes to 1 day); refresh token without end" in said
    assert "Nothing: every collection was read, every rule evaluated" in said


def test_what_was_not_read_is_never_said_to_be_nothing() -> None:
    gap = Gap(path="/api/v1/apps/empty/users", reason="500 on page 2")
    unread = LedgerEntry(collection="app_users", status=CollectionStatus.PARTIAL, gaps=(gap,))
    said = " ".join(parsed(with_clients(unread)).text.split())

    assert "empty from Payments" not in said
    assert "empty confidential Payments: not known" in said
    assert "in what was read" in said
    assert "Not checkedNothing" not in said


def test_nobody_obtains_is_said_only_where_all_was_read() -> None:
    gap = Gap(path="/api/v1/apps/web/users", reason="500 on page 2")
    unread = LedgerEntry(collection="app_users", status=CollectionStatus.PARTIAL, gaps=(gap,))
    for result in (with_clients(), with_clients(unread)):
        access = result.access
        assert access is not None
        empty = replace(access, facts=replace(access.facts, failing=(), sensitive=(), never=()))
        said = parsed(replace(result, overview=partial(_given, empty))).text
        assert ("Nobody obtains a sensitive scope." in said) is result.complete
        assert ("None that a policy names." in said) is result.complete
        assert ("Not known: not everything was read" in said) is not result.complete


def _given(access: AccessOverview, _: Collection[str]) -> AccessOverview:
    return access


def test_the_legend_has_the_looks_of_the_cells() -> None:
    html = audits.rendered("html", with_clients())
    legend = re.findall(r'<li class="([a-z-]+)">', html.partition('class="legend"')[2][:900])
    assert legend == [
        "nothing", "fails", "scopes", "sensitive", "unknown", "scopes-more", "sensitive-more"
    ]  # fmt: skip
    for kind in legend:
        (cell,) = re.findall(
            rf"\.matrix td(?:\.{kind}|:is\([^)]*\.{kind}\b[^)]*\)), ([^{{]*) {{", html
        )
        assert f".{kind}" in cell
        assert cell.startswith(".legend ")


def test_without_the_snapshot_the_page_says_what_it_does_not_show() -> None:
    document = parsed(replace(with_clients(), overview=None))

    assert "What clients can obtain is not shown" in document.text
    assert not [found for found in document.all("section") if found.get("id") == "access"]


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


class Reader:
    """Somebody who reads a report: a page that fails on any message, error or request."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.address = file.as_uri()
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)

    def _on_request(self, request: Any) -> None:
        if request.url.partition("#")[0] not in {self.address, "data:,"}:
            self.complaints.append(f"request for {request.url}")

    def visit(self, fragment: str = "") -> None:
        self.page.goto("about:blank")
        self.page.goto(self.address + fragment)

    def shown(self) -> list[str]:
        """The codes of the findings that can be seen."""
        rows = self.page.locator(".finding:visible .rule code")
        return rows.all_text_contents()

    def count(self) -> str:
        return self.page.get_by_role("status").inner_text()

    def address_becomes(self, fragment: str) -> None:
        self.page.wait_for_function("wanted => location.hash === wanted", arg=fragment)


@pytest.fixture
def read(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def start(result: AuditResult, fragment: str = "", **options: Any) -> Reader:
        file = tmp_path / "report.html"
        file.write_text(audits.rendered("html", result), encoding="utf-8")
        reader = Reader(browser.new_context(**options).new_page(), file)
        readers.append(reader)
        reader.visit(fragment)
        return reader

    yield start
    for reader in readers:
        assert reader.complaints == []
        reader.page.context.close()


Read = Callable[..., Reader]


@pytest.mark.browser
def test_shows_everything_at_first(read: Read) -> None:
    reader = read(some())

    assert reader.shown() == ["OAM102", "OAM101", "OAM101", "OAM201"]
    assert reader.count() == "Showing all 4"


@pytest.mark.browser
def test_hostile_names_run_nothing(read: Read) -> None:
    reader = read(audits.hostile())

    reader.page.get_by_role("button", name="Open all").click()
    assert audits.SCRIPT in reader.page.locator("main").inner_text()


@pytest.mark.browser
def test_filters_by_severity_and_survives_a_reload(read: Read) -> None:
    reader = read(some())

    reader.page.get_by_role("button", name="Critical 1").click()
    assert reader.shown() == ["OAM102"]
    assert reader.count() == "Showing 1 of 4: Critical"
    reader.page.get_by_role("button", name="Info 1").click()
    assert reader.shown() == ["OAM102", "OAM201"]
    assert reader.page.get_by_role("button", name="Low 0").is_disabled()

    reader.address_becomes("#severity=critical,info")
    reader.page.reload()
    assert reader.shown() == ["OAM102", "OAM201"]
    assert reader.count() == "Showing 2 of 4: Critical, Info"
    assert reader.page.get_by_role("button", name="Info 1", pressed=True).is_visible()


@pytest.mark.browser
def test_filters_by_what_is_new_and_the_section_leads_there(read: Read) -> None:
    first, *others = some().findings
    since = Since(
        kind=EarlierKind.SNAPSHOT, where="old.json", captured_at=None, fixed=(), uncompared=()
    )
    marked = (replace(first, new=True), *(replace(item, new=False) for item in others))
    reader = read(replace(some(), findings=marked, since=since))

    reader.page.get_by_role("link", name="Show them among the findings").click()

    assert reader.shown() == [first.rule.code]
    assert reader.count() == "Showing 1 of 4: New"
    reader.address_becomes("#since=new")
    reader.page.get_by_role("button", name="New 1", pressed=True).click()
    assert reader.count() == "Showing all 4"


@pytest.mark.browser
def test_filters_by_server_rule_and_words_together(read: Read) -> None:
    reader = read(some())
    page = reader.page

    page.get_by_role("combobox", name="Server").select_option(label="Payments (3)")
    assert reader.shown() == ["OAM102", "OAM101", "OAM201"]
    page.get_by_role("combobox", name="Rule").select_option("OAM101")
    assert reader.shown() == ["OAM101"]
    page.get_by_role("searchbox", name="Search").fill("no such words")
    assert reader.shown() == []
    assert page.get_by_text("No finding matches these filters.").is_visible()
    page.get_by_role("searchbox", name="Search").fill("NAME payments")
    assert reader.shown() == ["OAM101"]

    reader.address_becomes("#server=aus1&rule=OAM101&q=NAME+payments")
    page.reload()
    assert reader.shown() == ["OAM101"]
    assert page.get_by_role("searchbox", name="Search").input_value() == "NAME payments"

    page.get_by_role("button", name="Reset filters").click()
    assert reader.count() == "Showing all 4"
    reader.address_becomes("")


@pytest.mark.browser
def test_an_address_from_another_report_hides_nothing(read: Read) -> None:
    reader = read(some(), "#server=gone&rule=OAM999&severity=awful&finding=%E0%A4%A")

    assert reader.count().endswith("Not in this report: rule “OAM999”. Showing all 4")


@pytest.mark.browser
def test_searches_identifiers_and_not_the_advice(read: Read) -> None:
    result = some()
    reader = read(result)
    search = reader.page.get_by_role("searchbox", name="Search")

    search.fill(result.findings[3].fingerprint)
    assert reader.shown() == ["OAM201"]
    search.fill("reason for")
    assert reader.shown() == []


@pytest.mark.browser
def test_a_deep_link_opens_its_finding(read: Read) -> None:
    result = some()
    anchor = f"#finding-{result.findings[-1].fingerprint}"
    reader = read(result, anchor)
    row = reader.page.locator(anchor)

    assert row.locator("details").get_attribute("open") is not None
    page = reader.page
    page.wait_for_function("document.activeElement.matches('summary')")
    assert row.locator("summary:focus").count() == 1
    assert row.get_by_text(result.findings[-1].fix).is_visible()
    assert reader.page.locator("details[open]").count() == 1


@pytest.mark.browser
def test_a_deep_link_shows_a_finding_that_filters_hide(read: Read) -> None:
    result = some()
    anchor = f"#finding-{result.findings[-1].fingerprint}"
    reader = read(result, "#severity=critical")

    reader.page.evaluate("anchor => { location.hash = anchor }", anchor)
    reader.page.locator(f"{anchor} details[open]").wait_for()
    assert reader.count() == "Showing all 4"


@pytest.mark.browser
def test_a_link_unfolds_the_client_or_server_that_it_leads_to(read: Read) -> None:
    reader = read(with_clients())
    page = reader.page

    page.locator(".matrix").get_by_role("link", name="web").click()
    entry = page.locator(".client:visible", has_text="offline_access, pay:read and pay:write")
    assert entry.get_by_text("sensitive scopes").is_visible()
    server = page.get_by_role("region", name="Servers").locator("details", has_text="Orders")
    assert server.get_attribute("open") is None
    reader.visit(f"#{server.get_attribute('id')}")
    assert server.get_attribute("open") is not None


@pytest.mark.browser
def test_a_rule_page_leads_to_its_findings_and_back(read: Read) -> None:
    reader = read(some())
    page = reader.page

    page.locator("#rule-OAM101 > summary").click()
    page.locator("#rule-OAM101").get_by_role("link", name="2 findings").click()
    page.wait_for_function("document.activeElement.id === 'findings'")
    assert reader.shown() == ["OAM101", "OAM101"]
    page.locator(".finding:visible summary").first.click()
    page.locator(".finding:visible").get_by_role("link", name="More about OAM101").click()
    page.wait_for_function("location.hash === '#rule-OAM101'")
    assert page.locator("#rule-OAM101").evaluate("page => page.open")
    assert reader.shown() == ["OAM101", "OAM101"]


@pytest.mark.browser
def test_filters_by_impact_and_says_so_in_the_address(read: Read) -> None:
    reader = read(with_clients())
    page = reader.page
    everything = reader.shown()

    assert page.get_by_role("button", name="Broken").is_disabled()  # there are none
    page.get_by_role("button", name="Dead").click()
    reader.address_becomes("#impact=dead")
    assert reader.shown() == ["OAM318"]
    page.get_by_role("button", name="Risky").click()
    reader.address_becomes("#impact=risky,dead")
    assert reader.shown() == everything

    reader.visit("#impact=dead")
    assert reader.shown() == ["OAM318"]


@pytest.mark.browser
def test_a_shared_filter_and_a_filter_from_deep_in_the_list_show_where_the_list_begins(
    read: Read,
) -> None:
    in_sight = """() => {
      const { top } = document.getElementById("findings").getBoundingClientRect();
      return top >= 0 && top < innerHeight;
    }"""
    result = some()
    long = replace(result, findings=result.findings * 30)

    page = read(long, "#severity=high").page
    page.wait_for_function(in_sight)

    page = read(long).page
    page.evaluate("scrollTo(0, 6000)")
    page.get_by_role("button", name="Info").click()
    page.wait_for_function(in_sight)


@pytest.mark.browser
def test_says_what_is_filtered_and_what_a_link_names_in_vain(read: Read) -> None:
    reader = read(some(), "#severity=high&impact=risky&q=Payments")
    assert reader.count().endswith(": High, Risky, “Payments”")

    for fragment, said in (
        ("#rule=OAM999", "Not in this report: rule “OAM999”. Showing all 4"),
        ("#server=gone", "Not in this report: server “gone”. Showing all 4"),
        ("#severity=bad", "Not in this report: severity “bad”. Showing all 4"),
        ("#finding-0123", "Not in this report: the finding of this link. Showing all 4"),
    ):
        reader.visit(fragment)
        reader.page.wait_for_function("document.activeElement.id === 'findings'")
        assert reader.count() == said


@pytest.mark.browser
def test_a_filter_stays_in_the_address_when_the_list_is_visited(read: Read) -> None:
    reader = read(some(), "#severity=high")
    reader.page.locator("nav").get_by_role("link", name="Findings").click()
    reader.address_becomes("#severity=high")


@pytest.mark.browser
def test_what_is_counted_is_one_step_away(read: Read) -> None:
    page = read(with_clients()).page

    page.locator(".glance").get_by_role("link", name="Second").click()
    step = page.locator(".step.never-reached")
    assert step.is_visible()
    assert page.evaluate("location.hash.slice(1)") == step.get_attribute("id")
    step.get_by_role("link", name="findings OAM318").click()
    page.wait_for_function("document.activeElement.id === 'findings'")
    assert page.locator(".finding:visible").count() == 1
    page.locator(".matrix").get_by_role("link", name="sensitive scopes").click()
    assert page.locator("#client-by-client").evaluate("part => part.open")


@pytest.mark.browser
def test_the_keyboard_is_enough(read: Read) -> None:
    reader = read(some())
    page = reader.page

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert reader.shown() == ["OAM102"]
    page.keyboard.press("Space")
    assert reader.count() == "Showing all 4"
    names = []
    for _ in range(10):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(({name, id, type, value, tagName}) => name || id || value || type || tagName)"
                "(document.activeElement)"
            )
        )
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring in {"solid", "auto"}
    assert names == [
        "high",
        "info",
        "risky",
        "q",
        "server",
        "rule",
        "reset",
        "open-all",
        "SUMMARY",
        "SUMMARY",
    ]
    page.keyboard.press("Enter")
    assert page.locator(".finding details[open]").count() == 1


@pytest.mark.browser
def test_opens_and_closes_all_that_is_shown(read: Read) -> None:
    reader = read(some(), "#severity=high")
    page = reader.page

    page.get_by_role("button", name="Open all").click()
    assert page.locator(".finding details[open]").count() == 2
    page.get_by_role("button", name="Close all").click()
    assert page.locator(".finding details[open]").count() == 0


@pytest.mark.browser
def test_is_readable_without_javascript(read: Read) -> None:
    reader = read(some(), java_script_enabled=False)
    page = reader.page

    assert len(reader.shown()) == 4
    assert not page.get_by_role("searchbox").is_visible()
    assert page.get_by_role("button", name="High 2").is_disabled()
    page.locator(".finding summary").first.click()
    assert page.locator(".finding").first.get_by_text("Evidence").is_visible()


@pytest.mark.browser
def test_prints_everything_open_and_no_controls(read: Read) -> None:
    result = some()
    reader = read(result)
    page = reader.page

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for finding in result.findings:
        assert page.locator(f"#finding-{finding.fingerprint} .facts").is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 800, 1440, 2560])
def test_fits_every_width(read: Read, width: int) -> None:
    result = replace(audits.hostile(), overview=with_clients().overview)
    reader = read(result, viewport={"width": width, "height": 800})

    reader.page.evaluate(
        "document.querySelectorAll('details').forEach(part => { part.open = true; })"
    )
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_accepted_fits_too(read: Read, width: int) -> None:
    page = read(audits.accepted(), viewport={"width": width, "height": 800}).page

    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.get_by_text("1 fixed", exact=True).scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_follows_the_colour_scheme(read: Read) -> None:
    def ground(scheme: str) -> str:
        reader = read(some(), color_scheme=scheme)
        return str(reader.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert ground("light") == "rgb(255, 255, 255)"
    assert ground("dark") == "rgb(20, 23, 27)"


@pytest.mark.browser
def test_filters_thousands_at_once(read: Read) -> None:
    reader = read(audits.many(3000))
    page = reader.page

    # Chromium took seconds for this while the rows were list items.
    page.set_default_timeout(5000)
    page.get_by_role("searchbox").fill("0")
    page.get_by_role("searchbox").fill(f"{7:032x}")
    page.get_by_text("Showing 1 of 3,000").wait_for()
    page.get_by_role("button", name="Reset filters").click()
    page.get_by_text("Showing all 3,000").wait_for()


# Of many findings most rows are made when they are needed


def crowd(number: int = 400) -> AuditResult:
    """Hostile findings of several rules and servers, over and over, all different."""
    findings = audits.hostile().findings
    return replace(
        audits.hostile(),
        findings=tuple(
            replace(
                findings[at * len(findings) // number],
                fingerprint=f"{at:032x}",
                message=f"{findings[at % len(findings)].message} Number {at}.",
            )
            for at in range(number)
        ),
    )


EVERY_ROW = """number => new Promise(done => {
  const look = () =>
    document.querySelectorAll(".finding").length === number ? done() : setTimeout(look, 20);
  look();
})"""


@pytest.mark.browser
def test_rows_that_are_made_later_are_those_that_are_read_without_javascript(read: Read) -> None:
    result = crowd()
    later = read(result).page
    later.evaluate(EVERY_ROW, 400)
    plain = read(result, java_script_enabled=False).page

    for page in (later, plain):
        assert page.locator(".finding").count() == 400
    texts = [page.locator(".finding summary").all_text_contents() for page in (later, plain)]
    assert texts[0] == texts[1]
    facts = [page.locator(".finding .facts").all_text_contents() for page in (later, plain)]
    assert facts[0] == facts[1]
    reasons = later.locator(".finding dd:has(.more)").all_text_contents()
    assert set(map(str.strip, reasons)) == {
        f"{rule.page.why}More about {rule.code}"
        for rule in {finding.rule.code: finding.rule for finding in result.findings}.values()
    }
    links = plain.locator(".finding .more a").all_text_contents()
    assert links == [f"More about {finding.rule.code}" for finding in result.findings]


@pytest.mark.browser
def test_rows_of_hostile_findings_are_inert_when_they_are_made(read: Read) -> None:
    page = read(crowd()).page

    page.evaluate(EVERY_ROW, 400)
    page.get_by_role("button", name="Open all").click()
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed").count() == 0


@pytest.mark.browser
def test_filters_what_is_not_made_yet_as_it_filters_what_is(read: Read) -> None:
    result = crowd()
    words = ["number 39", "<script>alert", "&amp;", '"', "34", audits.SCRIPT, f"{7:032x}", "why"]
    at_once = """words => words.map(word => {
      const q = document.querySelector("[name=q]");
      q.value = word;
      q.dispatchEvent(new Event("input", { bubbles: true }));
      const rows = [...document.querySelectorAll(".chunk:not([hidden]) > .finding:not([hidden])")];
      return [document.querySelector("#showing").textContent, rows.map(row => row.id)];
    })"""
    page = read(result).page
    early = page.evaluate(at_once, words)
    page.evaluate(EVERY_ROW, 400)
    late = page.evaluate(at_once, words)

    assert [said for said, _ in early] == [said for said, _ in late]
    for (said, rows), (_, all_rows) in zip(early, late, strict=True):
        assert said.startswith((f"Showing {len(all_rows)} of 400", "Showing all 400"))
        assert rows[:20] == all_rows[:20]
    assert late[6][0].startswith("Showing 1 of 400: ")


@pytest.mark.browser
def test_rows_are_made_where_somebody_looks(read: Read) -> None:
    page = read(crowd(3000)).page

    # Nothing is made in idle time here, so that what is there was made because it is in sight.
    page.add_init_script("window.requestIdleCallback = () => 0")
    page.reload()
    assert page.locator(".finding").count() < 500
    page.evaluate("[...document.querySelectorAll('.chunk')].pop().scrollIntoView()")
    page.locator(f"#finding-{2999:032x}").wait_for()
    assert page.locator(".finding").count() < 1000
    page.locator("[name=q]").fill("number 1500.")
    assert page.locator(".finding:visible").count() == 1


@pytest.mark.browser
def test_a_deep_link_opens_a_finding_that_is_made_later(read: Read) -> None:
    result = crowd(3000)
    anchor = f"#finding-{2500:032x}"
    page = read(result, anchor).page

    page.locator(f"{anchor} details[open]").wait_for()
    assert page.evaluate(
        """anchor => {
          const { top, bottom } = document.querySelector(anchor).getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        }""",
        anchor,
    )


@pytest.mark.browser
def test_prints_rows_that_were_not_made_yet(read: Read) -> None:
    page = read(crowd(3000)).page

    page.add_init_script("window.requestIdleCallback = () => 0")
    page.reload()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".finding details[open]").count() == 3000


@pytest.mark.browser
def test_the_browser_finds_what_is_in_rows_that_are_made_later(read: Read) -> None:
    page = read(crowd()).page

    page.evaluate(EVERY_ROW, 400)
    assert page.evaluate("window.find('Number 399.')")


TIMED = """() => new Promise(done => addEventListener("load", () => setTimeout(() => {
  const channel = new MessageChannel(), start = performance.now();
  document.querySelector("[value=low]").click();
  // A message that is posted from a frame arrives when that frame has been painted.
  channel.port1.onmessage = () => {
    const painted = performance.now() - start;
    const tell = () => {
      const [entry] = performance.getEntriesByName("first-contentful-paint");
      entry ? done({ painted, first: entry.startTime }) : setTimeout(tell, 10);
    };
    tell(); // a slow machine may note the first paint later than this one
  };
  requestAnimationFrame(() => channel.port2.postMessage(0));
})))"""


@pytest.mark.browser
def test_five_thousand_findings_stay_usable(browser: Browser, tmp_path: Path) -> None:
    """First paint within 1 s, and the very first filter within 100 ms, painted.

    The best of several fresh pages counts: whatever else runs on the machine can only make
    a page slower, so that one page within the limit shows what the report itself takes.
    """
    file = tmp_path / "report.html"
    file.write_text(audits.rendered("html", audits.many(5000)), encoding="utf-8")
    best = {"painted": float("inf"), "first": float("inf")}
    for _ in range(8):
        page = browser.new_page()
        page.add_init_script(f"window.measured = ({TIMED})()")
        page.goto(file.as_uri())
        times = page.evaluate("window.measured")
        assert page.get_by_role("status").inner_text() == "Showing 1 of 5,000: Low"
        page.close()
        best = {name: min(time, times[name]) for name, time in best.items()}
        if best["painted"] <= 100 and best["first"] <= 1000:
            break

    assert best["painted"] <= 100
    assert best["first"] <= 1000


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(
    browser: Browser, tmp_path: Path, scheme: Any, width: int
) -> None:
    result = audits.accepted()
    every = [
        replace(finding, severity=severity, fingerprint=f"{place:032x}")
        for place, (finding, severity) in enumerate(
            zip(audits.hostile().findings * 2, list(Severity) * 4, strict=False)
        )
    ]
    file = tmp_path / "report.html"
    # Each framework is as the other ones, and axe-core takes its time for every cell.
    few = (builtin_frameworks()[-1],)
    overview = with_clients().overview
    result = replace(result, findings=tuple(every), overview=overview, frameworks=few)
    file.write_text(audits.rendered("html", result), "utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri() + "#severity=critical,high,medium,low")
    page.get_by_role("button", name="Open all").click()
    page.get_by_text("1 fixed", exact=True).click()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert grave_problems(page) == []
    context.close()
