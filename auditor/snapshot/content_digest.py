"""The digest of a snapshot's content.

The layout of a document is a function of its content alone, so that a digest of the bytes is one
of the content. It is the last member, so that a document can be written in pieces and hashed on
the way, and it is over all bytes before it. A document that an editor has laid out otherwise is
laid out again to be hashed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.snapshot.json_layout import layout_pieces
from auditor.text import escaped

Json = dict[str, Any]

_LAST_MEMBER = re.compile(rb',\n  "digest": "(sha256:[0-9a-f]{64})"\n}\n\Z')
_LAST_MEMBER_LENGTH = len(b',\n  "digest": "sha256:') + 64 + len(b'"\n}\n')


def document_pieces(head: Json, resources: Json) -> Iterator[bytes]:
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


def content_digest(head: Json, resources: Json) -> str:
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


def _content(head: Json, resources: Json) -> Iterator[bytes]:
    for piece in layout_pieces(head, resources):
        # Single characters are escaped, so a piece is as good as the whole.
        yield escaped(piece).encode()
