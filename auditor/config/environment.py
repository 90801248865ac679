"""Settings from the environment: `OKTA_AUDITOR_<KEY>` for every key that is no table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from auditor.config.model import Settings
from auditor.config.origin import Layer, Origin
from auditor.config.value_problems import value_problem
from auditor.errors import UsageError
from auditor.text import closest, did_you_mean, one_line

PREFIX = "OKTA_AUDITOR_"
EPOCH = "SOURCE_DATE_EPOCH"
"""The variable of reproducible builds: seconds since 1970, instead of now."""

NOT_SETTINGS = frozenset({"CONFIG", "NO_CONFIG", "DEBUG", "EVIDENCE_KEY", "REDACTION_KEY"})
"""Variables that are no settings of an audit."""

Values = dict[str, tuple[Any, Origin]]
"""Values of settings by key, each with its origin."""


def from_environment(environ: Mapping[str, str]) -> Values:
    """The settings that variables have. An empty one counts as unset: CI systems set such.

    Raises:
        UsageError: a variable of ours is unknown, or its value is unusable.
    """
    values: Values = {}
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        if (name := variable.removeprefix(PREFIX)) in NOT_SETTINGS or not environ[variable].strip():
            continue
        key = name.lower()
        if key not in _settable() or name != name.upper():
            names = [PREFIX + other for other in [*(k.upper() for k in _settable()), *NOT_SETTINGS]]
            why = "is a table; a file can set it" if key in Settings.model_fields else "is no key"
            raise UsageError(
                f"environment: {one_line(variable)} {why}{did_you_mean(closest(variable, names))}",
                remedy="Unset it. docs/configuration.md describes every key.",
            )
        values[key] = (
            _value(variable, key, environ[variable]),
            Origin(Layer.ENVIRONMENT, variable),
        )
    if "as_of" not in values and environ.get(EPOCH, "").strip():
        values["as_of"] = (_day(environ[EPOCH]), Origin(Layer.ENVIRONMENT, EPOCH))
    return values


def switched_on(environ: Mapping[str, str], name: str) -> bool:
    """Whether a variable is set to yes.

    Raises:
        UsageError: it is set to neither yes nor no.
    """
    text = environ.get(PREFIX + name, "").strip()
    return bool(text) and bool(_typed(PREFIX + name, bool, text))


def _settable() -> list[str]:
    return [key for key, info in Settings.model_fields.items() if not _is_table(info.annotation)]


def _is_table(kind: Any) -> bool:
    return get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel))


def _value(variable: str, key: str, text: str) -> Any:
    kind = Settings.model_fields[key].annotation
    if get_origin(kind) is tuple:
        return _typed(variable, kind, [part.strip() for part in text.split(",") if part.strip()])
    return _typed(variable, kind, text.strip())


def _typed(variable: str, kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(
            f"environment: {variable}: {one_line(value_problem(first))}.",
            remedy="Unset it, or set it to one of these values.",
        ) from None


def _day(text: str) -> Any:
    try:
        return datetime.fromtimestamp(int(text), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"environment: {EPOCH} is not a number of seconds since 1970.",
            remedy="Unset it, or say the day with --as-of.",
        ) from None
