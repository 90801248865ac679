"""Text that no CI system takes for a command.

A CI system reads what a job prints and obeys certain words: GitHub sets variables and masks
secrets, Azure Pipelines and TeamCity set parameters and end builds, GitLab folds the log. So
whatever is printed or uploaded goes through here last, where it leaves.

What they obey, from their sources:

- GitHub, `ActionCommand.TryParseV2`: a line that, without the white space before, begins with
  `::name ` or `::name::`, and has a second `::`. `TryParse`: `##[name]` anywhere in a line. .NET
  compares by the rules of a language, which may ignore characters, U+FFFD among them.
- Azure Pipelines, `Command.TryParse`: `##vso[area.action]` anywhere in a line; and `##[name]`.
- TeamCity, "Service Messages": `##teamcity[name]` anywhere in a line.
- GitLab, `Gitlab::Regex.logs_section_prefix_regex`: `section_start:123:name` or `section_end:…`
  anywhere in a line.

Such words are broken by a space, because everybody sees a space and can still read the words,
no parser above skips one, and no second pass finds anything to break. In JSON a character is
written as an escape instead, so that the value stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Each match ends where a space breaks the words. Letters are enough for `vso` and `teamcity`.
_LEAD = re.compile(
    r":\ufffd*(?=:)|#\ufffd*#[A-Za-z\ufffd]{0,20}(?=\[)|section_(?:start|end)(?=:\d)"
)
# `std::x` is not at the begin of a line, but may come there. Groups of IPv6 addresses stay.
_COMMAND = re.compile(r":(?=[A-Za-z])(?![0-9A-Fa-f]{1,4}(?![\w-]))")
_OF_OURS = re.compile(r"(?m)^(::(?:error|warning|notice) )([^:\n]*)::")
_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})
_BLANK = "\ufffd\ufeff"


def without_commands(text: str) -> str:
    """The text with every CI command in it broken by a space; of any number of lines."""
    return _broken(text, _by_a_space)


def json_without_commands(document: str) -> str:
    """A JSON document of the same value without CI commands."""
    return _broken(document, _by_an_escape)


def markup_without_commands(document: str) -> str:
    """As `without_commands`, for HTML with style sheets, where `a::before` has a meaning.

    Only what a CI system obeys where it stands is broken; values have gone through
    `without_commands`.
    """
    return _broken(document, _by_a_space_if_obeyed)


def workflow_command(kind: str, message: str, **properties: str | int | None) -> str:
    """A command of GitHub's that annotates a file, one line.

    What a value must escape is what the runner's `ActionCommand` undoes: `%`, carriage return and
    line feed, and in properties `:` and `,` as well.

    Args:
        kind: `error`, `warning` or `notice`.
        message: the text; it may have several lines.
        properties: `file`, `line`, `title` and so on, each on one line; None leaves one out.
    """
    values = ",".join(
        f"{name}={str(value).translate(_PROPERTY)}"
        for name, value in properties.items()
        if value is not None
    )
    return f"::{kind} {values}::{message.translate(_MESSAGE)}"


def keeping_commands(lines: str) -> str:
    """Lines of which those that begin with GitHub's `::error`, `::warning` or `::notice` are ours.

    Their own begin stays; what follows, and every other line, is as from `without_commands`.
    """
    pieces: list[str] = []
    position = 0
    for command in _OF_OURS.finditer(lines):
        begin, properties = command.groups()
        pieces.append(without_commands(lines[position : command.start()]))
        pieces.append(f"{begin}{without_commands(properties)}::")
        position = command.end()
    return "".join([*pieces, without_commands(lines[position:])])


def _broken(text: str, broken: Callable[[re.Match[str]], str]) -> str:
    # Most texts hold none, and looking for two characters is many times faster.
    if "::" in text or "##" in text or "section_" in text or "\ufffd" in text:
        return _LEAD.sub(broken, text)
    return text


def _by_a_space(lead: re.Match[str]) -> str:
    return f"{lead[0]} " if _is_meant(lead) else lead[0]


def _by_a_space_if_obeyed(lead: re.Match[str]) -> str:
    if lead[0][0] != ":":
        return f"{lead[0]} "
    end = lead.string.find("\n", lead.end())
    second = lead.string.find("::", lead.end() + 1, end if end >= 0 else None)
    return f"{lead[0]} " if second >= 0 and _begins_line(lead) else lead[0]


def _by_an_escape(lead: re.Match[str]) -> str:
    return f"\\u{ord(lead[0][0]):04x}{lead[0][1:]}" if _is_meant(lead) else lead[0]


def _is_meant(lead: re.Match[str]) -> bool:
    if lead[0][0] != ":":
        return True
    return _COMMAND.match(lead.string, lead.end()) is not None or _begins_line(lead)


def _begins_line(lead: re.Match[str]) -> bool:
    """Whether nothing but blanks stands before it."""
    text, place = lead.string, lead.start()
    while place and text[place - 1] not in "\r\n":
        if not text[place - 1].isspace() and text[place - 1] not in _BLANK:
            return False
        place -= 1
    return True
