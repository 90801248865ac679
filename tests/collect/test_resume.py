"""Going on with an export: what a journal holds, what it is used for, and what it is not."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faulty import hasten
from helpers import TOKEN, ledger, okta_auditor, served, tenant, unhurried
from processes import asked, body, medium_tenant, noted

from auditor.collect.journal import opening as journals
from auditor.collect.journal import terms
from auditor.sandbox import Sandbox

ZONES = "/api/v1/zones"
MEMBERS = "/api/v1/groups/00g0/users"


@contextmanager
def same_org(document: dict[str, Any], port: int = 0) -> Iterator[Sandbox]:
    with Sandbox(unhurried(document), port) as sandbox:
        yield sandbox


class Leftover:
    """A run that found no answer to a list, and what it left."""

    def __init__(self, folder: Path, document: dict[str, Any], *faults: dict[str, Any]) -> None:
        self.path = folder / "s.json"
        self.journal = folder / "s.json.partial"
        self.document = document
        with same_org(document) as sandbox:
            self.port, self.url = sandbox._port, sandbox.url
            okta_auditor("snapshot", "-o", folder / "whole.json", url=sandbox.url)
        self.whole = body(folder / "whole.json")
        with same_org({**document, "@faults": list(faults)}, self.port):
            self.outcome = okta_auditor("snapshot", "-o", self.path, "--attempts", 1, url=self.url)
        assert self.outcome.exit_code == 3, self.outcome.shown

    def resumed(self) -> list[tuple[str, str | None]]:
        """Go on with a healthy org; the pages that were asked for."""
        with same_org(self.document, self.port) as sandbox:
            outcome = okta_auditor("snapshot", "-o", self.path, "--resume", url=self.url)
            assert outcome.exit_code == 0, outcome.shown
            assert body(self.path) == self.whole
            assert not self.journal.exists()
            return asked(sandbox.requests)


@pytest.fixture
def leftover(tmp_path: Path) -> Leftover:
    return Leftover(tmp_path, tenant(), {"path": f"^{ZONES}$", "status": 500})


def forged(path: Path, **entry: Any) -> None:
    """Add a line with a right checksum to a journal."""
    text = json.dumps(entry).encode()
    checksum = hashlib.blake2b(text, digest_size=8).hexdigest().encode()
    with path.open("ab") as file:
        file.write(checksum + b" " + text + b"\n")


def test_only_what_failed_is_asked_for_again(leftover: Leftover) -> None:
    assert "okta-auditor snapshot -o" in leftover.outcome.stderr
    assert "--resume" in leftover.outcome.stderr
    assert stat.S_IMODE(leftover.journal.stat().st_mode) == 0o600

    assert leftover.resumed() == [(ZONES, None)]


def test_a_list_goes_on_in_its_middle(tmp_path: Path) -> None:
    leftover = Leftover(tmp_path, medium_tenant(), {"path": MEMBERS, "status": 500, "after": 3})

    again = leftover.resumed()

    assert len(again) == 2
    assert {path for path, _ in again} == {MEMBERS}
    assert None not in {cursor for _, cursor in again}


def test_a_network_that_dies_leaves_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasten(monkeypatch)
    leftover = Leftover(tmp_path, medium_tenant(), {"path": ".", "drop": True, "after": 40})

    # The warnings name the first gap of each collection; the ledger has them all.
    assert "stopped answering" in leftover.path.read_text()
    had = noted(leftover.journal)
    assert len(had) >= 35
    assert not had & set(leftover.resumed())


def test_an_org_that_does_not_answer_to_a_resumed_run_costs_nothing(leftover: Leftover) -> None:
    before = leftover.journal.read_bytes()
    leftover.path.unlink()

    outcome = okta_auditor(
        "snapshot", "-o", leftover.path, "--resume", "--attempts", 1, url=leftover.url
    )

    assert outcome.exit_code == 3
    assert leftover.journal.read_bytes() == before
    assert leftover.resumed() == [(ZONES, None)]


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}], ids=["500", "dropped"])
def test_the_same_fault_again_leaves_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    hasten(monkeypatch)
    leftover = Leftover(tmp_path, medium_tenant(), {"path": "/claims$", **fault})
    before = json.loads(leftover.path.read_text())["resources"]
    broken = {**leftover.document, "@faults": [{"path": "/claims$", **fault}]}

    with same_org(broken, leftover.port) as sandbox:
        outcome = okta_auditor("snapshot", "-o", leftover.path, "--resume", url=leftover.url)
        paths = {path.rpartition("/")[2] for path, _ in asked(sandbox.requests)}

    assert outcome.exit_code == 3
    assert paths <= {"claims", "org", "groups"}, "what fails, and whether the org is there"
    assert json.loads(leftover.path.read_text())["resources"] == before
    rows = ledger(leftover.path).items()
    assert [name for name, row in rows if row["status"] != "complete"] == ["claims"]
    leftover.resumed()


def test_the_journal_holds_no_more_than_a_snapshot(tmp_path: Path) -> None:
    document = tenant()
    document["/api/v1/apps"][0]["credentials"]["oauthClient"]["client_secret"] = "SECRET-client"
    document["/api/v1/groups/00g1/users"].append({"login": "odd@acme.example"})
    leftover = Leftover.__new__(Leftover)
    with served({**document, "@faults": [{"path": ZONES, "status": 500}]}) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", "--attempts", 1, url=sandbox.url)
    del leftover

    text = (tmp_path / "s.json.partial").read_text()
    for secret in (TOKEN, "SECRET", "078-05-1120", "202 555", "odd@acme.example", "SSWS"):
        assert secret not in text
    assert "ada@acme.example" in text, "the login of a user is in a snapshot, too"


def test_the_journal_is_no_larger_than_the_snapshot(tmp_path: Path) -> None:
    leftover = Leftover(tmp_path, medium_tenant(), {"path": ZONES, "status": 500})

    assert leftover.journal.stat().st_size <= leftover.path.stat().st_size


def test_a_refusal_leaves_nothing_to_go_on_with(tmp_path: Path) -> None:
    with served(tenant(faults=[{"path": ZONES, "status": 403}])) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)

    assert outcome.exit_code == 3
    assert [item.name for item in tmp_path.iterdir()] == ["s.json"]


def test_a_run_that_cannot_begin_leaves_no_file(tmp_path: Path) -> None:
    with served(tenant(tokens=["another"])) as sandbox:
        assert okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url).exit_code == 3

    assert not list(tmp_path.iterdir())


def test_there_is_nothing_to_resume(tmp_path: Path) -> None:
    outcome = okta_auditor(
        "snapshot", "-o", tmp_path / "s.json", "--resume", url="http://127.0.0.1:9"
    )

    assert outcome.exit_code == 2
    assert "nothing to resume" in outcome.stderr
    assert "s.json.partial does not exist" in outcome.stderr


def test_without_resume_it_begins_anew_and_says_so(leftover: Leftover) -> None:
    with same_org(leftover.document, leftover.port) as sandbox:
        outcome = okta_auditor("snapshot", "-o", leftover.path, url=leftover.url)
        assert (ZONES, None) in asked(sandbox.requests)
        assert len(sandbox.requests) > 5

    assert outcome.exit_code == 0
    assert "--resume would have gone on with it" in outcome.stderr
    assert body(leftover.path) == leftover.whole
    assert not leftover.journal.exists()


def test_a_run_that_differs_cannot_go_on(
    leftover: Leftover, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*words: str, url: str = leftover.url) -> str:
        outcome = okta_auditor("snapshot", "-o", leftover.path, "--resume", *words, url=url)
        assert outcome.exit_code == 2
        assert "Traceback" not in outcome.shown
        return outcome.stderr

    before = leftover.journal.read_bytes()
    assert "another org" in refused(url="http://127.0.0.1:9")
    assert "without --all-members" in refused("--all-members")
    with monkeypatch.context() as patch:
        patch.setattr(terms, "__version__", "99")
        assert "another version" in refused()
    assert leftover.journal.read_bytes() == before
    assert leftover.resumed() == [(ZONES, None)]


@pytest.mark.parametrize("part", [0.0, 0.02, 0.2, 0.5, 0.8, 0.999])
def test_a_journal_that_was_cut_off_is_used_up_to_there(leftover: Leftover, part: float) -> None:
    data = leftover.journal.read_bytes()
    leftover.journal.write_bytes(data[: int(len(data) * part)])
    had = noted(leftover.journal) if part else set()

    if part < 0.1:  # within its first line
        outcome = okta_auditor("snapshot", "-o", leftover.path, "--resume", url=leftover.url)
        assert outcome.exit_code == 2
        assert "holds nothing" in outcome.stderr
        with same_org(leftover.document, leftover.port):
            outcome = okta_auditor("snapshot", "-o", leftover.path, url=leftover.url)
        assert outcome.exit_code == 0, "a run without --resume replaces it"
    else:
        assert not had & set(leftover.resumed())


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_a_journal_with_a_flipped_bit_is_not_believed(leftover: Leftover, part: float) -> None:
    data = bytearray(leftover.journal.read_bytes())
    data[int(len(data) * part)] ^= 1
    leftover.journal.write_bytes(data)

    assert len(leftover.resumed()) > 1


@pytest.mark.parametrize(
    "entry",
    [
        {"list": "/api/v1/nonsense", "next": None, "values": []},
        {"list": ZONES, "next": None, "values": {}},
        {"list": ZONES, "next": 7, "values": []},
        {"list": ZONES, "next": None, "values": [], "odd": [[1]]},
        {"list": ZONES, "next": None, "values": [], "left_out": -1},
        {"list": "/api/v1/groups/00gZ/users", "next": None, "values": [{"id": "00u1"}]},
        {"list": "/api/v1/apps/0oaZ/users", "next": None, "values": ["00u1"]},
        {"list": "/api/v1/apps", "next": None, "values": []},
        {"gone": 7},
        {"anew": None, "duplicates": None},
        {"what": "is this"},
    ],
    ids=str,
)
def test_a_line_that_makes_no_sense_ends_what_is_believed(
    leftover: Leftover, entry: dict[str, Any]
) -> None:
    forged(leftover.journal, **entry)
    forged(leftover.journal, list=ZONES, next=None, values=[{"id": "forged"}])

    assert leftover.resumed() == [(ZONES, None)]


def test_a_journal_cannot_send_the_token_to_another_host(leftover: Leftover) -> None:
    with served(tenant()) as trap:
        for url in (f"{trap.url}{ZONES}", "https://[", f"{leftover.url}@evil.example/x"):
            forged(leftover.journal, list=ZONES, next=url, values=[{"id": "forged"}])
        assert leftover.resumed() == [(ZONES, None)]
        assert not trap.requests


def test_a_cursor_that_okta_no_longer_takes_begins_the_list_anew(tmp_path: Path) -> None:
    leftover = Leftover(tmp_path, medium_tenant(), {"path": MEMBERS, "status": 500, "after": 2})
    text = leftover.journal.read_text()
    lines = text.splitlines()
    at = next(n for n in reversed(range(len(lines))) if f'"list":"{MEMBERS}"' in lines[n])
    entry = json.loads(lines.pop(at).partition(" ")[2])
    leftover.journal.write_text("\n".join(lines) + "\n")
    forged(leftover.journal, **entry | {"next": f"{leftover.url}{MEMBERS}?after=stale"})

    again = leftover.resumed()

    assert [cursor for path, cursor in again if path == MEMBERS][:2] == ["stale", None]
    assert len(again) == 1 + 5


def test_two_runs_do_not_share_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    options = journals.ExportOptions()
    opened = journals.open_journal(path, "http://127.0.0.1:9", options, resume=False)
    assert opened

    for words in ([], ["--resume"]):
        outcome = okta_auditor("snapshot", "-o", path, *words, url="http://127.0.0.1:9")
        assert outcome.exit_code == 2
        assert "Another okta-auditor is writing" in outcome.stderr

    opened.journal.close()
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_journal_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "s.json.partial").write_text("my notes")

    for words in ([], ["--resume"]):
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", *words, url="http://127.0.0.1:9"
        )
        assert outcome.exit_code == 2
        assert "not a journal" in outcome.stderr

    assert (tmp_path / "s.json.partial").read_text() == "my notes"


def test_a_link_in_place_of_the_journal_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    (tmp_path / "s.json.partial").symlink_to(tmp_path / "precious")

    outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url="http://127.0.0.1:9")

    assert outcome.exit_code == 2
    assert (tmp_path / "precious").read_bytes() == b""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o400, 0o777])
@pytest.mark.parametrize("words", [[], ["--resume"]], ids=["anew", "resumed"])
def test_a_journal_of_another_mode_becomes_private(
    leftover: Leftover, mode: int, words: list[str]
) -> None:
    if mode == 0o777 or not words:
        leftover.journal.write_bytes(b"")  # as an attempt to have it made beforehand leaves it
    leftover.journal.chmod(mode)
    inode = leftover.journal.stat().st_ino
    faults = [{"path": f"^{ZONES}$", "status": 500}]

    with same_org({**leftover.document, "@faults": faults}, leftover.port):
        okta_auditor("snapshot", "-o", leftover.path, "--attempts", 1, *words, url=leftover.url)

    assert stat.S_IMODE(leftover.journal.stat().st_mode) == 0o600
    assert leftover.journal.stat().st_ino == inode


@pytest.mark.parametrize("words", [[], ["--resume"]], ids=["anew", "resumed"])
@pytest.mark.parametrize("how", ["symbolic link", "hard link", "another user"])
def test_a_journal_that_somebody_else_may_reach_is_refused(
    leftover: Leftover, how: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = leftover.journal.read_bytes()
    elsewhere = leftover.path.with_name("elsewhere")
    match how:
        case "symbolic link":
            leftover.journal.rename(elsewhere)
            leftover.journal.symlink_to(elsewhere)
        case "hard link":
            elsewhere.hardlink_to(leftover.journal)
        case _:
            monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    outcome = okta_auditor("snapshot", "-o", leftover.path, *words, url=leftover.url)

    assert outcome.exit_code == 2
    assert how in outcome.stderr
    assert "Remove it." in outcome.stderr
    assert leftover.journal.read_bytes() == content


def test_a_journal_that_others_may_write_is_not_trusted(leftover: Leftover) -> None:
    leftover.journal.chmod(0o660)

    outcome = okta_auditor("snapshot", "-o", leftover.path, "--resume", url=leftover.url)

    assert outcome.exit_code == 2
    assert "others" in outcome.stderr


def test_an_output_that_is_no_file_has_no_journal(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with served(tenant()) as sandbox:
            assert okta_auditor("snapshot", "-o", pipe, url=sandbox.url).exit_code == 0
            assert os.read(reader, 20).startswith(b"{")
            resumed = okta_auditor("snapshot", "-o", pipe, "--resume", url=sandbox.url)
            assert resumed.exit_code == 2
    finally:
        os.close(reader)
    assert [item.name for item in tmp_path.iterdir()] == ["pipe"]


def test_a_resumed_run_says_what_it_did_not_ask_for(leftover: Leftover) -> None:
    began = json.loads(leftover.path.read_text())["capture"]["started_at"]
    had = len(noted(leftover.journal))

    leftover.resumed()

    capture = json.loads(leftover.path.read_text())["capture"]
    assert capture["started_at"] == began
    assert capture["resumed_pages"] == had
    assert capture["requests"] == 1
    assert list(capture["efforts"]) == ["network_zones"]


def test_run_goes_on_too(leftover: Leftover) -> None:
    with same_org(leftover.document, leftover.port) as sandbox:
        outcome = okta_auditor("run", "-o", leftover.path, "--resume", url=leftover.url)
        assert asked(sandbox.requests) == [(ZONES, None)]

    assert outcome.exit_code in {0, 1}
    assert body(leftover.path) == leftover.whole
    assert ledger(leftover.path)["network_zones"]["status"] == "complete"
