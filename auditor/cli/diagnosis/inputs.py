"""What a person gives to `diagnose`: files, standard input, things themselves, in any mixture."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.diagnosis.clues import Clues
from auditor.diagnosis.input_text import input_text
from auditor.diagnosis.reading import joined_clues, read_clues
from auditor.diagnosis.signature import PublicKey
from auditor.errors import UsageError
from auditor.input_files import name_problem, read_input
from auditor.snapshot.document import FORMAT

LARGEST = 100_000_000
"""Bytes of what a person has in hand: a HAR file of a long session."""

_HEAD = 2_000
_STANDARD_INPUT = "standard input"
_FILE_NAME = re.compile(r"(?i:[\w./\\~-]{1,200}\.(?:csv|gz|har|html?|jsonl?|log|ndjson|out|txt))")
"""What is meant as the name of a file, whether there is one or not."""
_WHOLE = re.compile(r"\s*(?:[{\[<]|eyJ|https?://|HTTP/)|\S*\s|E0\d{5,6}\Z")
"""How a thing begins that needs no neighbours; other words are the words of a sentence."""


@dataclass(frozen=True, slots=True)
class NamedText:
    """The text of an input, and what messages call it."""

    name: str
    text: str = field(repr=False)


def read_inputs(words: tuple[str, ...]) -> tuple[NamedText, ...]:
    """The texts of all inputs.

    Args:
        words: arguments of the command line; `-` is standard input, as are none at all.

    Raises:
        UsageError: an input cannot be read, is too large, or is empty.
    """
    inputs = tuple(_inputs(words or ("-",)))
    if not any(one.text.strip() for one in inputs):
        names = " and ".join(one.name for one in inputs)
        raise UsageError(
            f"Nothing in this tells why a request failed: {names} "
            f"{'is' if len(inputs) == 1 else 'are'} empty.",
            remedy="Give the error as it came: JSON, a URL, a log, a token or headers.",
        )
    for one in inputs:
        if one.text[:_HEAD].lstrip().startswith("{") and f'"{FORMAT}"' in one.text[:_HEAD]:
            raise UsageError(
                f"{one.name} is a snapshot.",
                remedy="Give it with --snapshot, and what failed beside it.",
            )
    return inputs


def clues_of(inputs: Sequence[NamedText], keys: Sequence[PublicKey]) -> Clues:
    """The clues of all inputs.

    Args:
        inputs: one or more.
        keys: public keys with which signatures of tokens are checked.
    """
    several = len(inputs) > 1
    parts = [read_clues(one.text, one.name if several else "", keys) for one in inputs]
    return joined_clues(parts) if several else parts[0]


def _inputs(words: tuple[str, ...]) -> Iterator[NamedText]:
    """The inputs in their order; words that stand together are one sentence."""
    sentence: list[str] = []
    for number, word in enumerate(words, start=1):
        path = Path(word)
        exists = word == "-" or (not name_problem(path) and path.exists())
        if sentence and (exists or _WHOLE.match(word)):
            yield NamedText("the words given", " ".join(sentence))
            sentence = []
        if word == "-":
            yield _standard_input()
        elif exists or _FILE_NAME.fullmatch(word):
            yield NamedText(word, input_text(read_input(path, LARGEST), word, LARGEST))
        elif _WHOLE.match(word):
            yield NamedText(f"argument {number}" if len(words) > 1 else "the argument", word)
        else:
            sentence.append(word)
    if sentence:
        yield NamedText("the words given", " ".join(sentence))


def _standard_input() -> NamedText:
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"Standard input is larger than {LARGEST // 1_000_000:,} MB.")
    return NamedText(_STANDARD_INPUT, input_text(data, "Standard input", LARGEST))
