"""Which records of a list a query chooses: `filter`, `search`, `q`, `type` and `status`.

The grammar is that of Okta's filter expressions, a part of SCIM's (RFC 7644, 3.4.2.2): comparisons,
`and`, `or`, parentheses. Okta allows it for some properties of some lists; here any will do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
Values = Callable[[Json, str], Iterable[Any]]
"""What a record has at an attribute, such as `profile.login`."""

_Test = Callable[[Json], bool]

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
_BEGINNINGS = ("name", "label", "profile.name", "profile.firstName", "profile.lastName",
               "profile.email")  # fmt: skip
_DEEPEST = 50


class FilterError(ValueError):
    """An expression is none of the grammar."""


def chosen(records: list[Any], query: Mapping[str, str], values: Values) -> list[Any]:
    """The records that a query chooses, in their order.

    Args:
        records: the whole list.
        query: the parameters of the request.
        values: what a record has at an attribute.

    Raises:
        FilterError: `filter` or `search` is no expression.
    """
    tests = [_parsed(query[name], values) for name in ("filter", "search") if query.get(name)]
    tests += [_equal(name, query[name]) for name in ("type", "status") if query.get(name)]
    if beginning := query.get("q"):
        tests.append(_begins(beginning.casefold(), values))
    if not tests:
        return records
    return [
        record
        for record in records
        if isinstance(record, dict) and all(test(record) for test in tests)
    ]


def member_values(record: Json, attribute: str) -> Iterator[Any]:
    """What a record has at a dotted path; of a list, each element."""
    found: list[Any] = [record]
    for name in attribute.split("."):
        found = [value[name] for value in found if isinstance(value, dict) and name in value]
        found = [
            each for value in found for each in (value if isinstance(value, list) else [value])
        ]
    yield from found


def _equal(name: str, wanted: str) -> _Test:
    # A record without the member is not told apart by it.
    return lambda record: record.get(name, wanted) == wanted


def _begins(beginning: str, values: Values) -> _Test:
    return lambda record: any(
        isinstance(value, str) and value.casefold().startswith(beginning)
        for name in _BEGINNINGS
        for value in values(record, name)
    )


def _parsed(expression: str, values: Values) -> _Test:
    tokens = _tokens(expression)
    test = _any_of(tokens, values, 0)
    if tokens:
        raise FilterError(expression)
    return test


def _tokens(expression: str) -> list[str]:
    """The tokens, last first."""
    tokens, place = [], 0
    expression = expression.rstrip()
    while place < len(expression):
        matched = _TOKEN.match(expression, place)
        if matched is None:
            raise FilterError(expression)
        tokens.append(matched[0].strip())
        place = matched.end()
    return tokens[::-1]


def _any_of(tokens: list[str], values: Values, depth: int) -> _Test:
    tests = [_all_of(tokens, values, depth)]
    while tokens and tokens[-1].lower() == "or":
        tokens.pop()
        tests.append(_all_of(tokens, values, depth))
    return lambda record: any(test(record) for test in tests)


def _all_of(tokens: list[str], values: Values, depth: int) -> _Test:
    tests = [_one(tokens, values, depth)]
    while tokens and tokens[-1].lower() == "and":
        tokens.pop()
        tests.append(_one(tokens, values, depth))
    return lambda record: all(test(record) for test in tests)


def _one(tokens: list[str], values: Values, depth: int) -> _Test:
    attribute = _next(tokens)
    if attribute == "(" and depth < _DEEPEST:
        test = _any_of(tokens, values, depth + 1)
        if _next(tokens) != ")":
            raise FilterError(")")
        return test
    operator = _next(tokens).lower()
    if operator == "pr":
        return lambda record: any(value is not None for value in values(record, attribute))
    if operator not in _COMPARISONS or attribute[0] in '()"':
        raise FilterError(operator)
    try:
        wanted = json.loads(_next(tokens))
    except ValueError as error:
        raise FilterError(str(error)) from error
    return _comparison(attribute, _COMPARISONS[operator], wanted, values)


def _comparison(
    attribute: str, compares: Callable[[Any, Any], bool], wanted: Any, values: Values
) -> _Test:
    # Values of another type than the wanted one compare with nothing.
    return lambda record: any(
        compares(value, wanted)
        for value in values(record, attribute)
        if type(value) is type(wanted)
    )


def _next(tokens: list[str]) -> str:
    if not tokens:
        raise FilterError("it ends too soon")
    return tokens.pop()
