"""`logs FILE --redact people -o FILE`: a copy of a log without people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from auditor import exact_json
from auditor.collect.system_log.redaction import EventRedactor
from auditor.collect.system_log.terms import LogTerms
from auditor.errors import UsageError
from auditor.files import PRIVATE, write_file
from auditor.pseudonyms import Pseudonyms
from auditor.system_log.event import NoEventError, log_event
from auditor.system_log.kept_fields import kept_event
from auditor.system_log.log_header import UNREADABLE, is_header, is_last_line
from auditor.system_log.reading import LogFile

_UNREADABLE = UNREADABLE + b'""}\n'


def write_redacted(file: Path, output: Path, key: bytes) -> None:
    """Write what a log keeps of its events, with people replaced, as JSON lines.

    Args:
        file: the log, in any form; `-` for standard input.
        output: where to; for its owner only.
        key: of the pseudonyms.

    Raises:
        UsageError: the log cannot be read, is redacted already, or is the output.
        OutputError: the output cannot be written.
    """
    if output.exists():
        raise UsageError(f"{output} is there already.", remedy="Name another file: -o FILE.")
    source: Path | BinaryIO = sys.stdin.buffer if str(file) == "-" else file
    write_file(output, _lines(LogFile(source), Pseudonyms(key)), PRIVATE)


def _lines(log: LogFile, pseudonyms: Pseudonyms) -> Iterator[bytes]:
    redactor = EventRedactor(pseudonyms)
    for value in log.values():
        if isinstance(value, dict) and is_header(value):
            yield _header(exact_json.dumps(value), pseudonyms)
        elif isinstance(value, dict) and is_last_line(value):
            yield exact_json.dumps(value) + b"\n"
        else:
            try:
                log_event(value if isinstance(value, dict) else {})
            except NoEventError:
                yield _UNREADABLE
            else:
                yield exact_json.dumps(redactor.event(kept_event(value))) + b"\n"
    for _ in range(log.reading.bad):
        yield _UNREADABLE


def _header(line: bytes, pseudonyms: Pseudonyms) -> bytes:
    terms = LogTerms.of(line + b"\n")
    if terms is None:
        raise UsageError("The first line of the log does not say what it holds.")
    if terms.redaction:
        raise UsageError("People are redacted in the log already.", remedy="Use it as it is.")
    return replace(terms, redaction=pseudonyms.key_mark).header
