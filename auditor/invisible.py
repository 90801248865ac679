"""Characters that nobody sees, or that say how others are shown: no name needs them.

What they have in common is that two names can differ by them and look the same, or that a
name can be made of them and look like nothing. Sources: Unicode's `Default_Ignorable_Code_Point`
(DerivedCoreProperties.txt, 16.0) and the general categories. The ranges are written out, because
Python's `unicodedata` has not the property, and another Unicode in every version of Python:
the same snapshot would make other reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_CONTROLS_BUT_NEWLINE = "\x00-\x09\x0b-\x1f\x7f-\x9f"  # Cc
_DEFAULT_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # and \U000e0000-\U000e0fff, see below
)
# Blank by design, though Unicode calls them letters or symbols: a Braille cell without dots, the
# place of an object that is not there, a filler of Khitan script, a note without a head.
_BLANK = "\u2800\ufffc\U00016fe4\U0001d159"
_SPACES = "\u1680\u2000-\u200a\u202f\u205f"  # Zs, but for those that are typed
_SEPARATORS = "\u2028\u2029"  # Zl, Zp
# Cf that is not ignorable; after the hieroglyphs' own come two blanks.
_FORMATS = "\ufff9-\ufffb\U00013430-\U00013442"
_SURROGATES = "\ud800-\udfff"  # Cs
_PRIVATE = "\ue000-\uf8ff"  # Co: blank or a box, as the reader's fonts have it
_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff"
_LAST_PLANES = "\U000e0000-\U0010ffff"  # tags, selectors, private use, and nothing else

# French and Japanese keyboards type these, and between two words they are seen as the gap that
# they are. At an end, or beside another space, they are not.
_TYPED_SPACES = "\u00a0\u3000"

_CHARACTERS = (
    f"{_CONTROLS_BUT_NEWLINE}{_DEFAULT_IGNORABLE}{_BLANK}{_SPACES}{_SEPARATORS}{_FORMATS}"
    f"{_SURROGATES}{_PRIVATE}{_NONCHARACTERS}{_LAST_PLANES}{_TYPED_SPACES}"
)
_LINE = re.compile(f"[\n{_CHARACTERS}]")
_LINES = re.compile(f"[{_CHARACTERS}]")
# Looking for few characters is several times faster.
_ASCII_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_REPLACEMENT = "\ufffd"


def replaced_in_line(text: str) -> str:
    """The text with a U+FFFD for each invisible character and each line break."""
    if text.isascii() and text.isprintable():
        return text  # most names
    return _LINE.sub(_replacement, text)


def replaced_in_lines(text: str) -> str:
    """As `replaced_in_line`, but line feeds stay."""
    return (_ASCII_LINES if text.isascii() else _LINES).sub(_replacement, text)


def escaped_in_lines(text: str, escape: Callable[[re.Match[str]], str]) -> str:
    """The text with each character escaped that is invisible, or is so in some places."""
    return (_ASCII_LINES if text.isascii() else _LINES).sub(escape, text)


def _replacement(found: re.Match[str]) -> str:
    character = found[0]
    if character not in _TYPED_SPACES:
        return _REPLACEMENT
    text, place = found.string, found.start()
    beside = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    seen = all(neighbour and not neighbour.isspace() for neighbour in beside)
    return character if seen else _REPLACEMENT
