"""Okta Expression Language, as far as rules look into it: its form, and the user's attributes."""

from __future__ import annotations

import re

from auditor import quoted
from auditor.models import Claim

_ATTRIBUTE = re.compile(r"\b(?:user|appuser|idpuser|source)\s*\.\s*(?:profile\s*\.\s*)?(\w+)")


def attributes(claim: Claim) -> tuple[str, ...]:
    """Attributes of the user that the claim's expression mentions, in order, without repetition."""
    if claim.value_type != "EXPRESSION":
        return ()
    return tuple(dict.fromkeys(_ATTRIBUTE.findall(claim.value or "")))


_ROOTS = frozenset(
    {"access", "app", "appuser", "device", "false", "idpuser", "null", "org", "security", "session"}
    | {"source", "target", "true", "user", "vertices"}
)
"""Bare names that an expression may consist of, as far as they are documented."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>'(?:[^']|'')*' | "(?:[^"]|"")*")
  | (?P<number>\d+(?:\.\d+)?\w*)
  | (?P<pick>\??\.[?!^$]\[)
  | (?P<name>[#$@]?[^\W\d]\w*)
  | (?P<dot>\??\.)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<infix>\?:|&&|\|\||[=!<>]=|[<>+\-*/%^?:,])
  | (?P<prefix>!)
    """,
    re.VERBOSE,
)

_WORDS = frozenset(
    {"and", "or", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "matches", "instanceof"}
    | {"between"}
)
"""Operators that are words; capitals do not count."""

_CLOSING = {"(": ")", "[": "]", "{": "}"}


def what_is_wrong(expression: str) -> str:
    """What keeps a text from being an expression, where `claim_fault` says that it is none.

    Looks at quotes, brackets, turns of operands and operators, and bare text alone.

    >>> what_is_wrong("blue"), what_is_wrong("user.email +")
    ('it is bare text without quotes', 'it ends too early')
    >>> what_is_wrong("String.append('a', b)")
    'a word in it is neither an object nor in quotes, or something stands out of place'
    """
    return _fault(expression) or (
        "a word in it is neither an object nor in quotes, or something stands out of place"
    )


def _fault(expression: str) -> str | None:
    tokens = _tokens(expression)
    if isinstance(tokens, str):
        return tokens
    names = {text.lower() for kind, text in tokens if kind == "name"}
    if {kind for kind, _ in tokens} <= {"name", "infix"} and names and not names & _ROOTS:
        return "it is bare text without quotes"
    return _out_of_turn(tokens)


def _tokens(expression: str) -> list[tuple[str, str]] | str:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            character = expression[position]
            if character in "'\"":
                return "a quotation mark is not closed"
            return f"{quoted(character)} means nothing there"
        kind, text = str(match.lastgroup), match[0]
        if kind == "name" and text.lower() in _WORDS and tokens and tokens[-1][0] != "dot":
            kind = "infix"
        elif kind == "name" and text.lower() == "not" and (not tokens or tokens[-1][0] != "dot"):
            kind = "prefix"
        if kind != "space":
            tokens.append((kind, text))
        position = match.end()
    return tokens


def _out_of_turn(tokens: list[tuple[str, str]]) -> str | None:
    """The first thing that stands where it cannot, if one does."""
    brackets: list[str] = []
    before, previous = "", ""
    for kind, text in tokens:
        if not _fits(kind, text, before):
            after = f"after {quoted(previous)}" if previous else "at its beginning"
            return f"{quoted(text)} cannot stand {after}"
        if kind in {"open", "pick"}:
            brackets.append(text[-1])
        elif kind == "close" and (not brackets or _CLOSING[brackets.pop()] != text):
            return f"no bracket is open that {quoted(text)} could close"
        before, previous = kind, text
    if brackets:
        return f"the bracket {quoted(brackets[-1])} is not closed"
    return None if before in _ENDS_OPERAND else "it ends too early"


_ENDS_OPERAND = frozenset({"text", "number", "name", "close"})


def _fits(kind: str, text: str, before: str) -> bool:
    """Whether a token can follow one of the kind before it, none at the beginning."""
    complete = before in _ENDS_OPERAND
    fits = {
        "name": not complete,
        "dot": complete,
        "pick": complete,
        "infix": complete or (text in {"+", "-"} and before != "dot"),
        "open": before != "dot" and not (complete and text == "{"),
        "close": complete or before == "open",
    }
    return fits.get(kind, not complete and before != "dot")


_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")


_LIMIT = re.compile(r"\bGroups\.(?:startsWith|endsWith|contains)\([^()]*,\s*(-?\d+)\s*\)")


def group_limits(claim: Claim) -> tuple[int, ...]:
    """The limits that the claim's group functions are called with."""
    if claim.value_type != "EXPRESSION":
        return ()
    return tuple(int(text[:9]) for text in _LIMIT.findall(_QUOTED.sub("''", claim.value or "")))
