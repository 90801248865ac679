"""`okta-auditor config`: each setting that holds, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions, audit_options, output_setting_options
from auditor.cli.printing import print_document
from auditor.config import EffectiveSettings
from auditor.config.origin import Origin
from auditor.config.toml import key as bare
from auditor.config.toml import literal, plain
from auditor.text import escaped, one_line

VERSION = "okta-auditor/config/1"


@dataclass(frozen=True)
class SettingRow:
    """One value."""

    key: tuple[str, ...]
    value: Any
    origin: Origin


@click.command("config")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the settings; --output is one of them.",
)
@output_setting_options
@audit_options
def command(form: str, audit: AuditOptions) -> None:
    """Show each setting that holds for an audit, and where it comes from.

    Takes the options of `audit`, so that any command line can be tried. Of command line,
    environment, file, profile and default, the first that sets a value wins.
    """
    settings = read_settings(audit)
    rows = list(_rows(settings))
    print_document(_json(settings, rows) if form == "json" else _text(settings, rows))


def _rows(effective: EffectiveSettings) -> Iterator[SettingRow]:
    for key in type(effective.settings).model_fields:
        value, origin = plain(getattr(effective.settings, key)), effective.origins[key]
        if isinstance(value, dict) and value:
            for inner, item in _leaves((key,), value):
                line = effective.file.line(*inner) if effective.file else None
                yield SettingRow(inner, item, Origin(origin.layer, origin.name, line))
        else:
            yield SettingRow((key,), value, origin)


def _leaves(above: tuple[str, ...], table: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves((*above, name), value)
        else:
            yield (*above, name), value


def _text(effective: EffectiveSettings, rows: list[SettingRow]) -> str:
    file = effective.file
    named = f"{file.shown} ({'found' if file.searched else 'named'})" if file else "none"
    cells = [
        (".".join(bare(part) for part in row.key), literal(row.value), str(row.origin))
        for row in rows
    ]
    first, second = (min(max(len(cell[column]) for cell in cells), 48) for column in (0, 1))
    lines = [f"{key:{first}}  {value:{second}}  {origin}" for key, value, origin in cells]
    return "".join(f"{one_line(line)}\n" for line in [f"configuration file: {named}", "", *lines])


def _json(effective: EffectiveSettings, rows: list[SettingRow]) -> str:
    document = {
        "schema": VERSION,
        "file": effective.file.shown if effective.file else None,
        "settings": [
            {
                "key": list(row.key),
                "value": row.value,
                "origin": {
                    "kind": row.origin.layer.value,
                    "name": row.origin.name or None,
                    "line": row.origin.line,
                },
            }
            for row in rows
        ],
    }
    return escaped(json.dumps(document, ensure_ascii=False, indent=2, default=str)) + "\n"
