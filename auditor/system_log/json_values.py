"""The values of a long JSON text, one after the other, in memory that does not grow with it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

_PIECE = 1 << 18
LARGEST_VALUE = 1_000_000
"""Characters; Okta's events have a few thousand."""
_SEPARATORS = " \t\r\n,"


class BrokenJsonError(ValueError):
    """The text is no JSON from here on; the message is a clause that says how far it is."""


def json_values(stream: BinaryIO, beginning: bytes = b"") -> Iterator[Any]:
    """The elements of a JSON array, or values that follow each other.

    Args:
        stream: the text, as UTF-8.
        beginning: what was read of it already.

    Raises:
        BrokenJsonError: at what is no JSON. What follows is not looked for: where the next value
            begins is not known.
    """
    text = _Text(stream, beginning)
    array = text.next_character() == "["
    text.place += array
    number = 0
    while (character := text.next_character()) and not (array and character == "]"):
        try:
            yield text.value()
        except BrokenJsonError:
            raise BrokenJsonError(f"the text is no JSON after value {number:,}") from None
        number += 1
    if array and not character:
        raise BrokenJsonError(f"the text ends after value {number:,}")


class _Text:
    """A text of which a piece is in memory."""

    def __init__(self, stream: BinaryIO, beginning: bytes) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._scan = json.JSONDecoder().raw_decode
        self._text = self._decoder.decode(beginning)
        self._ended = False
        self.place = 0

    def next_character(self) -> str:
        """The first one that does not separate values; empty at the end."""
        while True:
            while self.place < len(self._text):
                if (character := self._text[self.place]) not in _SEPARATORS:
                    return character
                self.place += 1
            if self._ended:
                return ""
            self._read()

    def value(self) -> Any:
        """The value at this place.

        Raises:
            BrokenJsonError: there is none, or it is too large.
        """
        while True:
            with suppress(ValueError, RecursionError):
                value, end = self._scan(self._text, self.place)
                if end < len(self._text) or self._ended:  # a number may go on
                    self.place = end
                    return value
            if self._ended or len(self._text) - self.place > LARGEST_VALUE:
                raise BrokenJsonError
            self._read()

    def _read(self) -> None:
        piece = self._stream.read(_PIECE)
        self._ended = not piece
        self._text = self._text[self.place :] + self._decoder.decode(piece, final=self._ended)
        self.place = 0
