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
from typing import Any

_SECTION = re.compile(r"^(Fix|Flagged|Accepted|See):[ \t]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule says about itself."""

    summary: str
    why: str
    fix: str
    flagged: tuple[dict[str, Any], ...]
    accepted: tuple[dict[str, Any], ...]
    see: tuple[str, ...]

    @property
    def title(self) -> str:
        """The summary without its full stop, as a heading has it."""
        return self.summary.removesuffix(".")


def read_page(docstring: str) -> RulePage:
    """Take a rule module's docstring apart.

    Raises:
        ValueError: a part is missing, or an example is not a JSON object.
    """
    intro, *rest = _SECTION.split(inspect.cleandoc(docstring))
    summary, _, why = intro.strip().partition("\n\n")
    sections: dict[str, list[str]] = {"Fix": [], "Flagged": [], "Accepted": [], "See": []}
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        sections[name].append(text.strip("\n"))
    for name in ("Fix", "Flagged", "Accepted"):
        if not sections[name]:
            raise ValueError(f'the module docstring has no "{name}:" section')
    if not summary or not why.strip():
        raise ValueError("the module docstring does not say what is wrong and why")
    return RulePage(
        summary=_flowed(summary),
        why="\n\n".join(_flowed(part) for part in why.strip().split("\n\n")),
        fix=_sentence(_flowed("\n".join(sections["Fix"]))),
        flagged=tuple(_example(text) for text in sections["Flagged"]),
        accepted=tuple(_example(text) for text in sections["Accepted"]),
        see=tuple(_flowed(line) for text in sections["See"] for line in _items(text)),
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
    rows = "\n".join(f"| `{name}` | `{default}` | {said} |" for name, default, said in options)
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


def _example(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("an example is a JSON object whose keys are API paths")
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
