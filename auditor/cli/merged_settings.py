"""The settings of a run: what command line, environment and configuration file come to."""

from __future__ import annotations

import dataclasses
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.cli.options import AuditOptions
from auditor.cli.printing import print_line
from auditor.config import EffectiveSettings, Settings, merge_settings
from auditor.config.model import typed
from auditor.config.policy_tree import policy_tree
from auditor.config.value_problems import value_problem
from auditor.errors import UsageError
from auditor.text import one_line


def read_settings(options: AuditOptions) -> EffectiveSettings:
    """Merge command line, environment and file; print notes about them on standard error.

    This is the only place where the clock enters: as the day by which expiry is judged.

    Raises:
        UsageError: a file or a variable cannot be used.
    """
    settings = merge_settings(
        _from_command_line(options),
        os.environ,
        folder=Path.cwd(),
        today=datetime.now(UTC).date(),
        config=options.config,
        no_config=options.no_config,
        tree=None if options.policy_from is None else policy_tree(options.policy_from),
    )
    _log(settings)
    for note in settings.notes:
        print_line(f"note: {note}", err=True)
    return settings


def checkout_settings(options: AuditOptions) -> EffectiveSettings:
    """The settings by the files of the checkout, where those of a commit hold.

    Local rules are not loaded, whatever a file of the checkout says.

    Raises:
        UsageError: a file or a variable cannot be used.
    """
    return merge_settings(
        {**_from_command_line(options), "local_rules": False},
        os.environ,
        folder=Path.cwd(),
        today=datetime.now(UTC).date(),
        config=options.config,
        no_config=options.no_config,
    )


def _log(merged: EffectiveSettings) -> None:
    """Log the settings; of rules' options and of tenants, only how many there are."""
    logger = logging.getLogger(__name__)
    for key, value in merged.settings:
        shown = f"{len(value)} entries" if key in {"options", "tenants"} else str(value)
        logger.debug("setting %s = %s (%s)", key, shown, merged.origins.get(key, "default"))


def _from_command_line(options: AuditOptions) -> dict[str, Any]:
    """The values of the options that are settings, by key, in the keys' types.

    Raises:
        UsageError: a value is none of its key.
    """
    values = {item.name: getattr(options, item.name) for item in dataclasses.fields(options)}
    return {
        key: _typed(key, value)
        for key, value in values.items()
        if key in Settings.model_fields and value is not None and value != ()
    }


def _typed(key: str, value: Any) -> Any:
    try:
        return typed(key, value)
    except ValidationError as error:
        problem = value_problem(error.errors(include_url=False)[0])
        raise UsageError(f"--{key.replace('_', '-')}: {one_line(problem)}.") from None
