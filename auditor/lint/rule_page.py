"""A rule's page: its module's docstring, taken apart.

The first paragraph is the summary; the paragraphs up to the first section say why.
Sections are lines such as `Fix:`, `Flagged:`, `Accepted:`, `See:`. The examples are
indented JSON whose keys are Management API paths.
"""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

_SECTION = re.compile(r"^(Fix|Flagged|Accepted|See):[ \t]*", re.MULTILINE)


class DeclarationError(ValueError):
    """A rule that is declared with something that cannot be."""


class PageError(DeclarationError):
    """A docstring that is no rule's page.

    Args:
        problem: what is wrong.
        line: where in the docstring, from 1.
    """

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule says about itself."""

    summary: str
    why: str
    fix: str
    flagged: tuple[dict[str, Any], ...]
    accepted: tuple[dict[str, Any], ...]
    see: tuple[str, ...]
    flagged_lines: tuple[int, ...] = ()
    """Where each flagged example begins in the docstring, from 1."""
    accepted_lines: tuple[int, ...] = ()
    """The same of accepted examples."""

    @property
    def title(self) -> str:
        """The summary without its full stop, as a heading has it."""
        return self.summary.removesuffix(".")


class _Section(NamedTuple):
    """The text of a section, and the line of the docstring on which it begins."""

    text: str
    line: int


def read_page(docstring: str) -> RulePage:
    """Take a rule module's docstring apart.

    Raises:
        PageError: a part is missing, or an example is not a JSON object.
    """
    text = inspect.cleandoc(docstring)
    skipped = docstring.count("\n", 0, len(docstring) - len(docstring.lstrip()))
    matches = list(_SECTION.finditer(text))
    intro = text[: matches[0].start()] if matches else text
    summary, _, why = intro.strip().partition("\n\n")
    sections: dict[str, list[_Section]] = {"Fix": [], "Flagged": [], "Accepted": [], "See": []}
    for match, following in zip_longest(matches, matches[1:]):
        body = text[match.end() : following.start() if following else None]
        blank = len(body) - len(body.lstrip("\n"))
        line = 1 + skipped + text.count("\n", 0, match.end() + blank)
        sections[match[1]].append(_Section(body.strip("\n"), line))
    if not summary or not why.strip():
        raise PageError("the module docstring does not say what is wrong and, after that, why")
    for name in ("Fix", "Flagged", "Accepted"):
        if not sections[name]:
            raise PageError(f'the module docstring has no "{name}:" section')
    return RulePage(
        summary=_flowed(summary),
        why="\n\n".join(_flowed(part) for part in why.strip().split("\n\n")),
        fix=_sentence(_flowed("\n".join(section.text for section in sections["Fix"]))),
        flagged=tuple(map(_example, sections["Flagged"])),
        accepted=tuple(map(_example, sections["Accepted"])),
        see=tuple(_flowed(line) for section in sections["See"] for line in _items(section.text)),
        flagged_lines=tuple(section.line for section in sections["Flagged"]),
        accepted_lines=tuple(section.line for section in sections["Accepted"]),
    )


def markdown(
    code: str,
    name: str,
    page: RulePage,
    facts: dict[str, str],
    options: Sequence[tuple[str, str, str]] = (),
) -> str:
    """The page as Markdown.

    Args:
        code: the rule's code.
        name: the rule's name.
        page: its parts.
        facts: rows under the heading, for example severity.
        options: name, default and description of each of the rule's options.
    """
    rows = "\n".join(f"- **{label}:** {value}" for label, value in facts.items())
    parts = [f"# {code} {name}", page.summary, rows, "## Why", page.why, "## Fix", page.fix]
    if options:
        parts += ["## Options", _option_table(code, options)]
    for heading, examples in (("Flagged", page.flagged), ("Accepted", page.accepted)):
        parts.append(f"## {heading}")
        parts += [f"```json\n{_pretty(example)}\n```" for example in examples]
    if page.see:
        parts += ["## See", "\n".join(f"- {line}" for line in page.see)]
    return "\n\n".join(parts) + "\n"


def _option_table(code: str, options: Sequence[tuple[str, str, str]]) -> str:
    rows = "\n".join(
        f"| `{name}` | `{default}` | {meaning} |" for name, default, meaning in options
    )
    table = f"| option | default | meaning |\n|---|---|---|\n{rows}"
    return f"Set them in the configuration file under `[options.{code}]`.\n\n{table}"


def _flowed(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _items(text: str) -> list[str]:
    """The list items of a section, or its lines joined to one where it is no list."""
    dedented = textwrap.dedent(text)
    items = re.split(r"^- ", dedented, flags=re.MULTILINE)
    return [item for item in items if item.strip()]


def _example(section: _Section) -> dict[str, Any]:
    try:
        value = json.loads(section.text)
    except json.JSONDecodeError as error:
        line = section.line + error.lineno - 1
        raise PageError(f"an example is not valid JSON: {error.msg}", line) from None
    if not isinstance(value, dict):
        raise PageError("an example is a JSON object whose keys are API paths", section.line)
    return value


def _pretty(example: dict[str, Any]) -> str:
    rows = []
    for path, value in example.items():
        if isinstance(value, list):
            inner = ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in value)
            shown = f"[\n{inner}\n  ]" if value else "[]"
        else:
            shown = json.dumps(value, ensure_ascii=False)
        rows.append(f"  {json.dumps(path)}: {shown}")
    return "{\n" + ",\n".join(rows) + "\n}"
