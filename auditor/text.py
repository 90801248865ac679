"""Text that comes from a tenant is hostile: it may carry terminal escapes or bidi tricks.

Every message that quotes a tenant's words passes through `quoted`; every report that is
read on a terminal passes through `printable`.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterable, Iterator

from auditor.invisible import escaped_in_lines, replaced_in_line, replaced_in_lines
from auditor.log_commands import json_without_commands

# Excel takes the wide forms of East Asian keyboards for formulas too.
_FORMULA = re.compile("(^[\\s\"']*|;[\\s\"']*)(?=[=+@\\-\t\r\n\uff1d\uff0b\uff20\uff0d])")

_LONGEST_NAME = 80


def one_line(text: str) -> str:
    """The text without control or invisible characters, each replaced by U+FFFD."""
    return replaced_in_line(text)


def printable(text: str) -> str:
    """As `one_line`, but keeps newlines."""
    return replaced_in_lines(text)


def escaped(document: str) -> str:
    """A JSON document of the same value that is safe to print.

    Invisible characters, and what a CI system would take for a command, are escapes.
    """
    return json_without_commands(escaped_in_lines(document, _json_escape))


def csv_cell(value: object) -> object:
    """The value as a spreadsheet shows it: never as a formula, and on one line.

    What would begin a formula gets an apostrophe; so does what follows a semicolon, which is the
    separator where a comma is the decimal point (OWASP, "CSV Injection").
    """
    if value is None or isinstance(value, int):
        return value
    return _FORMULA.sub(r"\1'", one_line(str(value)))


def quoted(name: str) -> str:
    """A tenant's name in double quotes, on one line, cut to 80 characters."""
    clean = one_line(name)
    if len(clean) > _LONGEST_NAME:
        clean = clean[: _LONGEST_NAME - 1] + "…"
    return f'"{clean}"'


def listed(items: Iterable[str], *, most: int = 3, empty: str = "none", word: str = "and") -> str:
    """A list as a sentence has it: `a, b and c`, or `a, b, c and 4 more`.

    Args:
        items: the names.
        most: how many are named; the others are counted.
        empty: what stands for an empty list.
        word: the conjunction before the last name.
    """
    names = list(items)
    if not names:
        return empty
    if len(names) > most:
        return f"{', '.join(names[:most])} {word} {len(names) - most:,} more"
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 client`, `1,204 clients`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def fitted(line: str, width: int, further: int = 4) -> list[str]:
    """A line in as many as a width makes of it, all but the first further in; never empty.

    Args:
        line: one line, which may begin with an indent.
        width: columns that lines may have; a word that is longer exceeds them.
        further: how much further in the lines after the first begin.
    """
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.lstrip(),
        width,
        initial_indent=indent,
        subsequent_indent=indent + " " * further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def command_lines(command: str, width: int, program: str = "okta-auditor") -> list[str]:
    """A command to copy, on as many lines as it takes, all but the last ending in a backslash.

    Args:
        command: as `shlex.join` writes it; its first word is `okta-auditor`.
        width: columns that lines may have; a word that is longer exceeds them.
        program: what the reader's shell knows okta-auditor by.
    """
    if len(f"{program} {command.partition(' ')[2]}") <= width:
        return [f"{program} {command.partition(' ')[2]}"]
    lines = [program]
    for words in _with_their_values(shlex.split(command)[1:]):
        if len(lines[-1]) + len(words) + len("  \\") > width:
            lines[-1] += " \\"
            lines.append(f"  {words}")
        else:
            lines[-1] += f" {words}"
    return lines


def _with_their_values(words: Iterable[str]) -> Iterator[str]:
    """Options with their values, and other words, each as a shell takes it."""
    option = ""
    for word in words:
        if option and word.startswith("--"):
            yield option
            option = ""
        if word.startswith("--"):
            option = word
        else:
            yield f"{option} {shlex.quote(word)}".strip()
            option = ""
    if option:
        yield option


def duration(minutes: int) -> str:
    """A lifetime in the largest unit that fits: `15 minutes`, `1 hour`, `90 days`."""
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            return counted(minutes // size, unit)
    return counted(minutes, "minute")


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, as it is spelled; None if none is close."""
    import difflib  # noqa: PLC0415 - every command would wait for it

    spellings: dict[str, str] = {}
    for candidate in known:
        spellings.setdefault(candidate.lower(), candidate)
    matches = difflib.get_close_matches(word.lower(), spellings, n=1)
    return spellings[matches[0]] if matches else None


def did_you_mean(word: str | None) -> str:
    """The end of a message about an unknown word, `; did you mean X?`; empty for None."""
    return "" if word is None else f"; did you mean {word}?"


def _json_escape(character: re.Match[str]) -> str:
    units = character[0].encode("utf-16-be", "surrogatepass").hex()
    return re.sub("(.{4})", r"\\u\1", units)
