"""Every request that the demo's tenant refuses in Okta's words has one proven cause, and none else.

The decision engine is the judge: what it rejects in words of the catalogue has a cause, and where
it gives a token, no setting is blamed for an error of a token request.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest

from auditor.diagnosis.case import Case
from auditor.diagnosis.catalogue import ERRORS
from auditor.diagnosis.causes.verdict import Confidence
from auditor.diagnosis.judged_error import judged
from auditor.diagnosis.request_words import RequestWords
from auditor.lint.examples import example_snapshot
from auditor.sandbox.northwind.demo_tenant import northwind
from auditor.snapshot.collections import match
from auditor.snapshot.org import Org
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

OF_REQUESTS = {
    Condition.POLICY, Condition.ASSIGNMENT, Condition.SCOPES, Condition.GRANT, Condition.CLAIMS,
    Condition.CLIENT, Condition.ZONES,
}  # fmt: skip
"""What a request that obtains its token did not fail at."""


@pytest.fixture(scope="module")
def decider() -> Decider:
    """Of the demo's tenant with all its flaws."""
    document = northwind(datetime(2026, 11, 28, tzinfo=UTC))
    return Decider(Org.of(example_snapshot({k: v for k, v in document.items() if match(k)})))


def requests(org: Org) -> Iterator[RequestWords]:
    """Requests of each client at each server in each of its grant types."""
    users = [user.id for user in org.users[::97]][:3]
    for client in org.clients:
        for server in org.servers:
            scopes = [(scope.name,) for scope in org.scopes(server)][:2]
            for grant in client.grant_types:
                for user in [None] if grant in USERLESS_GRANTS else users:
                    for asked in ((), *scopes, ("openid", "no:such")):
                        yield RequestWords(
                            client=client.client_id,
                            server=server.id,
                            grant=grant,
                            user=user,
                            scopes=asked or None,
                            scope_omitted=not asked,
                        )


def decided(decider: Decider, words: RequestWords) -> Decision:
    named = words.named()
    assert named is not None
    scopes = frozenset(words.scopes) if words.scopes else None
    assert words.server
    assert words.client
    assert words.grant
    return decider.decide(
        TokenRequest(server=words.server, client=words.client, grant=words.grant,
                     user=words.user, scopes=scopes)
    )  # fmt: skip


def test_what_is_refused_in_known_words_has_one_cause(decider: Decider) -> None:
    causes: set[tuple[str, str]] = set()
    for words in islice(requests(decider.org), 0, None, 13):
        decision = decided(decider, words)
        if decision.outcome is not Outcome.REJECTED or not decision.error_description:
            continue
        text = decision.error_description
        (row,) = [row for row in ERRORS if row.matches(text)]
        told = judged(row, Case(decider, words, error_text=text))
        assert told.cause is not None, (row.name, words)
        proven = [one for one in told.causes if one.verdict.confidence is Confidence.PROVEN]
        assert len([one for one in proven if one.cause.in_configuration]) <= 1, (row.name, words)
        causes.add((row.name, told.cause.cause.name))
    assert len(causes) >= 10, causes


def test_what_obtains_a_token_is_no_fault_of_a_setting(decider: Decider) -> None:
    minted = 0
    for words in requests(decider.org):
        if decided(decider, words).outcome is not Outcome.MINTED:
            continue
        minted += 1
        for row in ERRORS:
            if row.condition in OF_REQUESTS:
                for one in judged(row, Case(decider, words, error_text=row.text)).causes:
                    certain = one.verdict.confidence in {Confidence.PROVEN, Confidence.LIKELY}
                    assert not (certain and one.cause.in_configuration), (row.name, one, words)
    assert minted > 20
