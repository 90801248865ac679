"""The configuration file: what the command line can say, in TOML.

Keys stand at the top level of `okta-auditor.toml`, or under `[tool.okta-auditor]` in a
`pyproject.toml`. The command line wins over the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import UsageError
from auditor.lint.finding import Severity
from auditor.lint.suppressions import SuppressionPolicy
from auditor.text import suggestion


class Config(BaseModel):
    """Settings of an audit."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="okta-auditor configuration")

    select: tuple[str, ...] = Field(
        default=(), description="Codes, prefixes or names of rules to run."
    )
    ignore: tuple[str, ...] = Field(
        default=(), description="Codes, prefixes or names of rules to skip."
    )
    fail_on: Severity = Field(
        default=Severity.HIGH, description="The mildest severity that makes the audit fail."
    )
    rules: tuple[Path, ...] = Field(
        default=(), description="Folders of local rules, relative to the configuration file."
    )
    output: tuple[str, ...] = Field(
        default=(),
        description="Reports to make, FORMAT or FORMAT=PATH, relative to the working folder.",
    )
    options: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Options of rules, by code, prefix, name or ALL; see the rules' pages.",
    )
    suppressions: Path | None = Field(
        default=None,
        description="The file of suppressions, relative to the configuration file. Without it, "
        "okta-auditor-suppressions.toml beside the configuration file is read if it is there.",
    )
    baseline: Path | None = Field(
        default=None, description="The baseline, relative to the configuration file."
    )
    suppression_policy: SuppressionPolicy = Field(
        default=SuppressionPolicy(), description="What may be accepted at all."
    )


def read_config(path: Path | None) -> Config:
    """Read a configuration file; all defaults where there is none.

    Raises:
        UsageError: the file is missing, is no TOML, or has an unknown or unusable key.
    """
    if path is None:
        return Config()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None
    if path.name == "pyproject.toml":
        document = document.get("tool", {}).get("okta-auditor", {})
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        raise UsageError(
            f"{path}: {_first(error)}", remedy="`okta-auditor schema config` describes every key."
        ) from None
    return config.model_copy(
        update={
            "rules": tuple(path.parent / folder for folder in config.rules),
            "suppressions": config.suppressions and path.parent / config.suppressions,
            "baseline": config.baseline and path.parent / config.baseline,
        }
    )


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown key {key!r}{suggestion(key, list(Config.model_fields))}"
    return f"{key}: {first['msg']}"


def config_schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file."""
    return Config.model_json_schema()
