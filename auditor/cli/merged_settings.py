"""From the words of a call to the settings of a run."""

from __future__ import annotations

import dataclasses
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from auditor.cli.options import AuditOptions
from auditor.config import Effective, Settings, effective
from auditor.config.model import typed


def read_settings(options: AuditOptions) -> Effective:
    """Merge what the call, the environment and a file say; tell what is odd on standard error.

    Here the clock enters, and nowhere else: as the day by which expiry is judged.

    Raises:
        UsageError: a file or a variable cannot be used.
    """
    settings = effective(
        _said(options),
        os.environ,
        folder=Path.cwd(),
        today=datetime.now(UTC).date(),
        config=options.config,
        no_config=options.no_config,
    )
    _log(settings)
    for note in settings.notes:
        click.echo(f"note: {note}", err=True)
    return settings


def _log(merged: Effective) -> None:
    """Log the settings; of rules' options and of tenants, only how many there are."""
    logger = logging.getLogger(__name__)
    for key, value in merged.settings:
        shown = f"{len(value)} entries" if key in {"options", "tenants"} else str(value)
        logger.debug("setting %s = %s (%s)", key, shown, merged.origins.get(key, "default"))


def _said(options: AuditOptions) -> dict[str, Any]:
    """What the call says, by key of the settings, in their types."""
    said = {item.name: getattr(options, item.name) for item in dataclasses.fields(options)}
    return {
        key: typed(key, value)
        for key, value in said.items()
        if key in Settings.model_fields and value is not None and value != ()
    }
