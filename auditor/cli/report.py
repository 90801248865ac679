"""`okta-auditor report`: render saved results again, in any format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from auditor.cli.options import FILE, output_options
from auditor.cli.publishing import chosen_outputs, write_reports
from auditor.errors import UsageError
from auditor.lint.report import Saved
from auditor.plugins import load_reports, load_rules
from auditor.text import printable


@click.command("report")
@click.argument("path", metavar="RESULTS", type=FILE)
@output_options
@click.option(
    "--show-suppressed/--no-show-suppressed",
    default=None,
    help="List findings that are accepted, instead of counting them. [default: as the audit]",
)
@click.option(
    "--rules",
    "folders",
    multiple=True,
    type=FILE,
    metavar="DIR",
    help="Load local rules (Python code) from a folder, for their pages. Repeatable.",
)
def command(
    path: Path,
    *,
    output: tuple[str, ...],
    template: tuple[str, ...],
    show_suppressed: bool | None,
    folders: tuple[Path, ...],
) -> None:
    """Render the JSON results of an audit again, in any format. Audits nothing.

    Every format comes out as the audit itself would have written it. Reads no configuration.

    Exits with 0 whatever the results say: the audit's own exit code has told that.
    """
    outputs = chosen_outputs(output or (() if template else ("text",)), template)
    saved = _read(path, folders)
    for remark in saved.remarks:
        click.echo(printable(f"note: {remark}"), err=True)
    result = saved.result
    if show_suppressed is not None:
        result = replace(result, show_accepted=show_suppressed)
    write_reports(outputs, result)


def _read(path: Path, folders: tuple[Path, ...]) -> Saved:
    """The saved results.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    read = load_reports()["json"].read
    if read is None:
        raise UsageError(
            "The installed JSON report cannot be read back.",
            remedy="Remove the report pack that replaces it.",
        )
    try:
        return read(path.read_bytes(), load_rules(folders))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            remedy="Name the file of: okta-auditor audit SNAPSHOT --output json=FILE",
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{path} does not hold usable results: {error}.",
            remedy="Make them again with: okta-auditor audit SNAPSHOT --output json=FILE",
        ) from None
