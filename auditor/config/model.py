"""The keys of the configuration, each with its type and its meaning.

A new key is a new field here: the file, the environment variable, the JSON Schema,
`okta-auditor config` and the file that `init` writes follow from it. A key whose values are
paths is relative to the configuration file, and `--watch` watches what it names.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    WithJsonSchema,
    field_validator,
)

from auditor.config.profiles import PROFILES, Profile
from auditor.config.tenants import TenantConfig, TenantName
from auditor.lint.acceptance.suppression import SuppressionPolicy
from auditor.lint.finding import Confidence, Severity

SCHEMA_KEY = "$schema"
"""What some editors look for in a file. It is accepted and ignored."""

_CHARACTERS = r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]"
"""Those of an address (RFC 3986)."""
_ADDRESS = f"https?://{_CHARACTERS}+"
_RULE_ADDRESS = rf"{_ADDRESS}\{{code\}}{_CHARACTERS}*"


def _check_address(value: str) -> str:
    if not re.fullmatch(_ADDRESS, value):
        raise ValueError("must be an address such as https://acme.example/audit")
    return value


def _check_rule_address(value: str) -> str:
    if not re.fullmatch(_RULE_ADDRESS, value):
        raise ValueError("must be an address such as https://acme.example/rules/{code}")
    return value


Address = Annotated[
    str,
    AfterValidator(_check_address),
    WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS}$"}),
]
OcsfVersion = Literal["1.5.0", "1.6.0", "1.7.0", "1.8.0"]
"""Versions of OCSF that have all that our events say. Earlier ones demand a standard of each
finding, which a rule that no framework names does not have."""
OCSF_VERSIONS: tuple[OcsfVersion, ...] = get_args(OcsfVersion)

RuleAddress = Annotated[
    str,
    AfterValidator(_check_rule_address),
    WithJsonSchema({"type": "string", "pattern": f"^{_RULE_ADDRESS}$"}),
]


class Config(BaseModel):
    """Settings of an audit, as a file has them."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, title="okta-auditor configuration", defer_build=True
    )

    profile: Profile | None = Field(
        default=None,
        description="A bundle of settings that the keys below change: "
        + "; ".join(f"{name}, {profile.purpose}" for name, profile in PROFILES.items())
        + ".",
        examples=["pr"],
    )
    select: tuple[str, ...] = Field(
        default=(),
        description="Codes, prefixes or names of rules to run; ALL, too, means all of them.",
        examples=[["ALL"]],
    )
    ignore: tuple[str, ...] = Field(
        default=(),
        description="Codes, prefixes or names of rules to skip; the longest match of select and "
        "ignore wins.",
        examples=[["OAM8", "audience-count"]],
    )
    fail_on: Severity = Field(
        default=Severity.HIGH, description="The mildest severity that makes the exit code 1."
    )
    min_confidence: Confidence = Field(
        default=Confidence.LOW,
        description="Run only rules whose findings are at least so sure to be right.",
    )
    strict: bool = Field(
        default=False,
        description="Exit with 3 if any selected rule was not evaluated, even because the org "
        "does not have what it reads.",
    )
    exit_zero: bool = Field(
        default=False,
        description="Exit with 0 in spite of findings. What could not be checked still exits "
        "with 3, and wrong usage with 2.",
    )
    statistics: bool = Field(
        default=False, description="Print how many findings each rule has, after the reports."
    )
    show_suppressed: bool = Field(
        default=False,
        description="Show findings that a suppression or the baseline accepts one by one; "
        "otherwise they are counted.",
    )
    rules: tuple[Path, ...] = Field(
        default=(),
        description="Folders of local rules, relative to this file. They are Python code, so a "
        "file that was found rather than named needs --local-rules to load them.",
        examples=[["house-rules"]],
    )
    output: tuple[str, ...] = Field(
        default=(),
        description="Reports to make, FORMAT or FORMAT=PATH, relative to the working folder; text "
        "on standard output if there are none.",
        examples=[["text", "sarif=results.sarif"]],
    )
    severity: dict[str, Severity] = Field(
        default_factory=dict,
        description="Severities of rules, by code, prefix, name or ALL; the longest match wins. "
        "To switch a rule off, ignore it.",
        examples=[{"OAM702": "low"}],
    )
    options: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Options of rules, by code, prefix, name or ALL; see the rules' pages.",
        examples=[{"OAM702": {"ceiling_minutes": 30}}],
    )

    suppressions: Path | None = Field(
        default=None,
        description="The file of suppressions, relative to this file. Without it, "
        "okta-auditor-suppressions.toml beside this file is read if it is there.",
        examples=["okta-auditor-suppressions.toml"],
    )
    baseline: Path | None = Field(
        default=None,
        description="The baseline, relative to this file. Without it, okta-auditor-baseline.json "
        "beside this file is read if it is there.",
        examples=["okta-auditor-baseline.json"],
    )
    history: Path | None = Field(
        default=None,
        description="A folder, relative to this file, that keeps a small record of each run, so "
        "that reports show the trend.",
        examples=["history"],
    )
    since: Path | None = Field(
        default=None,
        description="An earlier snapshot, relative to this file: reports mark findings that were "
        "not there then, and name those that are fixed.",
        examples=["okta/last-week.json"],
    )
    logs: Path | None = Field(
        default=None,
        description="Events of the System Log, relative to this file, as `okta-auditor logs` or "
        "Okta writes them: reports say how often findings hurt, and what was not used.",
        examples=["okta/log.jsonl"],
    )
    home_page: Address | None = Field(
        default=None,
        description="The address of the home page that SARIF names for the tool "
        "(`informationUri`). Without it, none is named.",
        examples=["https://security.acme.example/okta-auditor"],
    )
    rule_page: RuleAddress | None = Field(
        default=None,
        description="The address at which rules have their pages, with `{code}` where a rule's "
        "code stands: where you publish what `okta-auditor rules --write` writes. SARIF names it "
        "for each rule (`helpUri`).",
        examples=["https://security.acme.example/okta-auditor/rules/{code}"],
    )
    source_root: Path | None = Field(
        default=None,
        description="A folder, relative to this file; reports name files relative to it. The "
        "working folder without it.",
        examples=["."],
    )
    frameworks: tuple[Path, ...] = Field(
        default=(),
        description="Files of compliance frameworks of your own, relative to this file, for "
        "`controls` and `evidence export`; besides those that come with okta-auditor.",
        examples=[["acme-iam.yaml"]],
    )
    ocsf_version: OcsfVersion = Field(
        default="1.5.0",
        description="The version of OCSF in which `evidence export` writes findings.",
        examples=["1.8.0"],
    )
    suppression_policy: SuppressionPolicy = Field(
        default=SuppressionPolicy(),
        description="What may be accepted at all.",
        examples=[{"max_days": 180, "never": ["OAM303"], "require_ticket": True}],
    )
    tenants: dict[TenantName, TenantConfig] = Field(
        default_factory=dict,
        description="Tenants to read, by name; secrets stand elsewhere and are named here.",
        examples=[{"prod": {"org_url": "https://your-org.okta.com", "token_env": "PROD_TOKEN"}}],
    )

    @field_validator("select", "ignore", "output")
    @classmethod
    def _not_empty(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if any(not value.strip() for value in values):
            raise ValueError("an entry is empty")
        return values


class Settings(Config):
    """Settings of one run: the file's, and what no file may say."""

    as_of: date | None = Field(
        default=None,
        description="The day by which expiry is judged. No file may set it, or nothing would "
        "ever expire.",
    )
    local_rules: bool | None = Field(
        default=None,
        description="Whether to load the folders of rules that a configuration file names. No "
        "file may set it, or it would vouch for itself.",
    )


def typed(key: str, value: Any) -> Any:
    """A key's value in the key's type.

    Raises:
        ValidationError: it cannot have that type.
    """
    kind: Any = Settings.model_fields[key].annotation
    return TypeAdapter(kind).validate_python(value)


def config_schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file."""
    schema = Config.model_json_schema()
    schema["properties"] = {
        SCHEMA_KEY: {"type": "string", "description": "This schema, for editors."},
        **schema["properties"],
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
