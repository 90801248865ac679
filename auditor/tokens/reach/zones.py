"""Whom a client's network zones let in, for sets of people."""

from __future__ import annotations

from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org
from auditor.tokens.grants import IMPLICIT
from auditor.tokens.reach.user_sets import UncertainUsers
from auditor.tokens.token_endpoint import zones_in_doubt


def let_in(org: Org, people: UncertainUsers, client: App, grant: str) -> UncertainUsers:
    """Some people; nobody for certain where the zones of a client leave that open.

    Args:
        org: the tenant; a restricted view must consult `network_zones`.
        people: those who use the client.
        client: the client.
        grant: the grant type.
    """
    if grant == IMPLICIT or not zones_in_doubt(org, client):
        return people
    return UncertainUsers(people.sure - people.sure, people.possible)
