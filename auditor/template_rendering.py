"""Jinja2 in a sandbox: a template sees plain values, includes files of its own folder, and ends.

This is what runs in the process of its own that `custom_report` bounds and may end.
"""

from __future__ import annotations

import operator as operators
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from auditor.input_files import InputProblem, read_bytes
from auditor.text import one_line, printable

MOST_CHARACTERS = 50_000_000

_LARGEST_TEMPLATE = 1_000_000
_MARKED_UP = frozenset({".html", ".htm", ".xhtml", ".xml", ".svg"})
_JINJA_FRAMES = ("top-level template code", "block ", "macro ", "template")
_TEMPLATE_SUFFIXES = frozenset({".j2", ".jinja", ".jinja2"})
_LONGEST_REASON = 500


class _TooMuchError(Exception):
    """A bound was met."""


class _MultilineText(str):
    """Text whose line breaks are meant."""

    __slots__ = ()


def rendered(path: Path, variables: Mapping[str, Any] | None) -> str:
    """What a template makes of variables.

    Args:
        path: the template. Values are escaped if its name, without `.j2`, ends like markup's.
        variables: its variables; without them, the template is compiled only.

    Raises:
        TemplateFailed: it cannot be read, is no template, fails, or makes too much.
    """
    try:
        template = _environment(path).get_template(path.name)
        if variables is None:
            return ""
        pieces: list[str] = []
        size = 0
        for piece in template.generate(variables):
            pieces.append(piece)
            size += len(piece)
            _bound(size)
    except Exception as error:  # noqa: BLE001 - a template may fail in any way
        raise TemplateFailed(_problem(path, error)) from None
    return "".join(pieces)


class TemplateFailed(Exception):  # noqa: N818 - the sentence is all there is to it
    """What is wrong with a template, and where: a sentence."""


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
            text = read_bytes(path, _LARGEST_TEMPLATE).decode()
        except InputProblem as problem:
            raise TemplateNotFound(template, f"{path} {problem.clause}") from None
        except UnicodeDecodeError:
            raise TemplateNotFound(template, f"{path} is not UTF-8 text") from None
        return text, str(path), lambda: True


def _bound(size: int) -> None:
    if size > MOST_CHARACTERS:
        raise _TooMuchError(f"the report has more than {MOST_CHARACTERS:,} characters.")


def _is_markup(name: str | None) -> bool:
    return Path(without_suffix(name or "")).suffix.lower() in _MARKED_UP


def without_suffix(name: str) -> str:
    """A template's name without the suffix that says that it is one."""
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


def _problem(path: Path, error: Exception) -> str:
    """A sentence that names the file, the line, and what is wrong there."""
    file, line = str(path), 0
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    for frame in traceback.extract_tb(error.__traceback__):
        # Jinja gives its compiled code the names and lines of the template's text.
        if frame.name.startswith(_JINJA_FRAMES):
            file, line = frame.filename, frame.lineno or 0
    where = f"{file}, line {line}" if line else file
    return f"The template {where}: {one_line(_reason(error)[:_LONGEST_REASON])}"


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateError):
        return error.message or "it cannot be used."  # in Jinja's words, with or without a stop
    return str(error) if isinstance(error, _TooMuchError) else f"{type(error).__name__}: {error}"
