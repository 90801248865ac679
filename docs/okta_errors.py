"""Writes the page of Okta's errors from the table that `diagnose` uses: `okta_errors.py FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.diagnosis.catalogue import ERRORS, KnownError

HEAD = """# Okta's errors

What Okta answers when something is wrong with a token request or a call, what it means, and what
leads to it. `okta-auditor diagnose` finds them in any text, and looks for the cause in a snapshot:

    okta-auditor diagnose --snapshot snapshot.json error.log

A cause with its name in brackets is checked there: it is proven, likely, not so, or not known, for
want of a part of the request or of a collection that was not read. One cause comes first. Where the
configuration is fine, that is the answer, and the request or a library is at fault.

<!-- Written by docs/okta_errors.py; change the rows in auditor/diagnosis/causes/. -->
"""


def page() -> str:
    """The page."""
    return "\n".join([HEAD, *map(_entry, ERRORS)])


def _entry(row: KnownError) -> str:
    title = " ".join(filter(None, [row.error and f"`{row.error}`", row.text]))
    lines = [f"## {title}", "", row.meaning, ""]
    if row.status:
        lines += [f"Comes as: {row.status}.", ""]
    for cause in row.causes:
        where = "the configuration" if cause.in_configuration else "the request"
        checked = f" (`{cause.name}`)" if cause.check else ""
        lines.append(f"- In {where}: {cause.what}{checked}. Fix: {cause.fix}.")
    if row.log_filter:
        lines += ["", f"In the System Log: `{row.log_filter}`"]
    if row.source:
        lines += ["", f"Source: {row.source}."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
