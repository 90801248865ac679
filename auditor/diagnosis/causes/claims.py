"""Claims that cannot be evaluated, so that Okta gives no token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Confidence,
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
from auditor.tokens.people import members_known

_QUOTE = "['\u2018\u2019\"]"
_NAMED = re.compile(
    rf"{_QUOTE}([^'\"\u2018\u2019\n]{{1,200}}){_QUOTE} (?:user |system )?claim could not"
)
_LOGGED = 'eventType sw "app.oauth2" and outcome.reason eq "user_claim_evaluation_failure"'
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
    stated = _NAMED.search(case.error_text)
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
    stated = _NAMED.search(case.error_text)
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
    always = case.grant is not None or all(fault.refuses(user=one) for one in (True, False))
    decided = case.decision is not None and case.decision.decision.failed is Condition.CLAIMS
    make = proven if (alone and always) or decided else likely
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
    verdicts = [_groups_of_claim(case, server, claim) for server, claim in claims]
    return min(verdicts, key=lambda one: tuple(Confidence).index(one.confidence))


def _groups_of_claim(case: Case, server: AuthorizationServer, claim: Claim) -> CauseVerdict:
    """Whether a claim matches too many groups of the user, or may do so."""
    org, user = case.org, case.user_id
    matching = [group for group in org.groups if may_match(claim, group)]
    name = f"claim {quoted(claim.title)} of authorization server {quoted(server.title)}"
    shown = evidence(claim, "value", f"{claim.group_filter_type} {claim.value}")
    if len(matching) <= _MOST_GROUPS:
        number = counted(len(matching), "group")
        return not_so(f"{name} matches {number} of the org, and no more", shown)
    if user is None:
        text = f"{name} matches {len(matching):,} groups of the org, and a token holds"
        return likely(f"{text} {_MOST_GROUPS}", shown)
    own = sum(user in org.members(group.id) for group in matching)
    unread = sum(not members_known(org, group.id) for group in matching)
    if own > _MOST_GROUPS:
        text = f"{name} matches {own:,} groups of user {case.user_name}, and a token holds"
        return proven(f"{text} {_MOST_GROUPS}", shown)
    if own + unread > _MOST_GROUPS:
        groups = counted(unread, "group")
        return unknown(f"the members of {groups} that {name} matches were not read")
    return not_so(f"{name} matches {counted(own, 'group')} of user {case.user_name}", shown)


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
        log_filter=_LOGGED,
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
        log_filter=_LOGGED,
        source="support article on groups claims",
    ),
)
