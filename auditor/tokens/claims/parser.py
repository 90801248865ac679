"""The grammar of expressions: precedence and forms of the Spring Expression Language.

Only what decides whether an expression fails is kept of it: the tree knows names, members, calls,
literals, comparisons with null and branches; everything else is an operation on its parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from auditor.tokens.claims.tokens import NoExpressionError, Token, TokenKind, tokens_of

MOST_LETTERS = 4_096
"""Of an expression that is looked at; Okta's own limit is lower."""

_MOST_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Name:
    """A bare word."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true, false or null."""

    text: str
    kind: TokenKind


@dataclass(frozen=True, slots=True)
class Member:
    """`target.name`, or `target?.name`; with arguments if it is a call."""

    target: Node
    name: str
    safe: bool
    arguments: tuple[Node, ...] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function that belongs to no object."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """`condition ? yes : no`; without `yes`, `condition ?: no`."""

    condition: Node
    yes: Node | None
    no: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator, or any other form, and what it is applied to."""

    sign: str
    parts: tuple[Node, ...]


Node: TypeAlias = Name | Literal | Member | Call | Branch | Operation

_OR = {"||": "or", "or": "or"}
_AND = {"&&": "and", "and": "and"}
_COMPARISONS = {"==": "==", "!=": "!=", "eq": "==", "ne": "!="} | {
    sign: sign
    for sign in (
        *("<", ">", "<=", ">=", "lt", "gt", "le", "ge"),
        *("instanceof", "matches", "between"),
    )
}
_SUMS = {"+": "+", "-": "-"}
_PRODUCTS = {sign: sign for sign in ("*", "/", "%", "div", "mod")}
_RESERVED = frozenset({"or", "and", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "not"})
_PROPERTIES = frozenset({"or", "and"})
"""Reserved words that may be the name of a member: in Spring only the others are always signs."""
_SELECTIONS = frozenset({"?[", "![", "^[", "$["})


def parsed(text: str) -> Node:
    """The tree of an expression.

    Raises:
        NoExpressionError: it is none.
        RecursionError: it is too long or too deep to be looked at.
    """
    if len(text) > MOST_LETTERS:
        raise RecursionError
    reader = _Reader(tokens_of(text))
    node = reader.expression()
    if reader.token.kind is not TokenKind.END:
        raise NoExpressionError(text)
    return node


