"""Finds the frameworks: those that come with the package, and files of one's own."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml  # type: ignore[import-untyped] # no stubs among the pinned requirements

from auditor.controls.framework_file import parse_framework
from auditor.input_files import LARGEST_YAML
from auditor.lint.framework import Framework
from auditor.lint.reviewed_file import read_reviewed

ORDER = (
    "nist-800-53-r5",
    "soc2-2017",
    "iso-27001-2022",
    "pci-dss-4.0",
    "owasp-api-2023",
    "rfc-9700",
    "disa-stig-okta-idaas",
)
"""The frameworks that come with the package, in the order in which they are shown."""

_FOLDER = files("auditor.controls") / "frameworks"


@cache
def builtin_frameworks() -> tuple[Framework, ...]:
    """Those that come with the package."""
    return tuple(
        parse_framework(
            (_FOLDER / f"{name}.yaml").read_text("utf-8"), Path(f"{name}.yaml"), trusted=True
        )
        for name in ORDER
    )


def read_framework(path: Path, rule_codes: Collection[str] | None = None) -> Framework:
    """A framework of a file.

    Args:
        path: the file, YAML.
        rule_codes: codes of the rules there are, so that it cannot name others; None accepts
            whatever looks like a code.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    text = read_reviewed(
        path,
        missing="Name the file of a framework.",
        damaged="Save it as UTF-8.",
        largest=LARGEST_YAML,
    )
    return parse_framework(text, path, rule_codes)


@cache
def unmapped_rules() -> dict[str, str]:
    """The built-in rules that no built-in framework asks for, each with why not; by code."""
    text = (_FOLDER / "unmapped.yaml").read_text("utf-8")
    reasons: dict[str, list[str]] = yaml.safe_load(text)
    return dict(sorted((code, reason) for reason, codes in reasons.items() for code in codes))
