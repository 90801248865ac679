"""Which attribute of a plan leaves a decision open, where that is not one of what is decided about.

A missing fact such as "the assignments of the client" may be missing because the members of a group
are known after apply: then the attribute is named beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from auditor.snapshot.org import Org
from auditor.tokens.decision import Decision
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.people import user_apps
from auditor.tokens.situation import Situation

_OF_SCOPES = frozenset({MissingFactKind.SCOPES, MissingFactKind.DEFAULT_SCOPES})


def with_attribute(situation: Situation, decision: Decision) -> Decision:
    """The decision with the attribute that its missing fact is missing for, if there is one."""
    missing = decision.missing
    if missing is None or missing.attribute:
        return decision
    attribute = next(filter(None, _attributes(situation, missing)), "")
    return (
        replace(decision, missing=replace(missing, attribute=attribute)) if attribute else decision
    )


def _attributes(situation: Situation, missing: MissingFact) -> Iterator[str]:
    org, server = situation.org, situation.server
    if missing.kind in _OF_SCOPES and server is not None:
        yield org.not_known_before_apply("scopes", server, server)
    elif missing.kind is MissingFactKind.ASSIGNMENTS:
        for app in user_apps(situation.client):
            for name in ("app_users", "app_groups"):
                yield org.not_known_before_apply(name, app, app)
            if org.known("app_groups", app):
                yield from _members(org, (group.id for group in org.assigned_groups(app)))
    elif missing.kind is MissingFactKind.ADMISSION and missing.rule is not None:
        groups = missing.rule.people.groups
        yield from _members(org, (*groups.include, *groups.exclude))


def _members(org: Org, groups: Iterable[str]) -> Iterator[str]:
    for group_id in groups:
        if group := org.group(group_id):
            yield org.not_known_before_apply("group_members", group, group)