class _Reader:
    """Reads tokens from left to right.

    Args:
        tokens: of the whole expression, with its end.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def expression(self) -> Node:
        """A whole expression: a condition with branches, or an assignment."""
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise RecursionError
        node = self._either()
        if self._accept("?"):
            yes = self.expression()
            self._expect(":")
            node = Branch(node, yes, self.expression())
        elif self._accept("?:"):
            node = Branch(node, None, self.expression())
        elif self._accept("="):
            node = Operation("=", (node, self.expression()))
        self._depth -= 1
        return node

    def _either(self) -> Node:
        return self._chain(_OR, self._both)

    def _both(self) -> Node:
        return self._chain(_AND, self._comparison)

    def _comparison(self) -> Node:
        node = self._sum()
        if sign := self._sign(_COMPARISONS):
            return Operation(sign, (node, self._sum()))
        return node

    def _sum(self) -> Node:
        return self._chain(_SUMS, self._product)

    def _product(self) -> Node:
        return self._chain(_PRODUCTS, self._power)

    def _power(self) -> Node:
        node = self._signed()
        if self._accept("^"):
            node = Operation("^", (node, self._signed()))
        if self._accept("++") or self._accept("--"):
            node = Operation("++", (node,))
        return node

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise RecursionError
        signs = {"+": "+", "-": "-", "!": "!", "not": "!", "++": "++", "--": "++"}
        sign = self._sign(signs)
        node = Operation(sign, (self._signed(),)) if sign else self._with_members()
        self._depth -= 1
        return node

    def _chain(self, signs: dict[str, str], part: Callable[[], Node]) -> Node:
        node = part()
        while sign := self._sign(signs):
            node = Operation(sign, (node, part()))
        return node

    def _with_members(self) -> Node:
        node = self._start()
        while True:
            if self._at_mark("[") or self.token.text in _SELECTIONS:
                node = self._indexed(node)
            elif self._at_mark(".") or self._at_mark("?."):
                node = self._member(node, safe=self._next().text == "?.")
            else:
                return node

    def _indexed(self, target: Node) -> Node:
        sign = self._next().text
        index = self.expression()
        self._expect("]")
        return Operation(sign, (target,) if sign in _SELECTIONS else (target, index))

    def _member(self, target: Node, *, safe: bool) -> Node:
        if self.token.text in _SELECTIONS:
            return self._indexed(target)
        name = self._next().text if self._at_property() else self._name()
        arguments = self._arguments() if self._at_mark("(") else None
        return Member(target, name, safe, arguments)

    def _at_property(self) -> bool:
        return self.token.kind is TokenKind.NAME and self.token.text.lower() in _PROPERTIES

    def _start(self) -> Node:
        token = self.token
        if token.kind in {TokenKind.TEXT, TokenKind.NUMBER}:
            return Literal(self._next().text, token.kind)
        if token.kind is TokenKind.NAME:
            return self._word()
        if self._accept("("):
            node = self.expression()
            self._expect(")")
            return node
        if self._accept("{"):
            return Operation("{}", self._items())
        if self._accept("#") or self._accept("@") or self._accept("&"):
            self._next_is_name_or_text()
            parts = self._arguments() if self._at_mark("(") else ()
            return Operation("#", parts)
        if token.text in _SELECTIONS or self._at_mark("["):
            return self._indexed(Operation("#", ()))
        raise NoExpressionError(token.text)

    def _word(self) -> Node:
        word = self._name()
        if word.lower() in {"true", "false", "null"}:
            return Literal(word.lower(), TokenKind.NAME)
        if word == "new":
            self._type_name()
            while self._accept("["):
                if not self._at_mark("]"):
                    self.expression()
                self._expect("]")
            parts = self._arguments() if self._at_mark("(") else ()
            if self._accept("{"):
                self._items()
            return Operation("new", parts)
        if self._at_mark("("):
            if word == "T":
                self._expect("(")
                self._type_name()
                while self._accept("["):
                    self._expect("]")
                self._expect(")")
                return Operation("T", ())
            return Call(word, self._arguments())
        return Name(word)

    def _type_name(self) -> None:
        self._name()
        while self._accept("."):
            self._name()

    def _items(self) -> tuple[Node, ...]:
        """The items of a list, or the values of a map: a key that is a bare word is a text."""
        items: list[Node] = []
        if self._accept(":"):
            self._expect("}")
            return ()
        while not self._accept("}"):
            if items:
                self._expect(",")
            item = self.expression()
            items.append(self.expression() if self._accept(":") else item)
        return tuple(items)

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        arguments: list[Node] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.expression())
        return tuple(arguments)

    def _name(self) -> str:
        token = self._next()
        if token.kind is not TokenKind.NAME or token.text.lower() in _RESERVED:
            raise NoExpressionError(token.text)
        return token.text

    def _next_is_name_or_text(self) -> None:
        if self._next().kind not in {TokenKind.NAME, TokenKind.TEXT}:
            raise NoExpressionError(self.token.text)

    def _next(self) -> Token:
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _at_mark(self, mark: str) -> bool:
        return self.token.kind is TokenKind.MARK and self.token.text == mark

    def _accept(self, mark: str) -> bool:
        if self._at_mark(mark):
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            raise NoExpressionError(self.token.text)

    def _sign(self, signs: dict[str, str]) -> str | None:
        token = self.token
        word = token.text.lower() if token.kind is TokenKind.NAME else token.text
        if token.kind not in {TokenKind.MARK, TokenKind.NAME} or word not in signs:
            return None
        self._next()
        return signs[word]
