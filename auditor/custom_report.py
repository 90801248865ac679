"""Reports by templates that users write: sandboxed Jinja2 over the JSON results.

A template sees the members of the JSON results and nothing else: plain values, no object of
ours. Whoever writes one may still waste time and memory, in compiling it already, and no
expression of Python can be interrupted for certain. So a template is compiled and rendered in a
process of its own, which has an end: `MOST_SECONDS`, `MOST_BYTES`, `MOST_CHARACTERS`.
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import sys
import warnings
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from auditor.errors import UsageError
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.template_rendering import (
    MOST_CHARACTERS,
    TemplateFailed,
    rendered,
    without_suffix,
)

if sys.platform != "win32":
    import resource

MOST_SECONDS = 60
"""For a template's compilation and rendering."""
MOST_COMPILE_SECONDS = 10
"""For its compilation alone, before anything is read."""
MOST_BYTES = 1_500_000_000
"""Memory, on top of what the audit itself takes."""

_REMEDY = "Correct the template; its variables are the keys of: okta-auditor schema results"
_DONE, _FAILED = b"d", b"f"
_UTF8_BYTES = 4


def template_report(path: Path, results: Report) -> Report:
    """A report format that a template makes.

    Args:
        path: the template. Values are escaped if its name, without `.j2`, ends like markup's.
        results: the format whose document the template sees.

    Raises:
        UsageError: the file cannot be read, is not a template, or takes too much to compile.
    """
    _bounded(path, None, MOST_COMPILE_SECONDS)

    def make(result: AuditResult) -> str:
        return _bounded(path, json.loads(results.render(result)), MOST_SECONDS)

    return Report(name=str(path), filename=without_suffix(path.name), make=make, module="")


def _bounded(path: Path, variables: Mapping[str, Any] | None, seconds: float) -> str:
    """What a template makes, in a process that has an end.

    Raises:
        UsageError: it fails, or meets a bound.
    """
    # A fork has the results in memory already; where there is none, they are sent.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    reader, writer = context.Pipe(duplex=False)
    start: Any = context  # typeshed knows the processes of the kinds of contexts only
    process = start.Process(target=_serve, args=(writer, path, variables, seconds), daemon=True)
    with warnings.catch_warnings():
        # The child runs nothing but the template, so other threads' locks do not matter to it.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    writer.close()
    try:
        answer = _answer(reader, seconds)
    finally:
        process.kill()
        process.join()
        reader.close()
    if answer is None:
        raise UsageError(
            f"The template {path}: it took more than {seconds:g} seconds, or more than "
            f"{MOST_BYTES // 1_000_000:,} MB of memory.",
            remedy=_REMEDY,
        )
    text = answer[1:].decode("utf-8", "surrogatepass")
    if answer[:1] == _FAILED:
        raise UsageError(text, remedy=_REMEDY)
    return text


def _answer(reader: Connection, seconds: float) -> bytes | None:
    """What the child has sent; None if it was ended or ended before that."""
    try:
        if not reader.poll(seconds):
            return None
        # Bytes only: nothing that a template could make is ever unpickled.
        return reader.recv_bytes(MOST_CHARACTERS * _UTF8_BYTES + 1)
    except (EOFError, OSError):
        return None


def _serve(
    writer: Connection, path: Path, variables: Mapping[str, Any] | None, seconds: float
) -> None:
    """The child: render, and send what came of it. It dies silently; the parent has the words."""
    with contextlib.suppress(MemoryError, RecursionError, BrokenPipeError):
        _limit(seconds)
        try:
            answer = _DONE + rendered(path, variables).encode("utf-8", "surrogatepass")
        except TemplateFailed as failed:
            answer = _FAILED + str(failed).encode("utf-8", "surrogatepass")
        writer.send_bytes(answer)


def _limit(seconds: float) -> None:
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    if sys.platform == "linux":  # elsewhere, the limit is not kept or counts the system's libraries
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + MOST_BYTES
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
