"""What CI systems do with a line of a log, after their own sources.

- GitHub: actions/runner, `ActionCommand.TryParseV2` and `TryParse`, `ActionCommandManager`.
- Azure Pipelines: microsoft/azure-pipelines-agent, `Command.TryParse`; the formatting commands are
  the log viewer's.
- GitLab: `Gitlab::Regex.logs_section_prefix_regex`.
- TeamCity: "Service Messages".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

REGISTERED = {
    *("internal-set-repo-path", "set-env", "set-output", "save-state", "add-mask", "add-path"),
    *("add-matcher", "remove-matcher", "warning", "error", "notice", "debug", "group"),
    *("endgroup", "echo", "stop-commands"),
}
"""GitHub's commands; a line may be obeyed in any case of letters."""

# .NET compares text by the rules of a language, which may see nothing in these.
_IGNORED = re.compile("[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
                      "\ufe00-\ufe0f\ufeff\ufff9-\ufffd\x00-\x08\x0e-\x1f\x7f]")  # fmt: skip


def lines(text: str) -> list[str]:
    """The lines of a log: a carriage return ends one too."""
    return re.split(r"\r\n|\n|\r", text)


def github_commands(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, properties and data of each command that GitHub obeys."""
    for line in lines(text):
        for shown in {line: None, _IGNORED.sub("", line): None}:
            command = _github_new(shown) or _github_old(shown)
            if command and command[0].lower() in REGISTERED:
                yield command
                break


def _github_new(line: str) -> tuple[str, str, str] | None:
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    return name, properties, line[end + 2 :]


def _github_old(line: str) -> tuple[str, str, str] | None:
    start = line.find("##[")
    if start < 0 or (end := line.find("]", start)) < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    return name, properties, line[end + 1 :]


def azure_commands(text: str) -> Iterator[str]:
    """The commands that Azure's agent obeys, and those by which its log viewer formats."""
    for line in lines(text):
        shown = _IGNORED.sub("", line)
        start = shown.lower().find("##vso[")
        end = shown.find("]", start)
        if start >= 0 and end >= 0:
            name = shown[start + 6 : end].partition(" ")[0]
            if len(list(filter(None, name.split(".")))) == 2:
                yield name
        if re.search(r"##\[\w+\]", shown):
            yield line


def gitlab_sections(text: str) -> list[str]:
    """Sections that begin or end; without the escapes that GitLab wants after them, to be safe."""
    return re.findall(r"section_(?:start|end):\d+:[a-zA-Z0-9_.-]+", text)


def teamcity_messages(text: str) -> list[str]:
    """Service messages."""
    return re.findall(r"##teamcity\[[^\]]*", _IGNORED.sub("", text))


def commands(text: str) -> list[object]:
    """All that any of them would obey."""
    return [
        *github_commands(text),
        *azure_commands(text),
        *gitlab_sections(text),
        *teamcity_messages(text),
    ]
