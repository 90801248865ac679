"""The command line in processes of its own, to be killed: each starts with the SDK loaded."""

from __future__ import annotations

import json
import multiprocessing
import re
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from command_process import run_command
from helpers import SERVERS, TOKEN, tenant, with_everyone

from auditor.sandbox import Request

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["auditor.collect.exporter", "auditor.cli.commands.snapshot", "auditor.cli"]
)


def medium_tenant(**changes: Any) -> dict[str, Any]:
    """A hundred requests' worth of tenant, with lists of several pages."""
    document = tenant(**changes)
    document[SERVERS] = [{"id": f"aus{n}", "name": f"S{n}", "status": "ACTIVE"} for n in range(4)]
    document["/api/v1/apps"] += [
        {**document["/api/v1/apps"][0], "id": f"0oaX{n}", "label": f"App {n}"} for n in range(5)
    ]
    users = [f"00u{n:04}" for n in range(900)]
    document["/api/v1/users"] = [
        {"id": one, "status": "ACTIVE", "profile": {"login": f"{one}@acme.example"}}
        for one in users
    ]
    groups = [{"id": f"00g{n}", "profile": {"name": f"G{n}"}} for n in range(9)]
    document["/api/v1/groups"] = with_everyone(groups)
    for number in range(9):
        document[f"/api/v1/groups/00g{number}/users"] = [{"id": u} for u in users[:: number + 1]]
    for number in range(4):
        path = f"{SERVERS}/aus{number}/policies"
        document[path] = [{"id": f"00p{number}{n}", "name": f"P{n}"} for n in range(3)]
        for policy in document[path]:
            rules = [{"id": f"0pr{n:03}", "name": f"R{n}"} for n in range(5 if number else 205)]
            people = {"groups": {"include": [f"00g{number}"], "exclude": ["00g7"]}}
            rules[3] |= {"conditions": {"people": people}}
            document[f"{path}/{policy['id']}/rules"] = rules
    for number in range(5):
        document[f"/api/v1/apps/0oaX{number}/groups"] = [{"id": f"00g{number + 4}"}]
        document[f"/api/v1/apps/0oaX{number}/users"] = [
            {"id": one, "scope": "USER" if place % 9 else "GROUP", "status": "ACTIVE"}
            for place, one in enumerate(users[number:])
        ]
    return document


def command(url: str, log: Path, *arguments: object) -> ForkServerProcess:
    """Start the command line against an org; what it says goes to a file."""
    words = [str(word) for word in arguments]
    process = CONTEXT.Process(target=run_command, args=(url, TOKEN, str(log), words), daemon=True)
    process.start()
    return process


def body(path: Path) -> str:
    """A snapshot file without its capture and digest: what two runs must have in common."""
    text, cut = re.subn(r'  "capture": \{\n.*?\n  \},\n', "", path.read_text(), flags=re.DOTALL)
    assert cut == 1
    text, cut = re.subn(r',\n  "digest": "sha256:[0-9a-f]{64}"\n', "", text)
    assert cut == 1
    return text


def noted(journal: Path) -> set[tuple[str, str | None]]:
    """The pages that a journal holds in whole lines, by path and cursor."""
    cursors: dict[str, str | None] = {}
    pages = set()
    whole, _, _ = journal.read_bytes().rpartition(b"\n")
    for line in whole.splitlines()[1:]:
        try:
            entry = json.loads(line.partition(b" ")[2])
        except ValueError:
            break
        if "list" not in entry:
            continue
        path = entry["list"]
        pages.add((path, cursors.get(path)))
        following = re.search(r"after=([^&]+)", entry["next"] or "")
        cursors[path] = following[1] if following else None
    return pages


def asked(requests: list[Request]) -> list[tuple[str, str | None]]:
    """The pages that were asked for, by path and cursor."""
    return [(request.path, request.query.get("after")) for request in requests]
