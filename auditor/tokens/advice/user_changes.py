"""Changes to the user, or to what the client is assigned to."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.text import one_line, quoted
from auditor.tokens.advice.hypothetical import Changes, with_field
from auditor.tokens.advice.proposal import Proposal, user_name
from auditor.tokens.people import user_apps
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation

_MOST_GROUPS = 2
"""Groups of which the user could be a member that are named."""


def for_user(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The user is active."""
    user = situation.org.user(request.user or "")
    if user is not None:
        text = f"{quoted(user.title)} were active (is {one_line(str(user.status))})"
        changes = Changes({user.id: with_field(user, "status", "ACTIVE")})
        yield Proposal.of(text, request, changes)


def for_assignment(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The user is assigned to the client, directly or through a group."""
    org, client, user = situation.org, situation.client, request.user or ""
    name = user_name(org, request)
    for app in user_apps(client):
        to = "the client" if app is client else quoted(app.title)
        groups = [
            group for assignment in org.assigned_groups(app) if (group := org.group(assignment.id))
        ]
        text = f"{name} were assigned to {to}{' directly' if groups else ''}"
        yield Proposal.of(text, request, Changes(assigned=frozenset({(app.id, user)})))
        for group in groups[:_MOST_GROUPS]:
            text = f"{name} were a member of {quoted(group.title)}, which is assigned to {to}"
            yield Proposal.of(text, request, Changes(joined=frozenset({(group.id, user)})), cost=2)
