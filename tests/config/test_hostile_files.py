"""Whatever a configuration file holds or is: one line that names it, at once, and no more."""

import os
import time
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

HOSTILE = {
    "a dotted key": ".".join("a" * 100_000) + " = 1",
    "a dotted key in quotes": ".".join(['"a. =]"'] * 50_000) + " = 1",
    "a header": "[" + ".".join("a" * 100_000) + "]",
    "a key after a text of lines": "x = {a = '''\n\"'''," + ".".join("a" * 100_000) + " = 1}",
    "arrays": "select = " + "[" * 100_000,
    "tables": "options = " + "{a = " * 100_000,
    "a number": "a = " + "9" * 10_000,
    "a hexadecimal number": "[options.OAM702]\nceiling_minutes = 0x" + "f" * 100_000,
    "no number": "[suppression_policy]\nmax_days = nan",
    "a name with NUL": 'history = "a\\u0000b"',
    "a long name": f'baseline = "{"x" * 5000}"',
    "a long folder": f'source_root = "{"x" * 300}"',
    "an output with NUL": 'output = ["json=a\\u0000"]',
    "a long output": f'output = ["json={"x" * 300}"]',
    "rules on a device": 'rules = ["/dev/null"]',
    "a baseline on a device": 'baseline = "/dev/zero"',
    "another user's home": '[tenants.a]\norg_url = "https://a.okta.com"\ntoken_file = "~nobody/x"',
    "too large": "#" * 1_000_001,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    snapshot_file(tmp_path, tenant())
    return tmp_path


def refused(*words: str) -> str:
    begin = time.process_time()
    outcome = okta_auditor("audit", "example.json", *words)
    assert time.process_time() - begin < 3
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("error: ")
    assert "bug" not in outcome.stderr
    return outcome.stderr


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(folder: Path, kind: str) -> None:
    (folder / "c.toml").write_text(HOSTILE[kind])
    refused("--config", "c.toml")


@pytest.mark.parametrize("name", ["okta-auditor.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "a link out", "a link to itself"])
def test_what_is_found_is_a_file_of_the_repository(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    root = folder / "checkout"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    match kind:
        case "pipe":
            os.mkfifo(name)
        case "folder":
            Path(name).mkdir()
        case "a link out":
            text = "[tool.okta-auditor]\n" if name == "pyproject.toml" else ""
            (folder / "outside.toml").write_text(f"{text}exit_zero = true")
            Path(name).symlink_to("../outside.toml")
        case _:
            Path(name).symlink_to(name)
    assert name in refused()


@pytest.mark.parametrize("key", ["baseline", "suppressions", "history", "source_root"])
@pytest.mark.parametrize("place", ["../x", "/etc/passwd", "out/x", ".git/config", "loop/x"])
def test_a_found_file_names_no_path_elsewhere(folder: Path, key: str, place: str) -> None:
    (folder / ".git").mkdir()
    (folder / "out").symlink_to("/etc")
    (folder / "loop").symlink_to("loop")
    (folder / "okta-auditor.toml").write_text(f'\n{key} = "{place}"')

    assert f"okta-auditor.toml:2: {key} names {place}" in refused().replace(f"{folder}/", "")


def test_long_keys_in_texts_and_comments_are_texts(folder: Path) -> None:
    dots = "a." * 100
    (folder / "c.toml").write_text(f'# {dots}\nfail_on = "high" # {dots}\n[options.OAM702]\n')
    assert okta_auditor("audit", "example.json", "--config", "c.toml").exit_code == 0
