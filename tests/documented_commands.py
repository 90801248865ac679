"""The command lines of a page, and a shell that runs them one after the other.

Whatever stands in a block of its own and begins with a program's name is a command line.

In a block of which a line begins with `$ `, such lines are commands and what follows is what they
print: `…` in it stands for anything, alone on a line for any lines, and several spaces are one.
"""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

from actions import BIN

_BLOCK = re.compile(
    r"(?ms)^```(?P<language>\w*)\n(?P<fenced>.*?)^```$|(?P<indented>(?:^    [^\n]*\n)+)"
)
PROGRAMS = (
    *("okta-auditor", "python", "py", "pip", "pipx", "uv", "uvx", "make", "git", "gh", "docker"),
    *("terraform", "openssl", "sha256sum", "cat", "sed", "printf", "export", "curl"),
)
"""What command lines begin with in blocks without a prompt."""

_ENDED = re.compile(r"(?m)^@@ command \d+ ended with (\d+) @@\n")


@dataclass(frozen=True)
class Command:
    """A command line of a page."""

    text: str
    """As it stands there, without the prompt; several lines if it goes on."""
    shown: str
    """What the page says that it prints; empty if it shows nothing."""
    line: int


@dataclass(frozen=True)
class Ran:
    """What became of one."""

    command: Command
    code: int
    printed: str


def sessions(text: str) -> list[Command]:
    """The commands of a page that stand behind a prompt."""
    found: list[Command] = []
    for block in _BLOCK.finditer(text):
        lines = (block["fenced"] or "").splitlines()
        if not any(line.startswith("$ ") for line in lines):
            continue
        begin = text.count("\n", 0, block.start("fenced")) + 1
        number = 0
        while number < len(lines):
            assert lines[number].startswith("$ "), (begin + number, lines[number])
            first, words = number, [lines[number][2:]]
            here = re.search(r"<<'(\w+)'$", words[0])
            while words[-1].endswith("\\") or (here and words[-1] != here[1]):
                number += 1
                words.append(lines[number])
            number += 1
            shown = number
            while number < len(lines) and not lines[number].startswith("$ "):
                number += 1
            found.append(Command("\n".join(words), "\n".join(lines[shown:number]), begin + first))
    return found


def unprompted(text: str) -> list[Command]:
    """The commands of a page that stand in blocks without a prompt, without their comments."""
    found: list[Command] = []
    for block in _BLOCK.finditer(text):
        if block["indented"] is None and block["language"] not in {"", "sh", "bash", "console"}:
            continue
        part = "indented" if block["indented"] else "fenced"
        lines = textwrap.dedent(block[part]).splitlines()
        if any(line.startswith("$ ") for line in lines):
            continue
        begin = text.count("\n", 0, block.start(part)) + 1
        for number, line in enumerate(lines):
            if line.partition(" ")[0] not in PROGRAMS:
                continue
            words = [line]
            while words[-1].endswith(("\\", "|")):
                words.append(lines[number + len(words)])
            words[-1] = re.sub(r"\s+# .*$", "", words[-1])
            found.append(Command("\n".join(words), "", begin + number))
    return found


def run_in_order(
    commands: list[Command], folder: Path, replaced: dict[str, str], **variables: str
) -> list[Ran]:
    """Run commands in one shell.

    Args:
        commands: in order.
        folder: where the shell begins.
        replaced: commands that are others here, by their text.
        variables: of its environment.
    """
    lines = ["code=0"]
    for number, command in enumerate(commands):
        lines += ["(exit $code)", replaced.get(command.text, command.text), "code=$?"]
        lines.append(f'printf "\\n@@ command {number} ended with $code @@\\n"')
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", "\n".join(lines)],
        cwd=folder,
        env={
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=200,
    )
    parts = _ENDED.split(done.stdout)
    ran = list(zip(commands, parts[1::2], parts[0::2], strict=False))
    assert len(ran) == len(commands), done.stdout[-2000:]
    return [Ran(command, int(code), printed[:-1]) for command, code, printed in ran]


def differs(shown: str, printed: str) -> str:
    """The first line that a page shows and that was not printed there; empty if all was."""
    if not shown:
        return ""
    lines, at, free = [_spaced(line) for line in printed.rstrip("\n").splitlines()], 0, False
    for line in shown.splitlines():
        if line == "…":
            free = True
            continue
        pattern = re.compile(".*".join(map(re.escape, _spaced(line).split("…"))))
        fits = [n for n in range(at, len(lines)) if pattern.fullmatch(lines[n])]
        if not fits or (not free and fits[0] != at):
            return line
        at, free = fits[0] + 1, False
    return "" if free or at == len(lines) else f"(and no more than) {lines[at]}"


def _spaced(line: str) -> str:
    return re.sub(" +", " ", line.rstrip())
