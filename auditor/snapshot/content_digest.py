"""The digest of a snapshot's content.

The layout of a document is a function of its content alone, so that a digest of the bytes is one
of the content. It is the last member, so that a document can be written in pieces and hashed on
the way, and it is over all bytes before it. A document that an editor has laid out otherwise is
laid out again to be hashed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from typing import Any

from auditor.snapshot.json_layout import layout_pieces
from auditor.text import escaped

Json = dict[str, Any]

_LAST_MEMBER = re.compile(rb',\n  "digest": "(sha256:[0-9a-f]{64})"\n}\n\Z')
_BATCH = 100_000
"""Characters that are escaped and hashed at once."""
_LAST_MEMBER_LENGTH = len(b',\n  "digest": "sha256:') + 64 + len(b'"\n}\n')


def document_pieces(head: Json, resources: Mapping[str, Any]) -> Iterator[bytes]:
    """The document in pieces of many records, or of a list of ids; the last one has the digest.

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


class RunningDigest:
    """The digest of a document whose pieces pass by; another thread works it out meanwhile.

    Args:
        hashing: runs one thing after the other.
    """

    def __init__(self, hashing: Executor) -> None:
        self._hashing = hashing
        self._sha256 = hashlib.sha256()
        self._hashed: Future[None] | None = None
        self._end = b""
        """The last bytes seen, which may be the last member."""

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces of the document."""
        for piece in pieces:
            known = self._end + piece
            self._end = known[-_LAST_MEMBER_LENGTH:]
            self._wait()  # or pieces would pile up
            self._hashed = self._hashing.submit(self._sha256.update, known[:-_LAST_MEMBER_LENGTH])
            yield piece

    def proven(self) -> str | None:
        """The digest at the end of the document, if it is that of the bytes before it.

        None if the document was changed, or laid out otherwise: it has to be laid out again then.
        """
        self._wait()
        stated = _LAST_MEMBER.fullmatch(self._end)
        digest = _digest(self._sha256)
        return digest if stated and stated[1].decode() == digest else None

    def _wait(self) -> None:
        if self._hashed:
            self._hashed.result()


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
    batch: list[str] = []
    size = 0
    for piece in layout_pieces(head, resources):
        if isinstance(piece, str):
            batch.append(piece)
            size += len(piece)
        if size > _BATCH or isinstance(piece, bytes):
            yield _bytes(batch)
            batch, size = [], 0
        if isinstance(piece, bytes):
            yield piece
    yield _bytes(batch)


def _bytes(batch: list[str]) -> bytes:
    # Single characters are escaped, so some pieces are as good as the whole.
    return escaped("".join(batch)).encode()
