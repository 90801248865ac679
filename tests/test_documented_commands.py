"""Every command line of the README, of CONTRIBUTING.md and of the guides works.

Tutorials have a test of their own, which compares what they show, too (test_tutorials.py).
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from actions import BIN
from documented_commands import Command, differs, run_in_order, sessions, unprompted
from helpers import TOKEN, okta_auditor, unhurried

from auditor.sandbox import Sandbox
from auditor.sandbox.northwind import northwind

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]

NOT_RUN = {
    # What stands at the beginning of a command line, and why it is not run here.
    "make ": "take minutes or hours; .ci/run runs some, and a test below looks them up",
    "python -m pip install .": "needs the package index; `make try-release` does it",
    "pipx install okta-auditor==": "needs what is published; `make try-release` does it",
    "uv tool install okta-auditor==": "as pipx",
    "uvx okta-auditor@": "as pipx",
    "python -m pip install --require-hashes": "as `python -m pip install .`",
    "docker run ": "needs a daemon; CI runs the image, with the same options",
    "py -m ": "Windows' launcher; CI tries the forms on Windows",
    "gh attestation verify ": "asks GitHub about what is published",
    "python .github/release/build.py again": "tests/release builds a commit that is there",
    "sha256sum again/": "as above",
    "git add . && git commit": "pushes; tests/test_pipelines.py does, to a repository of its own",
    "git clone --branch okta-auditor/records REPOSITORY": "as above",
    "okta-auditor evidence verify records/evidence/*": "tests/test_pipelines.py does",
    "okta-auditor diff OLD NEW [": "lists the options; below they are looked up in the help",
    "okta-auditor snapshot -o snapshot.json --resume": "tests/collect interrupts one",
    "terraform ": "needs Terraform; tests/terraform has plans that it made",
}

EVIDENCE_BY_OTHERS = "tests/evidence/test_other_verifiers.py runs these, of that page"
OF_OTHER_TESTS = {
    ("docs/evidence.md", program): EVIDENCE_BY_OTHERS
    for program in ("printf", "cat", "sed", "openssl pkeyutl", "sha256sum")
} | {
    ("docs/sandbox.md", "export"): "shows what `sandbox` prints; tests/sandbox compares",
    ("docs/sandbox.md", "python prowler_here.py"): "needs Prowler, which is no dependency",
}

BASELINED = ("docs/suppressions.md", "okta-auditor audit snapshot.json")
EXITS = {
    # Findings, as the demo tenant has them.
    "okta-auditor run": 1,
    "okta-auditor run --plan plan.json --base": 0,  # fails for new ones only
    "okta-auditor --debug debug.log run": 1,
    "okta-auditor audit": 1,
    "okta-auditor controls snapshot.json": 1,
    "okta-auditor diagnose --snapshot": 3,  # the error alone does not tell which request it was
}

MONTH = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
REPLACED = {
    # Command lines that name what only their reader has.
    "export OKTA_CLIENT_ORGURL=https://your-org.okta.com": "true",
    "export OKTA_CLIENT_TOKEN=…": "true",
    "okta-auditor evidence keygen -o evidence.key": "okta-auditor evidence keygen -o evidence.key "
    "&& okta-auditor evidence export earlier.json -o 2026-01-01 --key evidence.key",
}


def commands(page: str) -> list[Command]:
    text = (ROOT / page).read_text()
    found = [*sessions(text), *unprompted(text)]
    return sorted(found, key=lambda command: command.line)


def reason(page: str, command: Command) -> str | None:
    """Why a command is not run here."""
    first = command.text.splitlines()[0]
    for (where, start), why in OF_OTHER_TESTS.items():
        if page == where and first.startswith(start):
            return why
    return next((why for start, why in NOT_RUN.items() if first.startswith(start)), None)


def is_run(page: str) -> bool:
    return any(reason(page, command) is None for command in commands(page))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has at hand: two snapshots of the demo tenant and what goes with them."""
    folder = tmp_path_factory.mktemp("prepared")
    for name in ("earlier", "okta-audit"):
        assert okta_auditor("demo", "-o", folder / name).exit_code == 0
        time.sleep(1)  # snapshots of one second have no order
    (folder / "earlier/snapshot.json").rename(folder / "earlier.json")
    shutil.copy(folder / "okta-audit/snapshot.json", folder)
    shutil.copy(folder / "okta-audit/results.json", folder)
    (folder / "expectations.yaml").write_text(
        "- server: Payments\n  client: checkout-web\n  grant: authorization_code\n"
        "  user: henrik\n  scopes: [openid, payments:write]\n  expect: minted\n"
    )
    (folder / "error.log").write_text(
        "error=access_denied&error_description=Policy evaluation failed for this request, "
        "please check the policy configurations.\n"
    )
    (folder / "summary.md.j2").write_text("{{ findings | length }}\n")
    rules = (ROOT / "docs/writing-rules.md").read_text()
    example = re.search(r"```python\n(.*?)```", rules, re.DOTALL)
    assert example
    (folder / "FOLDER").mkdir()
    (folder / "FOLDER/group_without_members.py").write_text(example[1])
    plan = (ROOT / "docs/tutorials/review.md").read_text()
    made = re.search(r"<<'END'\n(.*?)END\n", plan, re.DOTALL)
    assert made
    (folder / "plan.json").write_text(made[1])
    (folder / "infra").mkdir()
    (folder / "infra/main.tf").touch()
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def org() -> Iterator[dict[str, str]]:
    """An org, as the variables that name it."""
    with Sandbox(unhurried(northwind(dt.datetime.now(dt.UTC)))) as sandbox:
        yield {"OKTA_CLIENT_ORGURL": sandbox.url, "OKTA_CLIENT_TOKEN": TOKEN}


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if is_run(page)])
def test_each_command_line_works_as_printed(
    page: str, prepared: Path, org: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    shutil.copytree(prepared, folder)
    tenants = "".join(
        f'[tenants.{name}]\norg_url = "{org["OKTA_CLIENT_ORGURL"]}"\n'
        'token_env = "OKTA_CLIENT_TOKEN"\n'
        for name in ("prod", "dev")
    )
    if page == "docs/configuration.md":
        (folder / "okta-auditor.toml").write_text(f'select = ["ALL"]\n{tenants}')
    run = [command for command in commands(page) if reason(page, command) is None]

    ran = run_in_order(run, folder, _replaced(run, folder), **org)

    for one in ran:
        where = f"{page}:{one.command.line}: {one.command.text}\n{one.printed}"
        expected = 0 if (page, one.command.text) == BASELINED else _expected(one.command)
        assert one.code == expected, where
        assert not differs(one.command.shown, one.printed), where


def _replaced(run: list[Command], folder: Path) -> dict[str, str]:
    """Command lines with what a reader would fill in."""
    found = okta_auditor("audit", folder / "snapshot.json", "--select", "OAM5", "-O", "csv").stdout
    fingerprint = re.search(r"\b[0-9a-f]{16,}\b", found)
    assert fingerprint
    filled = {
        command.text: re.sub(r"\d{4}-12-31", MONTH, command.text)
        .replace("ca9c403a", fingerprint[0])
        .replace('"…"', '"for the tests"')
        for command in run
    }
    return filled | REPLACED


def _expected(command: Command) -> int:
    fitting = [start for start in EXITS if command.text.startswith(start)]
    return EXITS[max(fitting, key=len)] if fitting else 0


@pytest.mark.parametrize("page", PAGES)
def test_a_make_target_is_there(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in commands(page):
        if command.text.startswith("make "):
            for target in command.text.split()[1:]:
                assert re.search(rf"(?m)^{re.escape(target)}:", makefile), (page, command)


def test_a_synopsis_names_options_that_are_there() -> None:
    (synopsis,) = (
        command
        for command in commands("docs/diff.md")
        if command.text.startswith("okta-auditor diff OLD")
    )
    text = (ROOT / "docs/diff.md").read_text()
    block = text[text.index(synopsis.text) :].partition("\n\n")[0]
    known = subprocess.run(
        [BIN / "okta-auditor", "diff", "--help"], capture_output=True, text=True, check=True
    ).stdout
    named = re.findall(r"--[\w-]+", block)
    assert len(named) >= 5
    for option in named:
        assert option in known, option


def test_each_reason_is_still_needed() -> None:
    every = [(page, command.text) for page in PAGES for command in commands(page)]
    for start in NOT_RUN:
        assert any(text.startswith(start) for _, text in every), start
    for where, start in OF_OTHER_TESTS:
        assert any(page == where and text.startswith(start) for page, text in every), start


def test_commands_are_found_in_blocks_of_each_kind() -> None:
    text = (
        "# A\n\n    git status    # now\n    okta-auditor a \\\n        b\n    no command\n\n"
        "```\nokta-auditor c | \\\n  cat\n```\n\n```yaml\ngit: x\n```\n\n"
        "```console\n$ okta-auditor d\nprinted …\n…\n$ echo $?\n1\n```\n"
    )

    assert [(one.text, one.line) for one in unprompted(text)] == [
        ("git status", 3),
        ("okta-auditor a \\\n    b", 4),
        ("okta-auditor c | \\\n  cat", 9),
    ]
    assert [(one.text, one.shown) for one in sessions(text)] == [
        ("okta-auditor d", "printed …\n…"),
        ("echo $?", "1"),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "line"),
    [
        ("", "anything", ""),
        ("a\nb", "a\nb\n", ""),
        ("a … c\n…", "a b c\nd\n", ""),
        ("…\nb", "x\ny\nb", ""),
        ("a", "a\nb", "(and no more than) b"),
        ("b", "a\nb", "b"),
        ("…\nc", "a\nb", "c"),
        ("a\n…\na", "a\nb", "a"),
    ],
)
def test_what_a_page_shows_is_compared(shown: str, printed: str, line: str) -> None:
    assert differs(shown, printed) == line
