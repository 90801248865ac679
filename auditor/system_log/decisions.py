"""What the decision engine makes of a group's requests, person by person, held against the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.snapshot.org import Org
from auditor.system_log.groups import Group
from auditor.system_log.situations import Situations, UndecidedReason
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest
from auditor.tokens.steps import PolicyStep, RuleStep, Step
from auditor.tokens.usual_request import usual_request

MOST_DECISIONS = 150_000
"""Decisions for one log, shared by its groups: some seconds."""
_FEWEST_DECISIONS = 5
"""Of a group."""
_SHOWN_PEOPLE = 3

_BEFORE_SCOPES = frozenset(
    {
        *(Condition.SERVER, Condition.CLIENT, Condition.ZONES, Condition.KEYS, Condition.GRANT),
        *(Condition.REFRESH, Condition.USER, Condition.ASSIGNMENT),
    }
)
"""Conditions that fail whatever the request asks for."""


_SCOPES_REASON = "no_matching_scope"
"""A reason that token requests are refused with for their scopes (Elastic's hunting query "Failed
OAuth Access Token Retrieval via Public Client App", event `app.oauth2.as.token.grant`). Whether it
is of scopes that the server lacks, or that no rule allows, is not published."""


class Agreement(StrEnum):
    """How what a snapshot says of requests goes with their having failed."""

    CONFIRMED = "confirmed"
    """The snapshot rejects them for the reason that the log has."""
    REASON_NOT_PUBLISHED = "reason_not_published"
    """It rejects them; what the log says of such a rejection is not published, or the events give
    no reason."""
    OTHER_REASON = "other_reason"
    """It rejects them, for a reason that the log words differently."""
    MINTED = "minted"
    """It gives the tokens."""
    INDETERMINATE = "indeterminate"
    UNKNOWN = "unknown"
    """What the requests were is not known well enough to decide them."""
    NOT_DECIDED = "not_decided"
    """They are of more people than are looked at."""


@dataclass(slots=True)
class Outcomes:
    """Requests of a group of which the snapshot says the same."""

    agreement: Agreement
    steps: DecisionSteps | None = None
    """The decision on one of them."""
    unknown: UndecidedReason | None = None
    stop: Step | None = None
    """Where a rejected request stops: at a check; where no rule matches, at the rule that comes
    nearest to matching, or at the policies, where none has a rule that could."""
    count: int = 0
    people: int = 0
    first_people: list[str] = field(default_factory=list)
    """Ids of the first few of them, those with the most requests first."""

    @property
    def decision(self) -> Decision | None:
        """What becomes of the requests."""
        return None if self.steps is None else self.steps.decision


class GroupDecider:
    """Decides the requests of groups.

    Of a group with very many people, those with the most requests are looked at.

    Args:
        decider: of the snapshot.
        groups: how many groups there are.
    """

    def __init__(self, decider: Decider, groups: int) -> None:
        self._decider = decider
        self._most = max(_FEWEST_DECISIONS, MOST_DECISIONS // max(groups, 1))

    def outcomes(self, group: Group, known: Situations) -> tuple[Outcomes, ...]:
        """What the snapshot says of a group's requests; the most frequent answer first."""
        if known.unknown is not None:
            return (_all_of(group, Outcomes(Agreement.UNKNOWN, unknown=known.unknown)),)
        outcomes: dict[tuple[object, ...], Outcomes] = {}
        for number, (user, count) in enumerate(self._people(group, known)):
            if number < self._most:
                outcome = self._decided(group, known, user)
            else:
                outcome = Outcomes(Agreement.NOT_DECIDED)
            same = outcomes.setdefault(_signature(outcome), outcome)
            same.count += count
            if user is not None:
                same.people += 1
                if len(same.first_people) < _SHOWN_PEOPLE:
                    same.first_people.append(user)
        return tuple(sorted(outcomes.values(), key=lambda outcome: -outcome.count))

    def _people(self, group: Group, known: Situations) -> Iterator[tuple[str | None, int]]:
        """The users of a group's requests, each once, with the number of requests."""
        if USERLESS_GRANTS.issuperset(known.grants):
            yield None, group.count
            return
        yield from group.ranked_people
        if group.without_user:
            yield None, group.without_user

    def _decided(self, group: Group, known: Situations, user: str | None) -> Outcomes:
        assert known.client is not None
        by_grant: list[Outcomes] = []
        for grant in known.grants:
            scopes = group.key.scopes or None
            user_id = None if user is None else _user_id(self._decider.org, user)
            request = usual_request(known.server, known.client, grant, user_id, scopes)
            by_grant.append(self._compared(group, request))
        # Where the flow is not known, only what is so in each says something.
        first = by_grant[0]
        if any(_signature(other) != _signature(first) for other in by_grant[1:]):
            return Outcomes(Agreement.UNKNOWN, unknown=UndecidedReason.NO_GRANT)
        return first

    def _compared(self, group: Group, request: TokenRequest) -> Outcomes:
        steps = self._decider.explain(request)
        decision = steps.decision
        scopes_matter = decision.failed not in _BEFORE_SCOPES
        if group.key.scopes is None and scopes_matter:
            return Outcomes(Agreement.UNKNOWN, unknown=UndecidedReason.SCOPES)
        user, org = request.user, self._decider.org
        if decision.failed is Condition.USER and user is not None and org.user(user) is None:
            return Outcomes(Agreement.UNKNOWN, unknown=UndecidedReason.USER)
        match decision.outcome:
            case Outcome.MINTED:
                return Outcomes(Agreement.MINTED, steps)
            case Outcome.INDETERMINATE:
                return Outcomes(Agreement.INDETERMINATE, steps)
            case _:
                agreement = _agreement(group.key.reason, decision)
                return Outcomes(agreement, steps, stop=stopping_step(steps))


def _user_id(org: Org, name: str) -> str:
    """The id of a user whom the log names by id, or by login where it has no id."""
    if not org.known("users") or "@" not in name:
        return name
    found = [user for user in org.users_like(name) if user.title == name]
    return found[0].id if len(found) == 1 else name


def _agreement(reason: str, decision: Decision) -> Agreement:
    """Whether the log gives the reason that the decision expects."""
    if reason and reason in {decision.reason, decision.error_description}:
        return Agreement.CONFIRMED
    of_scopes = decision.failed in {Condition.SCOPES, Condition.POLICY}
    if reason == _SCOPES_REASON and of_scopes:
        return Agreement.REASON_NOT_PUBLISHED
    if reason and decision.reason is not None:
        return Agreement.OTHER_REASON
    return Agreement.REASON_NOT_PUBLISHED


def stopping_step(steps: DecisionSteps) -> Step | None:
    """Where a rejected request stops; None where no policy is for the client.

    Conditions of a rule are tried in the order grant type, scopes, people: of the rules that do
    not match the one that met most of them is nearest, the first in Okta's order where several are.
    """
    if steps.decision.failed is not Condition.POLICY:
        return steps.steps[-1] if steps.steps else None
    rules = [
        step
        for step in steps.steps
        if isinstance(step, RuleStep) and step.failed in _RULE_CONDITIONS
    ]
    if rules:
        return max(rules, key=lambda step: _RULE_CONDITIONS.index(step.failed))
    applying = (step for step in steps.steps if isinstance(step, PolicyStep) and not step.failed)
    return next(applying, None)


_RULE_CONDITIONS: tuple[Condition | None, ...] = (
    Condition.GRANT,
    Condition.SCOPES,
    Condition.PEOPLE,
)


def decision_path(steps: DecisionSteps) -> tuple[object, ...]:
    """What decided a request, to compare requests by: the condition, and how each rule failed."""
    rules = tuple(
        (step.candidate.policy.id, step.candidate.rule and step.candidate.rule.id, step.failed)
        for step in steps.steps
        if isinstance(step, RuleStep)
    )
    return (steps.request.server, steps.decision.outcome, steps.decision.failed, rules)


def _signature(outcome: Outcomes) -> tuple[object, ...]:
    if outcome.steps is None:
        return (outcome.agreement, outcome.unknown)
    missing = outcome.steps.decision.missing
    rule = outcome.steps.decision.rule
    return (
        outcome.agreement,
        decision_path(outcome.steps),
        missing and missing.text,
        rule and rule.id,
    )


def _all_of(group: Group, outcome: Outcomes) -> Outcomes:
    outcome.count = group.count
    outcome.people = len(group.people)
    outcome.first_people = [user for user, _ in group.ranked_people[:_SHOWN_PEOPLE]]
    return outcome
