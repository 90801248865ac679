"""How a snapshot document is laid out, and the digest of its content.

The layout is a function of the content alone: it is made to be read in a git diff, and makes two
documents of one content the same bytes. So the digest of the bytes is a digest of the content.
It is the last member, so that a document can be written in pieces and hashed on the way; it is
over all bytes before it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.text import escaped

Json = dict[str, Any]

_WIDTH = 100
_NESTED = frozenset({dict, list})
_line = json.JSONEncoder(ensure_ascii=False).encode
_FIRST = ("id", "name", "label", "status", "type", "priority")
_LAST_MEMBER = re.compile(rb',\n  "digest": "(sha256:[0-9a-f]{64})"\n}\n\Z')
_LAST_MEMBER_LENGTH = len(b',\n  "digest": "sha256:') + 64 + len(b'"\n}\n')


def document_pieces(head: Json, resources: Mapping[str, Any]) -> Iterator[bytes]:
    """The document in pieces of a record, or of a list of ids; the last one has the digest.

    Args:
        head: all members but the resources and the digest, in their order.
        resources: by path.
    """
    sha256 = hashlib.sha256()
    for piece in _content(head, resources):
        sha256.update(piece)
        yield piece
    yield f',\n  "digest": "{_digest(sha256)}"\n}}\n'.encode()


def content_digest(head: Json, resources: Mapping[str, Any]) -> str:
    """The digest of a content, however its document is laid out. It takes as long as writing it."""
    sha256 = hashlib.sha256()
    for piece in _content(head, resources):
        sha256.update(piece)
    return _digest(sha256)


def stated_digest(document: bytes) -> str | None:
    """The digest at the end of a document as it was written; None if it is laid out otherwise."""
    stated = _LAST_MEMBER.search(document, max(0, len(document) - _LAST_MEMBER_LENGTH))
    return stated[1].decode() if stated else None


def document_digest(document: bytes) -> str:
    """The digest of the bytes before the last member of a document that `stated_digest` reads."""
    return _digest(hashlib.sha256(memoryview(document)[:-_LAST_MEMBER_LENGTH]))


def arranged(value: Any, names: Iterable[str]) -> Any:
    """The same value with its members in a fixed order: those of `names` first, others by name.

    A float without a fraction becomes an integer: to JSON it is the same number, and some
    programs write it so.
    """
    ranks = {name: rank for rank, name in enumerate(names)}

    def arrange(value: Any) -> Any:
        if isinstance(value, dict):
            order = sorted(value, key=lambda name: (ranks.get(name, len(ranks)), name))
            return {name: arrange(value[name]) for name in order}
        if isinstance(value, list):
            return [arrange(item) for item in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return arrange(value)


def _digest(sha256: hashlib._Hash) -> str:
    return f"sha256:{sha256.hexdigest()}"


def _content(head: Json, resources: Mapping[str, Any]) -> Iterator[bytes]:
    for piece in _pieces(head, resources):
        # Single characters are escaped, so a piece is as good as the whole.
        yield escaped(piece).encode()


def _pieces(head: Json, resources: Mapping[str, Any]) -> Iterator[str]:
    yield "{\n" + "".join(f"  {_line(key)}: {_laid_out(head[key], 1)},\n" for key in head)
    yield '  "resources": {'
    start = "\n"
    for path in sorted(resources):
        yield f"{start}    {_line(path)}: "
        yield from _resource(resources[path])
        start = ",\n"
    yield "\n  }" if resources else "}"


def _resource(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) <= _WIDTH or _flat(value):
        yield _laid_out(_ordered(value), 2)
        return
    start = "[\n"
    for item in value:
        yield f"{start}      {_laid_out(_ordered(item), 3)}"
        start = ",\n"
    yield "\n    ]"


def _ordered(value: Any) -> Any:
    """The same value with what identifies an object first and links last."""
    if isinstance(value, list):
        return value if _flat(value) else [_ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_rank)}
    return value


def _rank(key: str) -> tuple[int, str]:
    if key in _FIRST:
        return _FIRST.index(key), ""
    return (len(_FIRST) + 1 if key.startswith("_") else len(_FIRST)), key


def _laid_out(value: Any, depth: int) -> str:
    """JSON in which a value stands on one line if it fits, and one member a line if not."""
    if not value or not isinstance(value, (dict, list)):
        return _line(value)
    room = _WIDTH - 2 * depth
    # Each member takes three characters or more, and lines are made to be thrown away.
    if depth > 1 and 3 * len(value) <= room and len(line := _line(value)) <= room:
        return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        members = (
            f"{inner}{_line(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()
        )
        return "{\n" + ",\n".join(members) + f"\n{outer}}}"
    if _flat(value):
        # In one call, because a large tenant's snapshot has millions of ids.
        rows = json.dumps(value, ensure_ascii=False, separators=(f",\n{inner}", ": "))[1:-1]
        return f"[\n{inner}{rows}\n{outer}]"
    items = (f"{inner}{_laid_out(item, depth + 1)}" for item in value)
    return "[\n" + ",\n".join(items) + f"\n{outer}]"


def _flat(value: list[Any]) -> bool:
    """Whether no item of a list has members of its own."""
    return _NESTED.isdisjoint(map(type, value))
