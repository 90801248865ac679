"""Claims that cannot be evaluated, so that Okta gives no token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import KnownError, setting
from auditor.snapshot.models.servers import AuthorizationServer, Claim
from auditor.text import counted, quoted
from auditor.tokens.claims.faults import ClaimFaultKind, claim_fault
from auditor.tokens.claims.group_claims import may_match
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import USERLESS_GRANTS

_QUOTE = "['\u2018\u2019\"]"
_NAMED = re.compile(
    rf"{_QUOTE}([^'\"\u2018\u2019\n]{{1,200}}){_QUOTE} (?:user |system )?claim could not"
)
_MOST_GROUPS = 100
"""Groups of a user that a claim holds (support article on groups claims)."""

_WHY = {
    ClaimFaultKind.NO_EXPRESSION: "its value is no expression of Okta's",
    ClaimFaultKind.NEEDS_USER: "it reads the user, and client_credentials has none",
    ClaimFaultKind.GROUPS_LIMIT: "its groups function has a limit outside 1 to 100",
}


def _servers(case: Case) -> tuple[AuthorizationServer, ...]:
    """The servers that may be meant, of which claims were read."""
    if case.server is None and case.client is not None:
        own = {one.server.id: one.server for one in case.situations if one.server}
        return tuple(one for one in own.values() if case.org.known("claims", one))
    return tuple(one for one in case.servers if case.org.known("claims", one))


def _named(case: Case) -> Iterator[tuple[AuthorizationServer, Claim]]:
    """The active claims that the error names; all of them if it names none."""
    stated = _NAMED.search(case.told)
    for server in _servers(case):
        for claim in case.org.claims(server):
            if claim.active and (stated is None or claim.title == stated[1]):
                yield server, claim


def _faulty(case: Case) -> CauseVerdict:
    if not _servers(case):
        if case.servers:
            return unknown(case.unread("claims"))
        return unknown("which server it was is not known", "--server")
    claims = list(_named(case))
    stated = _NAMED.search(case.told)
    if not claims and stated:
        return not_so(f"no server that may be meant has an active claim {quoted(stated[1])}")
    found = [(server, claim, fault) for server, claim in claims if (fault := claim_fault(claim))]
    if case.grant is not None:
        user = case.grant not in USERLESS_GRANTS
        found = [one for one in found if one[2].refuses(user=user)]
    if not found:
        return unknown(
            "nothing in the claims is certain to fail, and what they come to for this user is not "
            "evaluated here"
            if claims
            else "no claim was read"
        )
    server, claim, fault = found[0]
    text = (
        f"claim {quoted(claim.title)} of authorization server {quoted(server.title)} cannot be "
        f"evaluated: {_WHY[fault.kind]}"
    )
    alone = len({one.id for one, _ in claims}) == 1 and stated is not None
    decided = case.decision is not None and case.decision.decision.failed is Condition.CLAIMS
    make = proven if alone or decided else likely
    return make(text, evidence(claim, "value", claim.value))


def _many_groups(case: Case) -> CauseVerdict:
    org = case.org
    if not _servers(case):
        missing = "--server" if not case.words.server else ""
        return unknown("which server it was is not known", *filter(None, [missing]))
    if not org.known("groups"):
        return unknown(case.unread("groups"))
    claims = [pair for pair in _named(case) if pair[1].value_type == "GROUPS"]
    if not claims:
        return not_so("no server that may be meant has a groups claim")
    for server, claim in claims:
        matching = [group for group in org.groups if may_match(claim, group)]
        if case.user is not None:
            own = [group for group in matching if case.user.id in org.members(group.id)]
            number, whose = len(own), f"groups of user {quoted(case.user.title)}"
        else:
            number, whose = len(matching), "groups of the org"
        if number <= _MOST_GROUPS:
            continue
        text = (
            f"claim {quoted(claim.title)} of authorization server {quoted(server.title)} matches "
            f"{number:,} {whose}, and a token holds {_MOST_GROUPS}"
        )
        shown = evidence(claim, "value", f"{claim.group_filter_type} {claim.value}")
        return (proven if case.user else likely)(text, shown)
    if case.user is None and any(
        len([one for one in org.groups if may_match(claim, one)]) > _MOST_GROUPS
        for _, claim in claims
    ):
        return unknown("how many groups the user has is not known", "--user")
    return not_so(
        f"the groups claims match no more than {counted(_MOST_GROUPS, 'group')} that were read"
    )


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="claim",
        text="The 'groups' user claim could not be evaluated.",
        pattern=r"claim could not be evaluated",
        status="400, or a redirect",
        meaning="A claim of the token cannot be evaluated, so Okta gives no token at all.",
        causes=(
            setting(
                "claim-cannot-be-evaluated",
                "the expression fails, for everybody or for this user",
                "correct it, and guard what may be null",
                _faulty,
            ),
        ),
        condition=Condition.CLAIMS,
        log_filter='outcome.reason eq "user_claim_evaluation_failure"',
        source="support article on groups claims",
    ),
    KnownError(
        name="too-many-groups",
        text="The groups claim matched too many groups and must be configured to match fewer "
        "groups",
        pattern=r"groups claim matched too many groups",
        status="400, or a redirect",
        meaning="A groups claim matches more than 100 groups of the user. Authorization code and "
        "interaction code are exempt.",
        causes=(
            setting(
                "groups-claim-too-wide",
                "a groups claim matches more than 100 groups of the user",
                "filter it to the groups that the application needs",
                _many_groups,
            ),
        ),
        condition=Condition.CLAIMS,
        log_filter='outcome.reason eq "user_claim_evaluation_failure"',
        source="support article on groups claims",
    ),
)
