"""A series outlives its keys; no key signs outside its period, or after another replaced it."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from conftest import night
from helpers import Outcome, okta_auditor

NAMES = ("old", "new", "stranger")


def verify(*words: object) -> Outcome:
    return okta_auditor("evidence", "verify", *words)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three keys."""
    folder = tmp_path_factory.mktemp("keys")
    for name in NAMES:
        assert okta_auditor("evidence", "keygen", "-o", folder / name).exit_code == 0
    return folder


def signed_series(folder: Path, keys: Path, *signers: str | None) -> list[Path]:
    """Nights that follow one another from 2026-01-01 on, each signed by a key or by none."""
    made: list[Path] = []
    for number, signer in enumerate(signers):
        target = folder / f"night-{number}"
        before = ("--previous", made[-1]) if made else ()
        key = ("--key", keys / signer) if signer else ()
        done = okta_auditor(
            *("evidence", "export", night(folder / "snapshots", number), "-o", target),
            *("--no-config", "--select", "OAM2", *before, *key),
        )
        assert done.exit_code in {0, 3}, done.shown
        made.append(target)
    return made


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> list[Path]:
    """Two nights of the old key, and two of the new one."""
    return signed_series(tmp_path_factory.mktemp("rotated"), keys, "old", "old", "new", "new")


def entry(keys: Path, name: str, **values: str) -> str:
    pem = (keys / f"{name}.pub").read_text()
    lines = [f'id = "{name}"', f'public_key = """\n{pem}"""']
    return "\n".join(["[[key]]", *lines, *(f"{key} = {value}" for key, value in values.items())])


def key_file(folder: Path, *entries: str) -> Path:
    path = folder / "keys.toml"
    path.write_text("\n\n".join(entries) + "\n")
    return path


def old(keys: Path, **values: str) -> str:
    return entry(keys, "old", **{"owner": '"Acme"', "not_after": "2026-01-02", **values})


def new(keys: Path, **values: str) -> str:
    return entry(keys, "new", **{"owner": '"Acme"', "not_before": "2026-01-03", **values})


def test_a_series_outlives_a_rotation(rotated: list[Path], keys: Path, tmp_path: Path) -> None:
    file = key_file(tmp_path, old(keys), new(keys))

    done = verify(*rotated, "--keys", file)

    assert done.exit_code == 0, done.shown
    assert done.stdout.startswith("4 bundles signed by Acme (key old ")
    assert "and Acme (key new " in done.stdout
    assert " and unaltered, 2026-01-01" in done.stdout
    both = ("--public-key", keys / "old.pub", "--public-key", keys / "new.pub")
    assert verify(*rotated, *both).exit_code == 0


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ((old, lambda keys: new(keys, not_before="2026-01-04")), (2, "whose period begins at")),
        ((lambda keys: old(keys, not_after="2026-01-01"), new), (1, "whose period ended at")),
        ((lambda keys: old(keys, not_after="2026-01-02T02:00:00Z"), new), (1, "period ended at")),
        ((lambda keys: old(keys, revoked="true"), new), (0, "which is revoked")),
        ((lambda keys: old(keys, revoked="2026-01-05"), new), (0, "which is revoked")),
        ((old,), (2, "is not that of the given key")),
        ((new,), (0, "is not that of the given key")),
        ((old, lambda keys: entry(keys, "stranger")), (3, "which is none of the given keys")),
    ],
)
def test_a_key_that_may_not_sign_is_named(
    rotated: list[Path],
    keys: Path,
    tmp_path: Path,
    entries: tuple[object, ...],
    named: tuple[int, str],
) -> None:
    number, problem = named
    file = key_file(tmp_path, *(make(keys) for make in entries))  # type: ignore[operator]

    done = verify(*rotated, "--keys", file)

    assert done.exit_code == 1, done.shown
    lines = [line for line in done.stdout.splitlines() if line.startswith(f"{rotated[number]}: ")]
    assert any(problem in line for line in lines), done.stdout


