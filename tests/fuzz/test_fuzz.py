"""The fuzzer spoils files, notices what breaks, and keeps it. What it finds, `make fuzz` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import fuzzer
import pytest
from judging import Case, fault_of
from kinds import KINDS, Kind
from mutations import Mutation, spoiled_json, spoiled_text
from samples import write_samples

from auditor.cli.commands import test as expectations_command

CASES = 3


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz") / "samples"
    write_samples(folder)
    return folder


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fuzzer, "KEPT", tmp_path)
    return tmp_path


def kind_called(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_few_cases_of_each_kind(samples: Path, kind: Kind) -> None:
    fuzz = fuzzer.Fuzzer(kind, samples)

    cases = CASES if kind.files else 1  # an export may take its whole time

    fuzz.batch(1, cases)

    assert fuzz.tried == cases
    assert fuzz.faults == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.files], ids=lambda kind: kind.name)
@pytest.mark.parametrize("which", [0, -1])
def test_what_nobody_spoiled_is_sound(
    samples: Path, tmp_path: Path, kind: Kind, which: int
) -> None:
    case = Case(kind, kind.files[which], lambda data, _changes: data, kind.commands[which], ())

    assert fault_of(case, samples, tmp_path / "case") == ""
    assert "error:" not in (tmp_path / "case" / "output.txt").read_text()


def test_a_failure_is_kept_in_as_few_changes_as_it_takes(
    samples: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: Any, **_values: Any) -> NoReturn:
        raise LookupError

    monkeypatch.setattr(expectations_command, "read_cases", fail)
    kind = kind_called("expectations")
    fuzz = fuzzer.Fuzzer(kind, samples)
    changes = tuple(Mutation(way, 3, 0) for way in range(3))

    fuzz.try_case(Case(kind, kind.files[0], spoiled_text, kind.commands[0], changes))

    ((fault, folder),) = fuzz.faults.items()
    assert fault == "test: said 'this is a bug in it'"
    assert folder.parent == kept
    assert "Mutation(way=2," in (folder / "changes.txt").read_text()
    assert "Mutation(way=1," not in (folder / "changes.txt").read_text()


def test_exit_code_0_for_another_snapshot_is_noticed(samples: Path, tmp_path: Path) -> None:
    kind = kind_called("snapshots")
    explained = ("rules",)  # reads no snapshot, so it exits with 0 whatever that says
    case = Case(kind, "snapshot.json", spoiled_json, explained, (Mutation(0, 40, 0),))

    assert fault_of(case, samples, tmp_path / "case") == "exit code 0 for what was changed"


def test_the_same_numbers_spoil_in_the_same_way() -> None:
    data = b'{"a": [1, {"b": "x"}], "c": null}'
    for way in range(20):
        for what in range(60):
            changes = [Mutation(way, what, what), Mutation(what, way, way)]
            assert spoiled_json(data, changes) == spoiled_json(data, changes)
