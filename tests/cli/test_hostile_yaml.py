"""YAML that is a trap for PyYAML ends in one line that names the file."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

HOSTILE = {
    "brackets": "[" * 100_000,
    "dashes": "- " * 50_000 + "x",
    "indented": "".join(" " * depth + "a:\n" for depth in range(1300)),
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi")
    ),
    "itself": "&a [*a]",
    "no truth": "- !!bool maybe",
    "no moment": "- !!timestamp soon",
    "no number": '- !!int ""',
    "base 60": "- " + "1:" * 300_000 + "1",
    "code": '!!python/object/apply:os.system ["touch pwned"]',
    "a set of lists": "!!set {[a]: }",
    "a merge of nothing": "- <<: 1",
    "two documents": "---\na\n---\nb",
    "NUL": "\0" * 100,
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("call", [("test",), ("controls", "--framework")], ids=lambda call: call[0])
def test_hostile_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, call: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot_file(tmp_path, tenant())
    Path("h.yaml").write_text(HOSTILE[kind])
    begin = time.process_time()

    outcome = okta_auditor(call[0], "example.json", *call[1:], "h.yaml")

    assert time.process_time() - begin < 3
    assert outcome.exit_code == 2
    assert "h.yaml" in outcome.stderr
    assert "bug" not in outcome.stderr
    assert not Path("pwned").exists()