def test_a_key_that_was_replaced_does_not_come_back(tmp_path: Path, keys: Path) -> None:
    nights = signed_series(tmp_path, keys, "old", "new", "old")
    both = ("--public-key", keys / "old.pub", "--public-key", keys / "new.pub")

    for options in ((), both):
        done = verify(*nights, *options)
        assert done.exit_code == 1
        assert f"{nights[2]}: it is signed by key " in done.stdout
        assert "replaced on 2026-01-02T02:00:00+00:00." in done.stdout


def test_a_night_without_a_signature_after_signed_ones_is_named(tmp_path: Path, keys: Path) -> None:
    nights = signed_series(tmp_path, keys, None, "old", None)

    done = verify(*nights)

    assert done.exit_code == 1
    assert f"{nights[2]}: it is not signed, and {nights[1]} before it is." in done.stdout
    assert verify(*nights[:2]).exit_code == 0


def test_what_keygen_prints_is_an_entry_of_a_file_of_keys(tmp_path: Path) -> None:
    done = okta_auditor("evidence", "keygen", "-o", tmp_path / "key")
    text = done.stdout[done.stdout.index("[[key]]") : done.stdout.index("To rotate")]
    (tmp_path / "keys.toml").write_text(text)
    (value,) = tomllib.loads(text)["key"]
    bundle = tmp_path / "one"
    made = okta_auditor(
        *("evidence", "export", night(tmp_path / "s", 0), "-o", bundle, "--no-config"),
        *("--key", tmp_path / "key"),
    )
    assert made.exit_code in {0, 3}

    signer = json.loads((bundle / "manifest.json").read_text())["predicate"]["signer"]
    assert value["public_key"] == signer
    assert "whose period begins at" in verify(bundle, "--keys", tmp_path / "keys.toml").stdout
    assert "the old key not_after, the day" in done.stdout


KEY = "ab" * 32


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "key: the key is missing"),
        ("key = []", "key: unusable value"),
        ("[[key]]\nid = 'a'", "keys.toml:1: key.0.public_key: the key is missing"),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nnot_befor = 1", "keys.toml:4: key.0.not_befor"),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY[:-1]}'", "neither 64 hexadecimal digits nor"),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY.upper()}'", "neither 64 hexadecimal digits nor"),
        (f"[[key]]\nid = ''\npublic_key = '{KEY}'", "keys.toml:2: key.0.id"),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nnot_before = 'x'", "keys.toml:4: key.0."),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nnot_before = 1", "keys.toml:4: key.0."),
        (
            f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nnot_before = 2026-01-01T00:00:00",
            "a time needs its distance from UTC",
        ),
        (
            f"[[key]]\nid='a'\npublic_key='{KEY}'\nnot_before=2026-01-02\nnot_after=2026-01-01",
            "not_after is earlier than not_before",
        ),
        (
            f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nnot_after = 9999-12-31",
            "is too late a day",
        ),
        (f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\nrevoked = 'no'", "keys.toml:4: key.0.revoked"),
        (
            f"[[key]]\nid = 'a'\npublic_key = '{KEY}'\n[[key]]\nid = 'b'\npublic_key = '{KEY}'",
            "is there twice",
        ),
        (
            f"[[key]]\nid='a'\npublic_key='{KEY}'\n[[key]]\nid='a'\npublic_key='{KEY[2:]}cd'",
            '"a" is there twice',
        ),
        ("[[key]\n", "keys.toml:1"),
        ("a" + ".a" * 30_000 + " = 1", "keys.toml:1"),
        ("a = " + "[" * 20_000, "keys.toml:1"),
        ("x" * 1_100_000, "is larger than 1 MB"),
        ("x" * 100_000, "it is longer than 65,536 characters"),
        ("\x00", "keys.toml:1"),
    ],
)
def test_a_file_of_keys_that_is_not_sound_ends_the_check(
    rotated: list[Path], tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(text)

    done = verify(rotated[0], "--keys", file)

    assert done.exit_code == 2, done.shown
    assert problem in done.stderr
    assert "bug" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("option", ["--keys", "--public-key"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "missing"])
def test_a_key_is_a_regular_file(
    rotated: list[Path], tmp_path: Path, option: str, kind: str
) -> None:
    path = {"device": Path("/dev/zero")}.get(kind, tmp_path / "key")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()

    done = verify(rotated[0], option, path)

    assert done.exit_code == 2, done.shown
    assert str(path) in done.stderr
