"""Reports by templates that users write: sandboxed Jinja2 over the JSON results.

A template sees the members of the JSON results and nothing else: plain values, no object of
ours. It may include files of its own folder only. Whoever writes one may still waste time
and memory, so that a render has an end: `MOST_SECONDS`, `MOST_CHARACTERS`.
"""

from __future__ import annotations

import json
import operator as operators
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from auditor.errors import UsageError
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.text import one_line, printable

MOST_CHARACTERS = 50_000_000
MOST_SECONDS = 60

_LARGEST_TEMPLATE = 1_000_000
_MARKED_UP = frozenset({".html", ".htm", ".xhtml", ".xml", ".svg"})
_JINJA_FRAMES = ("top-level template code", "block ", "macro ", "template")
_TEMPLATE_SUFFIXES = frozenset({".j2", ".jinja", ".jinja2"})
_REMEDY = "Correct the template; its variables are the keys of: okta-auditor schema results"


class _TooMuchError(Exception):
    """A bound was met."""


class _MultilineText(str):
    """Text whose line breaks are meant."""

    __slots__ = ()


def template_report(path: Path, results: Report) -> Report:
    """A report format that a template makes.

    Args:
        path: the template. Values are escaped if its name, without `.j2`, ends like markup's.
        results: the format whose document the template sees.

    Raises:
        UsageError: the file cannot be read, or is not a template.
    """
    environment = _environment(path)
    try:
        template = environment.get_template(path.name)
    except Exception as error:  # noqa: BLE001 - a template may fail in any way
        raise _failed(path, error) from None

    def make(result: AuditResult) -> str:
        variables = json.loads(results.render(result))
        pieces: list[str] = []
        size = 0
        try:
            with _deadline():
                for piece in template.generate(variables):
                    pieces.append(piece)
                    size += len(piece)
                    _bound(size)
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed(path, error) from None
        return "".join(pieces)

    return Report(name=str(path), filename=_without_suffix(path.name), make=make, module="")


def _environment(path: Path) -> Environment:
    environment = _Sandbox(
        autoescape=_is_markup,
        finalize=_harmless,
        keep_trailing_newline=True,
        loader=_TemplateFolder(path),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["lines"] = lambda value: _MultilineText(printable(str(value)))
    # A random choice would make other bytes of the same results.
    del environment.filters["random"]
    del environment.globals["lipsum"]
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which an expression cannot make a value of any size."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """An intercepted operation: of numbers only, so that no text is multiplied."""
        del context
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if not numbers:
            raise SecurityError(f"{operator} takes numbers only")
        if operator == "**":
            raise SecurityError("** is not available")
        product: Callable[[Any, Any], Any] = operators.mul if operator == "*" else operators.mod
        return product(left, right)


class _TemplateFolder(BaseLoader):
    """Loads the template, and files that stand in its folder or beneath."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text and name of a file.

        Raises:
            TemplateNotFound: it is not there, is outside the folder, or is no text.
        """
        del environment
        folder = self._path.parent.resolve()
        path = self._path if template == self._path.name else self._path.parent / template
        if path != self._path and not path.resolve().is_relative_to(folder):
            raise TemplateNotFound(template, f"{template!r} is outside the template's folder")
        try:
            with path.open(encoding="utf-8") as file:
                text = file.read(_LARGEST_TEMPLATE + 1)
        except OSError as error:
            raise TemplateNotFound(template, f"{path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise TemplateNotFound(template, f"{path} is not UTF-8 text") from None
        if len(text) > _LARGEST_TEMPLATE:
            raise TemplateNotFound(
                template, f"{path} has more than {_LARGEST_TEMPLATE:,} characters"
            )
        return text, str(path), lambda: True


def _is_markup(name: str | None) -> bool:
    return Path(_without_suffix(name or "")).suffix.lower() in _MARKED_UP


def _without_suffix(name: str) -> str:
    return Path(name).stem if Path(name).suffix.lower() in _TEMPLATE_SUFFIXES else name


def _harmless(value: object) -> object:
    """A value as it is before it is escaped: a tenant's words stay on their line."""
    if isinstance(value, Markup):
        return Markup(printable(value))  # noqa: S704 - it is markup already
    return (
        one_line(value)
        if isinstance(value, str) and not isinstance(value, _MultilineText)
        else value
    )


def _bound(size: int) -> None:
    if size > MOST_CHARACTERS:
        raise _TooMuchError(f"the report has more than {MOST_CHARACTERS:,} characters.")


@contextmanager
def _deadline() -> Iterator[None]:
    """End the block after some time, where the system can do that."""
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise _TooMuchError(f"it took more than {MOST_SECONDS} seconds.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _failed(path: Path, error: Exception) -> UsageError:
    """An error that names the file, the line, and what is wrong there."""
    file, line = str(path), 0
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    for frame in traceback.extract_tb(error.__traceback__):
        # Jinja gives its compiled code the names and lines of the template's text.
        if frame.name.startswith(_JINJA_FRAMES):
            file, line = frame.filename, frame.lineno or 0
    where = f"{file}, line {line}" if line else file
    return UsageError(f"The template {where}: {one_line(_reason(error))}", remedy=_REMEDY)


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateError):
        return error.message or "it cannot be used."  # in Jinja's words, with or without a stop
    return str(error) if isinstance(error, _TooMuchError) else f"{type(error).__name__}: {error}"
