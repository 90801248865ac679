"""The search for the nearest changes with which a rejected request would be minted.

Every piece of advice has been tried: the request is decided again in an org with the change,
and a change that does not lead to a token is not advised. Where one change is not enough, a
further one is looked for in the org that has the first, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.text import counted, duration, quoted
from auditor.tokens.advice.hypothetical import HypotheticalOrg
from auditor.tokens.advice.proposal import Proposal
from auditor.tokens.advice.proposals import proposals
from auditor.tokens.advice.reached_people import more_people
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

_MOST_ADVICE = 4
"""How many pieces of advice are given at most."""

_MOST_PROPOSALS_TRIED = (12, 6, 3)
"""How many proposals are tried as the first change, as the second, and as the third."""

_MOST_EXTRA_COST = 3
"""How much more than the cheapest proposal another one may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One way to a token, in words that go on from "it would pass if"."""

    text: str
    decision: Decision
    """What the request then becomes."""

    more_people: int | None = None
    """How many more people could then make the same request; None if not counted."""

    def as_json(self) -> dict[str, Any]:
        """The advice as a JSON value."""
        rule = self.decision.rule
        return {
            "text": self.text,
            "rule": {"id": rule.id, "name": rule.title} if rule else None,
            "access_token_minutes": self.decision.access_token_minutes,
            "more_people": self.more_people,
        }


@dataclass(frozen=True)
class _Trial:
    """A proposal that was tried."""

    proposal: Proposal
    decision: Decision


def advise(decider: Decider, request: TokenRequest, decision: Decision) -> tuple[Advice, ...]:
    """How a rejected request could be made to pass; nothing for one that is not rejected."""
    if decision.outcome is not Outcome.REJECTED:
        return ()
    successes: list[_Trial] = []
    rejections = [_Trial(Proposal((), request), decision)]
    for changes, most in enumerate(_MOST_PROPOSALS_TRIED, 1):
        trials = [
            trial for rejection in rejections for trial in _trials(decider, rejection, most=most)
        ]
        successes = [trial for trial in trials if trial.decision.outcome is Outcome.MINTED]
        if successes:
            # What takes several changes is far away; two examples of it say enough.
            chosen = _nearest(successes, most=_MOST_ADVICE if changes == 1 else _MOST_ADVICE // 2)
            return tuple(_advice(decider, request, trial) for trial in chosen)
        rejections = [trial for trial in trials if trial.decision.outcome is Outcome.REJECTED]
    return ()


def _trials(decider: Decider, rejection: _Trial, *, most: int) -> Iterator[_Trial]:
    """A rejected proposal with one more change, for each change that its rejection calls for."""
    rejected = rejection.proposal
    changed = _decider_after(decider, rejected)
    for further in proposals(changed, rejected.request, rejection.decision)[:most]:
        both = rejected.followed_by(further)
        yield _Trial(both, _decider_after(decider, both).decide(both.request))


def _decider_after(decider: Decider, proposal: Proposal) -> Decider:
    """Decides for the org as it would be with a proposal's changes."""
    return Decider(HypotheticalOrg(decider.org, proposal.changes), decider.oidc_scopes)


def _nearest(successes: list[_Trial], *, most: int) -> list[_Trial]:
    """The first of those that cost little more than the cheapest, one for the same clauses."""
    highest = min(trial.proposal.cost for trial in successes) + _MOST_EXTRA_COST
    by_clauses = {
        trial.proposal.clauses: trial for trial in successes if trial.proposal.cost <= highest
    }
    return list(by_clauses.values())[:most]


def _advice(decider: Decider, request: TokenRequest, trial: _Trial) -> Advice:
    proposal, decision = trial.proposal, trial.decision
    people, rule = more_people(decider, request, proposal), decision.rule
    details = []
    if rule and rule.id not in {named.id for named in proposal.rules}:
        details.append(f"rule {quoted(rule.title)}")
    if rule and decision.access_token_minutes is not None:
        details.append(f"access token {duration(decision.access_token_minutes)}")
    if people is not None:
        details.append(f"this would reach {counted(people, 'more person', 'more people')}")
    text = " and ".join(proposal.clauses)
    text = f"{text} ({', '.join(details)})" if details else text
    return Advice(text=text, decision=decision, more_people=people)
