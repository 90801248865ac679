"""Mistakes and mishaps, made with the real command line: the words are those of the page."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import TOKEN, Outcome, okta_auditor, served, snapshot_file, tenant

from auditor.snapshot.document import VERSION

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.md").read_text()
GROUPS = "^/api/v1/groups$"
Mishap = Callable[[Path], Outcome]


def of_url(url: str) -> Mishap:
    return lambda folder: okta_auditor("snapshot", "-o", folder / "s.json", url=url)


def of_tenant(document: dict[str, Any]) -> Mishap:
    def export(folder: Path) -> Outcome:
        with served(document) as sandbox:
            return okta_auditor(
                "snapshot", "-o", folder / "s.json", "--attempts", 1, url=sandbox.url
            )

    return export


def of_fault(**fault: Any) -> Mishap:
    return of_tenant(tenant(faults=[{"path": GROUPS, **fault}]))


def of_snapshot(change: Callable[[dict[str, Any]], object]) -> Mishap:
    def audit(folder: Path) -> Outcome:
        path = snapshot_file(folder, tenant())
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))
        return okta_auditor("audit", path, "--no-config")

    return audit


def without_an_org(folder: Path) -> Outcome:
    return okta_auditor("snapshot", "-o", folder / "s.json")


def through_a_link(folder: Path) -> Outcome:
    (folder / "report.txt").symlink_to(folder / "elsewhere.txt")
    return okta_auditor(
        "audit", snapshot_file(folder, tenant()), "-O", f"text={folder / 'report.txt'}"
    )


def of_a_pipe(folder: Path) -> Outcome:
    os.mkfifo(folder / "s.json")
    return okta_auditor("audit", folder / "s.json")


REFUSED = {"errorCode": "E0000006", "errorSummary": "You do not have permission"}
MISHAPS: dict[str, Mishap] = {
    "There is no org to read": without_an_org,
    "it is the Admin Console's": of_url("https://acme-admin.okta.com"),
    "http:// would send the token in clear": of_url("http://acme.okta.com"),
    "Okta refused the credentials": of_tenant(tenant(tokens=[f"{TOKEN}x"])),
    "Okta refused it (403 E0000006": of_fault(status=403, body=REFUSED),
    "is text/html, not JSON": of_fault(body="[]", headers={"Content-Type": "text/html"}),
    "not one of Okta's, so nothing": of_tenant(
        tenant(**{"/api/v1/groups": [{"id": "00g1"}, {"id": "00g/../x"}]})
    ),
    "the snapshot was changed after": of_snapshot(
        lambda document: document["resources"]["/api/v1/org"].update(companyName="Evil")
    ),
    "has snapshot version N": of_snapshot(lambda document: document.update(version=VERSION + 1)),
    "no file is written through one": through_a_link,
    "is a pipe, not a file": of_a_pipe,
}


def words_of(part: str) -> re.Pattern[str]:
    """The message of the page that holds these words, with anything for what it leaves out."""
    (message,) = (found for found in re.findall(r"`([^`\n]+)`", PAGE) if part in found)
    gaps = re.sub(r"\bN\b|\bM\b", "…", message)
    return re.compile(r".*?".join(map(re.escape, gaps.split("…"))), re.DOTALL)


@pytest.mark.parametrize("message", MISHAPS)
def test_the_words_are_those_of_the_page(tmp_path: Path, message: str) -> None:
    outcome = MISHAPS[message](tmp_path)

    assert outcome.exit_code in {2, 3}
    shown = " ".join(outcome.shown.split())
    assert words_of(message).search(shown), shown
