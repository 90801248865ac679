"""Expectations: what token requests should be answered with, pinned in a YAML file.

The file is a list; docs/decisions.md describes it. It is read as data only, without tags
that build objects, and every complaint names the line and the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml  # type: ignore[import-untyped] # no stubs among the pinned requirements
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from auditor.errors import UsageError
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed, one_line, quoted
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision, Outcome
from auditor.tokens.lookup import NotFoundError, UnreadError, Words
from auditor.tokens.request import TokenRequest

_Node: TypeAlias = Any
"""A node of PyYAML's tree: it knows the line where it stands."""

_LARGEST_FILE = 10_000_000
_LARGEST_TREE = 200_000
"""Values that a file may hold once its aliases are written out."""

_REQUEST = frozenset(
    {"server", "client", "grant", "user", "scopes", "response_type", "redirect_uri", "pkce", "dpop"}
)


class Expectation(BaseModel):
    """One request and what should become of it.

    Of the keys after `expect`, those that are given are asserted, null included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str | None = Field(default=None, description="What is expected, in a few words.")
    server: str = Field(description="Name or id of an authorization server, or `org`.")
    client: str = Field(description="Label, client id or app id of a client.")
    grant: str = Field(description="Grant type; the short names of URNs will do.")
    user: str | None = Field(default=None, description="Login or id of the user.")
    scopes: list[str] | None = Field(
        default=None, description="Scopes asked for; left out, the request leaves them out."
    )
    response_type: str | None = Field(default=None, description="Space-separated.")
    redirect_uri: str | None = Field(default=None, description="Left out: a registered one.")
    pkce: bool | None = Field(default=None, description="Whether a code challenge is sent.")
    dpop: bool | None = Field(default=None, description="Whether a DPoP proof is sent.")
    expect: Literal["minted", "rejected", "indeterminate"]
    error: str | None = Field(default=None, description="The OAuth error.")
    error_description: str | None = Field(default=None, description="The error's description.")
    reason: str | None = Field(default=None, description="`outcome.reason` of the System Log.")
    policy: str | None = Field(default=None, description="Name or id of the deciding policy.")
    rule: str | None = Field(default=None, description="Name or id of the deciding rule.")
    granted_scopes: list[str] | None = Field(default=None, description="In any order.")
    access_token_minutes: int | None = Field(default=None, description="Access token lifetime.")
    refresh_token: bool | None = Field(
        default=None, description="Whether a refresh token comes with it."
    )

    @property
    def title(self) -> str:
        """The name, or the request in short."""
        who = f" for {self.user}" if self.user else ""
        return self.name or f"{self.client} at {self.server} by {self.grant}{who}"

    @property
    def words(self) -> Words:
        """The request in the file's words."""
        return Words(
            server=self.server,
            client=self.client,
            grant=self.grant,
            user=self.user,
            scopes=None if self.scopes is None else tuple(self.scopes),
            response_type=self.response_type,
            redirect_uri=self.redirect_uri,
            pkce=self.pkce,
            dpop=self.dpop,
        )

    @property
    def expected(self) -> dict[str, Any]:
        """The keys that are asserted, with their values."""
        return {
            key: getattr(self, key)
            for key in type(self).model_fields
            if key in self.model_fields_set and key not in _REQUEST | {"name"}
        }

    def differences(self, decision: Decision) -> tuple[str, ...]:
        """The keys whose values the decision does not have."""
        return tuple(key for key in self.expected if not self._holds(key, decision))

    def _holds(self, key: str, decision: Decision) -> bool:
        wanted = getattr(self, key)
        if key == "expect":
            return bool(decision.outcome.value == wanted)
        if key in {"policy", "rule"}:
            found = decision.policy if key == "policy" else decision.rule
            return wanted in ({found.id, found.title} if found else {None})
        if key == "granted_scopes":
            return set(decision.granted_scopes) == set(wanted or ())
        return bool(getattr(decision, key) == wanted)


@dataclass(frozen=True)
class Case:
    """An expectation, where it stands, and the request that it means."""

    expectation: Expectation
    line: int
    request: TokenRequest | None
    missing: str | None = None
    """Why there is no request: what its words should name was not read."""

    def run(self, decider: Decider) -> Result:
        """Decide the request."""
        if self.request is None:
            decision = Decision(outcome=Outcome.INDETERMINATE, missing=self.missing)
        else:
            decision = decider.decide(self.request)
        return Result(self, decision)


@dataclass(frozen=True)
class Result:
    """What became of a case."""

    case: Case
    actual: Decision

    @property
    def differences(self) -> tuple[str, ...]:
        """The keys that are not as expected."""
        return self.case.expectation.differences(self.actual)

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences

    @property
    def undecided(self) -> bool:
        """Whether a definite answer was expected and there is none."""
        definite = self.case.expectation.expect != Outcome.INDETERMINATE.value
        return definite and self.actual.outcome is Outcome.INDETERMINATE

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON value; key names are part of the contract."""
        return {
            "name": self.case.expectation.title,
            "passed": self.passed,
            "expected": self.case.expectation.expected,
            "actual": self.actual.as_json(),
        }


def expectations_schema() -> dict[str, Any]:
    """The JSON Schema of an expectations file."""
    schema = TypeAdapter(list[Expectation]).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor expectations",
        "minItems": 1,
        **schema,
    }


def read_cases(path: Path, org: Org) -> tuple[Case, ...]:
    """Read an expectations file, and find in the org what its words name.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    root = _tree(path)
    _check_tree(path, root)
    values = _values(path, root)
    if not isinstance(values, list) or not values:
        raise _unusable(path, 1, "it must be a list of expectations, with one at least")
    found = [_case(path, org, node, value) for node, value in zip(root.value, values, strict=True)]
    return tuple(found)


