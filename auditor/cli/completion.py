"""What a shell offers to complete words with: rule codes, and names that a snapshot holds.

Click knows commands, options and choices. An option is told from its name, the same in every
command, so that no command says it twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from auditor.errors import AuditorError
from auditor.text import one_line

if TYPE_CHECKING:
    from auditor.snapshot.models.servers import AuthorizationServer
    from auditor.snapshot.org import Org

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

VARIABLE = "_OKTA_AUDITOR_COMPLETE"
"""In which a shell asks, whatever it calls us."""
_SNAPSHOTS = ("path", "new", "old")
"""How commands call their argument that is a snapshot."""
_LARGEST = 50_000_000
"""Bytes of a snapshot that is read while somebody waits for a word."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*")


def with_completion(command: click.Command) -> click.Command:
    """Let a command, and the commands below it, say what a word could be."""
    for parameter in command.params:
        if complete := _COMPLETIONS.get(_name(parameter)):
            parameter._custom_shell_complete = complete  # noqa: SLF001 - as the argument of `option`
    for subcommand in getattr(command, "commands", {}).values():
        with_completion(subcommand)
    return command


def _name(parameter: click.Parameter) -> str:
    """An option's long name, or an argument's name."""
    return max(parameter.opts, key=len) if parameter.opts else ""


def _rules(ctx: click.Context, parameter: click.Parameter, start: str) -> list[CompletionItem]:
    """Rules by code, or by name if that is what was begun."""
    from auditor.plugins import load_rules  # noqa: PLC0415 - loads all packs

    del ctx, parameter
    before, comma, begun = start.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{word}", help=rule.page.title)
        for rule in load_rules(())
        for word in (rule.code, rule.name)
        if word.lower().startswith(begun.lower()) and (begun or word == rule.code)
    ]


def _servers(ctx: click.Context, parameter: click.Parameter, start: str) -> list[CompletionItem]:
    from auditor.tokens.request import ORG_SERVER  # noqa: PLC0415 - only when used

    del parameter
    org = _org(ctx)
    named = [(server.title, server.id) for server in org.servers] if org else []
    return _items([*named, (ORG_SERVER, "")], start)


def _clients(ctx: click.Context, parameter: click.Parameter, start: str) -> list[CompletionItem]:
    del parameter
    org = _org(ctx)
    named = [(client.title, client.client_id) for client in org.clients] if org else []
    return _items(named, start)


def _scopes(ctx: click.Context, parameter: click.Parameter, start: str) -> list[CompletionItem]:
    """Of the server that the line names, or of all."""
    from auditor.tokens.lookup.records import find_server  # noqa: PLC0415 - only when used

    del parameter
    org = _org(ctx)
    if org is None:
        return []
    servers: list[AuthorizationServer] = list(org.servers)
    if word := ctx.params.get("server"):
        try:
            server = find_server(org, word)
        except AuditorError:
            server = None
        servers = [server] if server else servers
    named = [(scope.name, "") for server in servers for scope in org.scopes(server)]
    return _items(named, start)


def _items(named: Iterable[tuple[str, str]], start: str) -> list[CompletionItem]:
    """The names that begin so, each once.

    What is offered comes from a tenant and ends up in a command line, so it is nothing but words
    that a shell takes as they stand: instead of any other name its id, with the name beside it.

    Args:
        named: names with the id that means the same, or with nothing.
        start: what the user has typed.
    """
    items: dict[str, CompletionItem] = {}
    for name, identity in sorted(named):
        begun = [word for word in (name, identity) if word.lower().startswith(start.lower())]
        if name in begun and _plain(name):
            items[name] = CompletionItem(name)
        elif begun and _plain(identity):
            items[identity] = CompletionItem(identity, help=one_line(name))
    return list(items.values())


def _plain(word: str) -> bool:
    """Whether every shell takes the word as it stands."""
    return bool(_PLAIN.fullmatch(word))


def _org(ctx: click.Context) -> Org | None:
    """The tenant that the line so far names; None if that cannot be read in a moment."""
    from auditor.cli.garbage_collection import without_garbage_collection  # noqa: PLC0415
    from auditor.snapshot.document import read_snapshot  # noqa: PLC0415
    from auditor.snapshot.org import Org  # noqa: PLC0415

    # Click leaves arguments where they are if the option after them still lacks its value.
    words = [*(ctx.params.get(name) for name in _SNAPSHOTS), *ctx.args]
    path = next((Path(word) for word in words if word), None)
    try:
        if path is None or path.stat().st_size > _LARGEST:
            return None
        with without_garbage_collection():
            return Org.of(read_snapshot(path))
    except (AuditorError, OSError):
        return None


_COMPLETIONS: dict[str, Complete] = {
    "code": _rules,
    "--select": _rules,
    "--ignore": _rules,
    "--rule": _rules,
    "--server": _servers,
    "--subject-server": _servers,
    "--client": _clients,
    "--scope": _scopes,
    "--assertion-scope": _scopes,
}
