"""docs/api.md: its examples run on the demo tenant, and the reference is what the source says."""

import doctest
import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest
from helpers import snapshot_file

from auditor.lint.examples import CAPTURED_AT
from auditor.sandbox.northwind import northwind

sys.path.insert(0, str(Path(__file__).parent / "sandbox"))
from test_northwind import snapshot_of

ROOT = Path(__file__).parents[1]


def test_the_examples_of_the_guide_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot_file(tmp_path, snapshot_of(northwind(CAPTURED_AT)).resources).rename(
        tmp_path / "snapshot.json"
    )
    guide = (ROOT / "docs" / "writing-rules.md").read_text()
    example = re.search(r"```python\n(.*?)```", guide, re.DOTALL)
    assert example
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "group_without_members.py").write_text(example[1])
    shutil.copy(ROOT / "docs" / "api.md", tmp_path)
    monkeypatch.chdir(tmp_path)

    outcome = doctest.testfile(str(tmp_path / "api.md"), module_relative=False)

    assert outcome.attempted > 15
    assert outcome.failed == 0


def test_the_reference_is_what_the_source_says() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec
    assert spec.loader
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)

    kept = {path.name: path.read_text() for path in (ROOT / "docs" / "reference").iterdir()}

    assert kept == reference.pages(), "run make docs"
