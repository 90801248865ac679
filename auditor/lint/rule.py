"""How a rule is declared.

A rule is one module: its name is the rule's name, its docstring the rule's page, and
`@rule` on its one function makes it a frozen value. Importing it registers nothing;
`auditor.plugins` looks for the values.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from auditor.lint.finding import Confidence, Finding, Impact, Severity
from auditor.lint.options import RuleOptions
from auditor.lint.rule_page import DeclarationError, RulePage, markdown, read_page
from auditor.snapshot.collections import BY_NAME, lineage
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed
from auditor.tokens.answers import Answer
from auditor.tokens.wording.answers import answer_words

Check = Callable[..., Iterator[Finding]]
"""Takes the org, and the rule's options if it has some."""

_CODE = re.compile(r"[A-Z]{2,10}[0-9]{3,4}\Z")
_MODULE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: a pure function from an org to findings, and what is known about it."""

    code: str
    """Permanent, for example `OAM201`; the digits' first one is its area."""

    name: str
    """The bad state in kebab-case, for example `policy-open-to-all-clients`."""

    severity: Severity
    impact: Impact
    confidence: Confidence
    reads: frozenset[str]
    """The collections it rests on; without one of them it is not evaluated."""

    check: Check
    page: RulePage
    module: str
    """Where it is defined, for messages about rule packs."""

    options: RuleOptions | None = None
    """Its thresholds; None if it has none."""

    consults: frozenset[str] = frozenset()
    """The collections that it uses if they were read, and does without otherwise."""

    answer: Answer | None = None
    """What Okta answers when a finding bites; None where that is not known, or differs."""

    @property
    def file(self) -> Path:
        """The file that defines it."""
        code = getattr(inspect.unwrap(self.check), "__code__", None)
        return Path(code.co_filename if code else sys.modules[self.module].__file__ or self.module)

    @property
    def line(self) -> int:
        """The line of the file on which its function begins."""
        code = getattr(inspect.unwrap(self.check), "__code__", None)
        return code.co_firstlineno if code else 1

    def findings(self, org: Org) -> Iterator[Finding]:
        """Evaluate the rule over what it may see of an org."""
        seen = org.restricted_to(self.reads, self.consults)
        return self.check(seen) if self.options is None else self.check(seen, self.options)

    def markdown(self) -> str:
        """The rule's page."""
        facts = {
            "Severity": self.severity.value,
            "Impact": self.impact.value,
            "Confidence": self.confidence.value,
            "Reads": ", ".join(sorted(self.reads)),
        }
        if self.consults:
            facts["Consults"] = f"{', '.join(sorted(self.consults))} (if they were read)"
        if self.answer and (words := answer_words(self.answer)):
            facts["Okta answers"] = words
        if self.answer and self.answer.log_filter:
            facts["System Log"] = f"`{self.answer.log_filter}`"
        options = type(self.options).documented() if self.options else []
        return markdown(self.code, self.name, self.page, facts, options)


def rule(
    code: str,
    *,
    severity: Severity,
    impact: Impact,
    reads: Iterable[str],
    consults: Iterable[str] = (),
    confidence: Confidence = Confidence.HIGH,
    options: type[RuleOptions] | None = None,
    answer: Answer | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule of a module's check function.

    Args:
        code: two to ten capitals and three or four digits. `OAM` is for built-in rules.
        severity: how bad a finding is, unless configuration says otherwise.
        impact: whether it breaks something, risks something, or is dead configuration.
        reads: names of the collections the function asks the org for, not their parents.
        consults: names of those that it uses if they were read, which it asks `org.known`, and
            does without otherwise.
        confidence: how sure a finding is.
        options: the rule's thresholds; the function then takes them as its second argument.
        answer: what Okta answers to every request that a finding is about, from a source; where
            findings differ, each has its own.

    Raises:
        DeclarationError: the code, the module's name, a collection's name, the options, the answer
            or the function's parameters are unusable, or the docstring lacks a part.
    """
    names, further = frozenset(reads), frozenset(consults)
    if not _CODE.match(code):
        raise DeclarationError(
            f"{code!r} is no rule code: two to ten capitals, three or four digits"
        )
    _insist_on_member(code, "severity", severity, Severity)
    _insist_on_member(code, "impact", impact, Impact)
    _insist_on_member(code, "confidence", confidence, Confidence)
    for name in sorted((names | further) - BY_NAME.keys()):
        hint = did_you_mean(closest(name, BY_NAME)) or "."
        raise DeclarationError(
            f"{code} reads an unknown collection, {name!r}{hint} "
            f"The collections are {listed(sorted(BY_NAME), most=len(BY_NAME))}"
        )
    if not names:
        raise DeclarationError(f"{code} reads nothing")
    if twice := sorted(lineage(names) & further):
        raise DeclarationError(
            f"{code} reads and consults {', '.join(twice)}: one of them is enough"
        )

    _insist_on_options(code, options)
    if answer is not None and not isinstance(answer, Answer):
        raise DeclarationError(f"{code}: answer must be an Answer, as Answer.of(…) makes them")

    def declare(check: Check) -> Rule:
        module = sys.modules[check.__module__]
        _insist_on_parameters(code, check, with_options=options is not None)
        return Rule(
            code=code,
            name=_name(code, module.__name__.rpartition(".")[2]),
            severity=severity,
            impact=impact,
            confidence=confidence,
            reads=names,
            check=check,
            page=read_page(module.__doc__ or ""),
            module=module.__name__,
            options=options() if options else None,
            consults=further,
            answer=answer,
        )

    return declare


def _name(code: str, module: str) -> str:
    """The rule's name in kebab-case, which is its module's in snake_case."""
    if not _MODULE.match(module):
        raise DeclarationError(
            f"{code}: the rule is named after its file, whose name must be in snake_case, for "
            f"example group_without_members.py; it is {module}.py"
        )
    return module.replace("_", "-")


def _insist_on_options(code: str, options: object) -> None:
    usable = isinstance(options, type) and issubclass(options, RuleOptions)
    if options is not None and not usable:
        raise DeclarationError(f"{code}: options must be a subclass of RuleOptions")


def _insist_on_parameters(code: str, check: Check, *, with_options: bool) -> None:
    parameters = inspect.signature(check).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return
    needed = ("org", "options") if with_options else ("org",)
    if len(parameters) < len(needed):
        missing = needed[len(parameters)]
        raise DeclarationError(
            f"{code}: its function lacks the parameter `{missing}`; "
            f"it must take ({', '.join(needed)})"
        )
    if sum(parameter.default is parameter.empty for parameter in parameters) > len(needed):
        raise DeclarationError(
            f"{code}: its function must take ({', '.join(needed)}); a further parameter is for "
            "the options that @rule names, one class of them"
        )


def _insist_on_member(code: str, what: str, value: object, kind: type[StrEnum]) -> None:
    if not isinstance(value, kind):
        members = listed([f"{kind.__name__}.{member.name}" for member in kind], most=10, word="or")
        raise DeclarationError(f"{code} has the {what} {value!r}; it must be {members}")
