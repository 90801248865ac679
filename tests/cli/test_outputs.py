"""A report replaces only what okta-auditor wrote, and is never written through a link."""

import json
import os
import threading
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

FORMATS = ("text", "json", "sarif", "html", "markdown", "github", "gitlab", "junit", "csv",
           "controls")  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_text("[core]\n")
    (root / "sub").mkdir()
    monkeypatch.chdir(root)
    snapshot_file(root, tenant())
    return root


def audit(*words: object, **variables: str) -> tuple[int, str]:
    outcome = okta_auditor("audit", "example.json", "--no-config", *words, **variables)
    assert "bug" not in outcome.stderr
    return outcome.exit_code, outcome.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_replaces_its_predecessor_and_nothing_else(folder: Path, form: str) -> None:
    assert audit("-O", f"{form}=r")[0] == 0
    first = (folder / "r").read_bytes()
    os.utime(folder / "r", (1, 1))  # as a file of another run
    assert audit("-O", f"{form}=r")[0] == 0
    assert (folder / "r").read_bytes() == first

    (folder / "r").write_text("precious")
    code, said = audit("-O", f"{form}=r")
    assert code == 2
    assert f"r is there already, and is not a {form} report of okta-auditor." in said
    assert (folder / "r").read_text() == "precious"


def test_files_of_the_project_are_not_replaced(folder: Path) -> None:
    words = '{"a": "okta-auditor/results/1", "b": "Written by okta-auditor"}'
    files = {"README.md": "# Hello", "package.json": words, "okta-auditor.toml": "", "x.csv": "a,b"}
    for name, text in files.items():
        (folder / name).write_text(text or "strict = true")
        for form in ("json", "markdown", "csv", "html"):
            assert audit("-O", f"{form}={name}")[0] == 2, (name, form)
    (folder / "alias.json").hardlink_to(folder / "example.json")
    before = (folder / "example.json").read_bytes()
    for name in ("example.json", "./example.json", "sub/../example.json", "alias.json"):
        assert audit("-O", f"json={name}")[0] == 2, name
    assert (folder / "example.json").read_bytes() == before


@pytest.mark.parametrize(
    "place",
    ["link.json", "dangling.json", "out/r.json", "here/r.json", ".git/config",
     ".git/r.json", ".git/hooks/post-checkout", "loop", "sub", "none/r.json", "/dev/sda1/x",
     "x" * 300],
)  # fmt: skip
def test_no_link_no_git_and_no_folder(folder: Path, place: str) -> None:
    (folder.parent / "elsewhere").mkdir()
    (folder / "target.json").write_text("")
    (folder / "link.json").symlink_to("target.json")
    (folder / "dangling.json").symlink_to(folder.parent / "made.json")
    (folder / "out").symlink_to(folder.parent / "elsewhere")
    (folder / "here").symlink_to("sub")
    (folder / "loop").symlink_to("loop")

    assert audit("-O", f"json={place}")[0] == 2
    assert not list((folder.parent / "elsewhere").iterdir())
    assert not (folder.parent / "made.json").exists()


def test_devices_pipes_and_the_step_s_summary_take_reports(folder: Path) -> None:
    assert audit("-O", "json=/dev/null")[0] == 0
    os.mkfifo(folder / "pipe")
    assert audit("-O", "json=pipe")[0] == 2, "nobody reads it"
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_bytes()))
    reader.start()
    while audit("-O", "json=pipe")[0] and reader.is_alive():
        pass
    reader.join()
    assert json.loads(read[0])["schema"] == "okta-auditor/results/1"

    summary = folder.parent / "summary"
    summary.write_text("before\n")
    words = ("-O", f"markdown={summary}")
    assert audit(*words)[0] == 2
    assert audit(*words, GITHUB_STEP_SUMMARY=str(summary))[0] == 0
    assert summary.read_text().startswith("before\n<!-- okta-auditor:")


def test_what_a_template_makes_is_replaced_if_it_says_so(folder: Path) -> None:
    (folder / "t.j2").write_text("{{ tenant.name }}\n")
    assert audit("--template", "t.j2=r.txt")[0] == 0
    os.utime(folder / "r.txt", (1, 1))
    assert audit("--template", "t.j2=r.txt")[0] == 2
    (folder / "t.j2").write_text("{{ tenant.name }}\nWritten by okta-auditor\n")
    assert audit("--template", "t.j2=r2.txt")[0] == 0
    os.utime(folder / "r2.txt", (1, 1))
    assert audit("--template", "t.j2=r2.txt")[0] == 0


def test_a_snapshot_replaces_snapshots_only(folder: Path) -> None:
    (folder / "notes.json").write_text("{}")
    variables = {"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_TOKEN": "x"}

    outcome = okta_auditor("snapshot", "-o", "notes.json", **variables)

    assert outcome.exit_code == 2
    assert "is not a snapshot of okta-auditor" in outcome.stderr