def _case(path: Path, org: Org, node: _Node, value: Any) -> Case:
    line = _line(node)
    if not isinstance(value, dict):
        raise _unusable(path, line, "an expectation must be a mapping of keys to values")
    try:
        expectation = Expectation.model_validate(value)
    except ValidationError as error:
        raise _invalid(path, node, error) from None
    try:
        request = expectation.words.request(org)
    except NotFoundError as error:
        text = f"{error.key}: {error.message}"
        raise _unusable(path, _key_line(node, error.key), text, error.remedy) from None
    except UnreadError as error:
        return Case(expectation, line, None, error.missing)
    return Case(expectation, line, request)


def _tree(path: Path) -> _Node:
    """The file as nodes that know their lines."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > _LARGEST_FILE:
        raise UsageError(f"{path} is larger than {_LARGEST_FILE // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unusable(path, mark.line + 1 if mark else 1, str(error.problem)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _unusable(path, line, "it holds a character that YAML does not allow") from None
    except RecursionError:
        raise _unusable(path, 1, "it is nested too deeply") from None
    if root is None:
        raise _unusable(path, 1, "it is empty; a list of expectations is needed")
    return root


def _values(path: Path, root: _Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unusable(path, mark.line + 1 if mark else 1, str(error.problem)) from None
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        # A date such as 2026-13-45 is one to PyYAML until it tries to build it.
        raise _unusable(path, _line(root), one_line(str(error))) from None
    finally:
        loader.dispose()


def _check_tree(path: Path, root: _Node) -> None:
    """Refuse keys that are given twice, and aliases that repeat without reason or end."""
    sizes: dict[int, int] = {}
    under_way: set[int] = set()

    def size(node: _Node) -> int:
        if id(node) in under_way:
            raise _unusable(path, _line(node), "an anchor must not contain itself")
        if id(node) not in sizes:
            under_way.add(id(node))
            _check_keys(path, node)
            sizes[id(node)] = 1 + sum(map(size, _children(node)))
            under_way.remove(id(node))
            if sizes[id(node)] > _LARGEST_TREE:
                raise _unusable(path, _line(node), "its aliases repeat too much")
        return sizes[id(node)]

    try:
        size(root)
    except RecursionError:
        raise _unusable(path, 1, "it is nested too deeply") from None


def _children(node: _Node) -> Iterator[_Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _check_keys(path: Path, node: _Node) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _unusable(path, _line(key), "a key must be a plain word")
        if key.value in seen:
            raise _unusable(path, _line(key), f"{one_line(key.value)}: the key is given twice")
        seen.add(key.value)


def _invalid(path: Path, node: _Node, error: ValidationError) -> UsageError:
    """The first thing that is wrong with an expectation, and how much more there is."""
    problems = error.errors(include_url=False)
    known = list(Expectation.model_fields)
    first = min(problems, key=lambda item: _key_line(node, str(item["loc"][0])))
    key = one_line(str(first["loc"][0]))
    if first["type"] == "extra_forbidden":
        what = f"unknown key {quoted(key)}{did_you_mean(closest(key, known))}"
    elif first["type"] == "missing":
        what = f"{key}: the key is missing"
    else:
        what = f"{key}: {_wrong_value(first)}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return _unusable(path, _key_line(node, str(first["loc"][0])), what + more)


def _wrong_value(problem: Any) -> str:
    kinds = {
        "string_type": "text",
        "bool_type": "true or false",
        "int_type": "a whole number",
        "list_type": "a list",
    }
    given = problem["input"]
    if problem["type"] == "literal_error":
        near = closest(given, _outcomes()) if isinstance(given, str) else None
        return f"must be {listed(_outcomes(), word='or')}{did_you_mean(near)}"
    if problem["type"] in kinds:
        hint = "; put it in quotes" if problem["type"] == "string_type" and _scalar(given) else ""
        return f"must be {kinds[problem['type']]}{hint}"
    return str(problem["msg"])


def _outcomes() -> list[str]:
    return [outcome.value for outcome in Outcome]


def _scalar(value: object) -> bool:
    return value is not None and not isinstance(value, (list, dict))


def _line(node: _Node) -> int:
    return int(node.start_mark.line) + 1


def _key_line(node: _Node, key: str) -> int:
    """The line of a key, or of the expectation where it is not given."""
    pairs: Iterable[tuple[_Node, _Node]] = node.value
    return next((_line(name) for name, _ in pairs if name.value == key), _line(node))


def _unusable(path: Path, line: int, what: str, remedy: str = "") -> UsageError:
    text = what if what.endswith((".", "?")) else f"{what}."
    return UsageError(
        f"{path}:{line}: {text}",
        remedy=remedy or "`okta-auditor schema expectations` describes every key.",
    )
