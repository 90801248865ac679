"""A finding in which thousands of objects take part shows some and counts the others."""

import json
from collections.abc import Iterator

from audits import audited, make_rule, rendered, snapshot_of, tenant

from auditor import Finding, Org, Related
from auditor.lint.engine import MOST_RELATED


def _all_of_them(org: Org) -> Iterator[Finding]:
    others = tuple(Related(record=server, role="another one") for server in org.servers)
    yield Finding(org.servers[0], "It has company.", related=others)


def test_some_are_shown_and_the_others_counted() -> None:
    names = [f"Server {number:03}" for number in range(MOST_RELATED + 12)]
    snapshot = snapshot_of(tenant(*names))
    result = audited(snapshot, make_rule("OAM101", "crowded", _all_of_them))

    (finding,) = json.loads(rendered("json", result))["findings"]
    assert [item["object"]["name"] for item in finding["related"]] == names[:MOST_RELATED]
    assert finding["related_more"] == 12
    assert "and 12 more objects\n" in rendered("text", result)
    assert "<li>and 12 more</li>" in rendered("html", result)
