"""Whether evaluating an expression fails for certain: abstractly, without any user's data.

A value is null, true, false, or one of which nothing is known. What is not certain to be evaluated,
such as one branch of an unknown condition, fails nothing.
"""

from __future__ import annotations

from enum import Enum, auto

from auditor.tokens.claims.parser import Branch, Call, Literal, Member, Name, Node, Operation
from auditor.tokens.claims.tokens import TokenKind

USER_OBJECTS = frozenset({"user", "appuser"})
"""Objects that stand for the person of a request; null where a machine asks."""

_OBJECTS = USER_OBJECTS | {
    *("access", "app", "application", "client", "context", "device", "idpuser", "login"),
    *("oauth", "org", "policy", "request", "resource", "scope", "security", "session", "source"),
    *("target", "token", "this", "root", "idpUser", "appUser", "actor", "agent", "subject"),
    *("String", "Arrays", "Convert", "Groups", "Iso3166Convert", "Time", "DateTime", "Boolean"),
    *("Integer", "Number"),
}
"""Names that may stand alone: objects of Okta's expression language, and some to be safe."""

_LIMITED = frozenset({"startsWith", "endsWith", "contains"})
MOST_GROUPS = 100
"""Of a user in a claim, and in the third argument of `Groups.*` (support articles "The groups claim
matched too many groups …" and on the limitations of group functions)."""


class Failure(Enum):
    """Why an expression fails."""

    UNKNOWN_WORD = auto()
    """A bare word that is neither a property, a function nor a literal."""
    NO_USER = auto()
    """It reads a property of a user where there is none."""
    GROUPS_LIMIT = auto()
    """A `Groups` function asks for fewer than 1 or more than 100 groups."""


class _Value(Enum):
    NULL = auto()
    NO_USER = auto()
    """Null, because no user takes part."""
    TRUE = auto()
    FALSE = auto()
    PRESENT = auto()
    """Not null."""
    UNKNOWN = auto()


class _FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        self.failure = failure


_NULLS = frozenset({_Value.NULL, _Value.NO_USER})
_NOT_NULL = frozenset({_Value.TRUE, _Value.FALSE, _Value.PRESENT})
_OPPOSITE = {_Value.TRUE: _Value.FALSE, _Value.FALSE: _Value.TRUE}


def certain_failure(node: Node, *, user: bool) -> Failure | None:
    """Why evaluating an expression fails whatever the data; None if it may succeed.

    Args:
        node: the expression.
        user: whether a user takes part.
    """
    try:
        _Evaluation(user=user).value(node)
    except _FailedError as error:
        return error.failure
    return None


class _Evaluation:
    def __init__(self, *, user: bool) -> None:
        self._user = user

    def value(self, node: Node) -> _Value:
        match node:
            case Literal():
                return _literal(node)
            case Name(name):
                return self._object(name)
            case Member():
                return self._member(node)
            case Call(_, arguments):
                return self._all(arguments)
            case Branch():
                return self._branch(node)
            case Operation():
                return self._operation(node)

    def _all(self, nodes: tuple[Node, ...]) -> _Value:
        """What a function gives of its arguments, all of which are evaluated."""
        for node in nodes:
            self.value(node)
        return _Value.UNKNOWN

    def _object(self, name: str) -> _Value:
        if name in USER_OBJECTS and not self._user:
            return _Value.NO_USER
        if name in _OBJECTS:
            return _Value.UNKNOWN
        raise _FailedError(Failure.UNKNOWN_WORD)

    def _member(self, node: Member) -> _Value:
        # The name of an app instance may stand before a dot, so any word may.
        target = _Value.UNKNOWN
        if not isinstance(node.target, Name) or node.target.name in _OBJECTS:
            target = self.value(node.target)
        if target is _Value.NO_USER and not node.safe:
            raise _FailedError(Failure.NO_USER)
        self._all(node.arguments or ())
        if self._user and _beyond_limit(node):
            raise _FailedError(Failure.GROUPS_LIMIT)
        return _Value.NULL if target is _Value.NO_USER else _Value.UNKNOWN

    def _branch(self, node: Branch) -> _Value:
        condition = self.value(node.condition)
        if node.yes is None:
            if condition in _NULLS:
                return self.value(node.no)
            return condition if condition in _NOT_NULL else _Value.UNKNOWN
        if condition is _Value.TRUE:
            return self.value(node.yes)
        if condition is _Value.FALSE:
            return self.value(node.no)
        try:
            self.value(node.yes)
        except _FailedError:
            self.value(node.no)  # both fail, or it may succeed
        return _Value.UNKNOWN

    def _operation(self, node: Operation) -> _Value:
        if node.sign in {"or", "and"}:
            return self._logical(node)
        if node.sign == "[":
            if self.value(node.parts[0]) is _Value.NO_USER:
                raise _FailedError(Failure.NO_USER)
            return _Value.UNKNOWN
        values = [self.value(part) for part in node.parts]
        if node.sign in {"==", "!="}:
            equal = _equal(*values)
            return _OPPOSITE.get(equal, equal) if node.sign == "!=" else equal
        if node.sign == "!":
            return _OPPOSITE.get(values[0], _Value.UNKNOWN)
        return _Value.PRESENT if node.sign in {"{}", "T", "new"} else _Value.UNKNOWN

    def _logical(self, node: Operation) -> _Value:
        left, right = node.parts
        settles = _Value.TRUE if node.sign == "or" else _Value.FALSE
        first = self.value(left)
        if first is settles:
            return settles
        if first is _OPPOSITE[settles]:
            return self.value(right)
        return _Value.UNKNOWN


def _literal(node: Literal) -> _Value:
    if node.kind is not TokenKind.NAME:
        return _Value.PRESENT
    return {"true": _Value.TRUE, "false": _Value.FALSE}.get(node.text, _Value.NULL)


def _equal(one: _Value, other: _Value) -> _Value:
    if one in _NULLS and other in _NULLS:
        return _Value.TRUE
    if (one in _NULLS and other in _NOT_NULL) or (other in _NULLS and one in _NOT_NULL):
        return _Value.FALSE
    return _Value.UNKNOWN


def _beyond_limit(node: Member) -> bool:
    """Whether it is a `Groups` function whose third argument is a number outside 1 to 100."""
    if node.target != Name("Groups") or node.name not in _LIMITED:
        return False
    match node.arguments:
        case (_, _, Operation("-", (Literal(text, TokenKind.NUMBER),))):
            return text.isdecimal()
        case (_, _, Literal(text, TokenKind.NUMBER)) if text.isdecimal():
            return not 1 <= int(text) <= MOST_GROUPS
        case _:
            return False
