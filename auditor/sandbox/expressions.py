"""Okta's filter expressions, a part of SCIM's (RFC 7644, 3.4.2.2), made into tests of records.

Comparisons, `and`, `or`, `not (…)` and parentheses. Names of attributes are case-sensitive,
operators are not; `and` binds closer than `or` (Core Okta API, "Filter" and "Operators"). Values of
another type than the one that is compared with match nothing, nor does an attribute that is absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]
Values = Callable[[Json, str], Iterable[Any]]
"""What a record has at an attribute, such as `profile.login`."""
Test = Callable[[Json], bool]
Admits = Callable[[str, str], None]
"""Raises a `FilterError` where an attribute or its operator may not be used."""

_TOKEN = re.compile(r'\s*(?:(?P<mark>[()])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()"]+))')
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: have == want,
    "ne": lambda have, want: have != want,
    "co": lambda have, want: want in have,
    "sw": lambda have, want: have.startswith(want),
    "ew": lambda have, want: have.endswith(want),
    "gt": lambda have, want: have > want,
    "ge": lambda have, want: have >= want,
    "lt": lambda have, want: have < want,
    "le": lambda have, want: have <= want,
}
_OF_TEXT = frozenset({"co", "sw", "ew"})
_OF_NULL = frozenset({"eq", "ne"})
_DEEPEST = 50


class FilterError(ValueError):
    """An expression is none of the grammar."""


class UnknownOperatorError(FilterError):
    """A word stands where an operator is due: the word, and the place of its first character."""

    def __init__(self, operator: str, position: int) -> None:
        super().__init__(f"there is no operator {operator}")
        self.operator = operator
        self.position = position


class _Token(NamedTuple):
    text: str
    position: int


def parsed(expression: str, values: Values, admits: Admits = lambda *_: None) -> Test:
    """The test that an expression puts into words.

    Args:
        expression: the expression.
        values: what a record has at an attribute.
        admits: asked of each attribute with its operator.

    Raises:
        FilterError: it is no expression, or names what may not be used.
    """
    tokens = _tokens(expression)
    test = _any_of(tokens, values, admits, 0)
    if tokens:
        raise FilterError(f"it goes on after its end, with {tokens[-1].text}")
    return test


def member_values(record: Json, attribute: str) -> Iterator[Any]:
    """What a record has at a dotted path; of a list, each element."""
    reached: list[Any] = [record]
    for name in attribute.split("."):
        reached = [value[name] for value in reached if isinstance(value, dict) and name in value]
        reached = [
            each for value in reached for each in (value if isinstance(value, list) else [value])
        ]
    yield from reached


def _tokens(expression: str) -> list[_Token]:
    """The tokens, last first."""
    tokens, place = [], 0
    expression = expression.rstrip()
    while place < len(expression):
        matched = _TOKEN.match(expression, place)
        if matched is None:
            raise FilterError("a string has no end")
        text = matched[0].lstrip()
        place = matched.end()
        tokens.append(_Token(text, place - len(text)))
    return tokens[::-1]


def _any_of(tokens: list[_Token], values: Values, admits: Admits, depth: int) -> Test:
    tests = [_all_of(tokens, values, admits, depth)]
    while tokens and tokens[-1].text.lower() == "or":
        tokens.pop()
        tests.append(_all_of(tokens, values, admits, depth))
    return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)


def _all_of(tokens: list[_Token], values: Values, admits: Admits, depth: int) -> Test:
    tests = [_one(tokens, values, admits, depth)]
    while tokens and tokens[-1].text.lower() == "and":
        tokens.pop()
        tests.append(_one(tokens, values, admits, depth))
    return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)


def _one(tokens: list[_Token], values: Values, admits: Admits, depth: int) -> Test:
    attribute = _next(tokens).text
    if attribute == "(" and depth < _DEEPEST:
        test = _any_of(tokens, values, admits, depth + 1)
        if _next(tokens).text != ")":
            raise FilterError("a parenthesis is not closed")
        return test
    if attribute.lower() == "not" and tokens and tokens[-1].text == "(":
        negated = _one(tokens, values, admits, depth)
        return lambda record: not negated(record)
    return _comparison(attribute, tokens, values, admits)


def _comparison(attribute: str, tokens: list[_Token], values: Values, admits: Admits) -> Test:
    if attribute[0] in '()"':
        raise FilterError(f"{attribute} is no attribute")
    operator, position = _next(tokens)
    named = operator.lower()
    if named != "pr" and named not in _COMPARISONS:
        raise UnknownOperatorError(operator, position)
    admits(attribute, named)
    if named == "pr":
        return lambda record: any(value not in (None, "") for value in values(record, attribute))
    try:
        wanted = json.loads(_next(tokens).text)
    except ValueError as error:
        raise FilterError("what is compared with is no value of JSON") from error
    if isinstance(wanted, (dict, list)) or (wanted is None and named not in _OF_NULL):
        raise FilterError(f"{operator} cannot compare with that")
    if named in _OF_TEXT and not isinstance(wanted, str):
        raise FilterError(f"{operator} compares strings")
    return _compared(attribute, _COMPARISONS[named], wanted, values)


def _compared(
    attribute: str, compares: Callable[[Any, Any], bool], wanted: Any, values: Values
) -> Test:
    return lambda record: any(
        compares(value, wanted)
        for value in values(record, attribute)
        if type(value) is type(wanted)
    )


def _next(tokens: list[_Token]) -> _Token:
    if not tokens:
        raise FilterError("it ends too soon")
    return tokens.pop()
