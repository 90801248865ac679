"""Reads the file of one framework. Nothing but a sound file passes; errors name the line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml  # type: ignore[import-untyped] # no stubs among the pinned requirements

from auditor.errors import UsageError, made_of_each
from auditor.lint.framework import STRENGTHS, Control, Framework, Mapped
from auditor.lint.reviewed_file import unusable
from auditor.text import closest, listed, one_line, quoted

_Node: TypeAlias = Any
"""A node of PyYAML's tree: it knows the line where it stands."""

_REMEDY = "docs/controls.md describes the file of a framework."

_FRAMEWORK = ("id", "title", "version", "source", "beyond", "controls")
_CONTROL = ("id", "title", *STRENGTHS)
ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}\Z")
"""A framework's."""
CODE = re.compile(r"[A-Z]{2,10}[0-9]{3,4}\Z")
"""A rule's."""


def parse_framework(
    text: str, path: Path, rule_codes: Collection[str] | None = None, *, trusted: bool = False
) -> Framework:
    """Read the text of a framework's file.

    Args:
        text: YAML.
        path: the file's name, for messages.
        rule_codes: codes of the rules there are; None accepts whatever looks like a code.
        trusted: whether it is ours, so that the faster parser will do.

    Raises:
        UsageError: it cannot be used as it stands.
    """
    return _Reader(path, rule_codes).framework(_tree(text, path, trusted=trusted))


@dataclass(frozen=True)
class _Reader:
    path: Path
    rule_codes: Collection[str] | None

    def framework(self, root: _Node) -> Framework:
        _refuse_aliases(root, self.path)
        keys = self.mapping(root, "the file", _FRAMEWORK)
        self.require(root, keys, "the file", _FRAMEWORK)
        identity = self.words(keys["id"], "id")
        if not ID.match(identity):
            raise self.unusable(
                keys["id"], "id: must be small letters, digits, dots and hyphens, at most 60"
            )
        controls = tuple(made_of_each(self.items(keys["controls"], "controls"), self.control))
        self.refuse_twins(keys["controls"], [control.id for control in controls])
        return Framework(
            id=identity,
            title=self.words(keys["title"], "title"),
            version=self.words(keys["version"], "version"),
            source=self.words(keys["source"], "source"),
            controls=controls,
            beyond=tuple(self.words(n, "beyond") for n in self.items(keys["beyond"], "beyond")),
        )

    def control(self, node: _Node) -> Control:
        keys = self.mapping(node, "a control", _CONTROL)
        self.require(node, keys, "a control", ("id", "title"))
        identity = self.words(keys["id"], "id")
        rules: list[Mapped] = []
        for strength in STRENGTHS:
            if strength not in keys:
                continue
            reasons = self.mapping(keys[strength], strength, None)
            for code, reason in sorted(reasons.items()):
                self.check_code(keys[strength], code)
                if any(mapped.rule == code for mapped in rules):
                    raise self.unusable(reason, f"{code} is both direct and related to {identity}")
                rules.append(Mapped(code, strength, self.words(reason, code)))
        if not rules:
            raise self.unusable(
                node,
                f"control {quoted(identity)} has no rule; name some under direct or related, "
                "or say under beyond that configuration cannot show it",
            )
        return Control(identity, self.words(keys["title"], "title"), tuple(rules))

    def check_code(self, node: _Node, code: str) -> None:
        name = next(key for key, _ in node.value if key.value == code)
        if not CODE.match(code):
            raise self.unusable(name, f"{quoted(code)} is no rule code, such as OAM201")
        if self.rule_codes is not None and code not in self.rule_codes:
            raise self.unusable(
                name,
                f"no rule has the code {code}",
                "`okta-auditor rules` lists them; --rules DIR adds your own.",
                did_you_mean=closest(code, sorted(self.rule_codes)),
            )

    def mapping(self, node: _Node, what: str, allowed: Collection[str] | None) -> dict[str, _Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.unusable(node, f"{what} must be a mapping of keys to values")
        members: dict[str, _Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.unusable(key, f"a key of {what} must be a plain word")
            if key.value in members:
                raise self.unusable(key, f"{one_line(key.value)}: the key is given twice")
            if allowed is not None and key.value not in allowed:
                raise self.unusable(
                    key,
                    f"unknown key {quoted(key.value)} of {what}",
                    did_you_mean=closest(key.value, allowed),
                )
            members[key.value] = value
        return members

    def require(
        self, node: _Node, keys: Collection[str], what: str, needed: Collection[str]
    ) -> None:
        if missing := [key for key in needed if key not in keys]:
            raise self.unusable(node, f"{what} lacks {listed(missing, most=6)}")

    def items(self, node: _Node, what: str) -> list[_Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.unusable(node, f"{what}: must be a list with one entry at least")
        return list(node.value)

    def words(self, node: _Node, what: str) -> str:
        """A scalar as it is written: `4.0` stays what it is."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.unusable(node, f"{one_line(what)}: must be text that says something")
        return one_line(" ".join(node.value.split()))

    def refuse_twins(self, node: _Node, names: list[str]) -> None:
        for place, name in enumerate(names):
            if name in names[:place]:
                raise self.unusable(node.value[place], f"control {quoted(name)} is there twice")

    def unusable(
        self, node: _Node, what: str, remedy: str = _REMEDY, *, did_you_mean: str | None = None
    ) -> UsageError:
        line = int(node.start_mark.line) + 1
        return unusable(self.path, line, what, remedy, did_you_mean=did_you_mean)


def _tree(text: str, path: Path, *, trusted: bool) -> _Node:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if trusted else yaml.SafeLoader
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise unusable(path, line, one_line(str(error.problem)), _REMEDY) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise unusable(path, line, "it holds a character that YAML forbids", _REMEDY) from None
    except RecursionError:
        raise unusable(path, 1, "it is nested too deeply", _REMEDY) from None
    if root is None:
        raise unusable(path, 1, "it is empty", _REMEDY)
    return root


def _refuse_aliases(root: _Node, path: Path) -> None:
    """Every value stands where it is used: a reviewer reads the file from top to bottom."""
    visited: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in visited:
            raise unusable(path, int(node.start_mark.line) + 1, "aliases are not allowed", _REMEDY)
        visited.add(id(node))
        waiting += _children(node)


def _children(node: _Node) -> Iterator[_Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
