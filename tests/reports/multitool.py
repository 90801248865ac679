"""The SARIF multitool, an npm package that `make tools` installs beneath the project."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

_MODULES = Path(__file__).parents[2] / ".tools" / "node_modules"


def validate(document: str, folder: Path) -> list[str]:
    """What the tool objects to, one line each: level, rule, place in the file, message.

    It exits 0 whatever it finds, and says nothing of a file that breaks the JSON schema.
    """
    given, answer = folder / "given.sarif", folder / "answer.sarif"
    given.write_text(document, encoding="utf-8")
    kinds = ["--rule-kind", "Sarif;Gh", "--level", "Error;Warning;Note"]
    output = ["--output", str(answer), "--log", "ForceOverwrite"]
    subprocess.run(
        [_tool(), "validate", str(given), *kinds, *output],
        check=True,
        capture_output=True,
        timeout=120,
    )
    run = json.loads(answer.read_text(encoding="utf-8-sig"))["runs"][0]
    return sorted(map(_objection, run.get("results", [])))


def sarif_schema() -> Any:
    """The JSON schema of SARIF 2.1.0, which the tool carries."""
    schema = _tool().with_name("sarif-2.1.0.json")
    return json.loads(schema.read_text(encoding="utf-8-sig"))


def _objection(result: dict[str, Any]) -> str:
    where = result["locations"][0]["physicalLocation"].get("region", {})
    message = result["message"]
    said = " ".join(filter(None, [message.get("id"), *message.get("arguments", [])]))
    return f"{result.get('level', 'warning')} {result['ruleId']} {where.get('startLine')}: {said}"


def _tool() -> Path:
    """The program itself: the package's wrapper puts its arguments through a shell."""
    for name in ("Sarif.Multitool", "Sarif.Multitool.exe"):
        for found in _MODULES.glob(f"@microsoft/sarif-multitool-*/{name}"):
            return found
    reason = "the SARIF multitool is not installed; `make tools` does that"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
