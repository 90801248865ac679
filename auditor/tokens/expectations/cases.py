"""The requests that an expectations file means, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.errors import UsageError, made_of_each, together
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed, one_line, quoted
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.expectations.model import Expectation
from auditor.tokens.expectations.yaml_file import Node, key_line, line_of, read_list, unusable
from auditor.tokens.lookup.errors import NotFoundError, UnreadError
from auditor.tokens.missing_facts import MissingFact
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest


@dataclass(frozen=True)
class Case:
    """An expectation, where it stands, and the request that it means."""

    expectation: Expectation
    line: int
    request: TokenRequest | None
    missing: MissingFact | None = None
    """Why there is no request: the objects that it names were not read."""

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


def read_cases(path: Path, org: Org, data: bytes | None = None) -> tuple[Case, ...]:
    """Read an expectations file, and look up in the org what it names.

    Args:
        path: the file.
        org: the org.
        data: the file's content, if it was read elsewhere.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    return tuple(made_of_each(read_list(path, data), lambda item: _case(path, org, *item)))


def _case(path: Path, org: Org, node: Node, value: Any) -> Case:
    line = line_of(node)
    if not isinstance(value, dict):
        raise unusable(path, line, "an expectation must be a mapping of keys to values.")
    try:
        expectation = Expectation.model_validate(value)
    except ValidationError as error:
        raise _invalid(path, node, error) from None
    try:
        request = expectation.named_request.resolve(org)
    except NotFoundError as error:
        text = f"{error.key}: {error.message}"
        raise unusable(path, key_line(node, error.key), text, error.remedy) from None
    except UnreadError as error:
        return Case(expectation, line, None, error.missing)
    return Case(expectation, line, request)


_CHOICES = {
    "literal_error": [outcome.value for outcome in Outcome],
    "enum": [condition.value for condition in Condition],
}
"""The values to choose from, by the type of pydantic's error: of `expect`, and of `failed`."""


def _invalid(path: Path, node: Node, error: ValidationError) -> UsageError:
    """All that is wrong with an expectation."""
    problems = error.errors(include_url=False)
    problems.sort(key=lambda problem: key_line(node, str(problem["loc"][0])))
    return together([_problem(path, node, problem) for problem in problems])


def _problem(path: Path, node: Node, problem: Any) -> UsageError:
    key = one_line(str(problem["loc"][0]))
    if problem["type"] == "extra_forbidden":
        sentence = _ended(f"unknown key {quoted(key)}", closest(key, Expectation.model_fields))
    elif problem["type"] == "missing":
        sentence = f"{key}: the key is missing."
    else:
        sentence = f"{key}: {_wrong_value(problem)}"
    return unusable(path, key_line(node, str(problem["loc"][0])), sentence)


def _wrong_value(problem: Any) -> str:
    """What a value must be, with a full stop."""
    kinds = {
        "string_type": "text",
        "bool_type": "true or false",
        "int_type": "a whole number",
        "list_type": "a list",
    }
    given = problem["input"]
    if problem["type"] in _CHOICES:
        names = _CHOICES[problem["type"]]
        meant = closest(given, names) if isinstance(given, str) else None
        return _ended(f"must be {listed(names, most=len(names), word='or')}", meant)
    if problem["type"] in kinds:
        hint = "; put it in quotes" if problem["type"] == "string_type" and _scalar(given) else ""
        return f"must be {kinds[problem['type']]}{hint}."
    return f"{problem['msg']}."


def _ended(clause: str, meant: str | None) -> str:
    """A sentence that may ask about the word that was meant."""
    return f"{clause}." if meant is None else f"{clause}{did_you_mean(meant)}"


def _scalar(value: object) -> bool:
    return value is not None and not isinstance(value, (list, dict))
