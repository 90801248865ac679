"""Whom policy rules let through, as sets that are quickly compared."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import chain

from auditor import Org
from auditor.models import EVERYONE, PolicyRule
from auditor.oauth import AUTHORIZATION_CODE, Numbering, Populations, UserSet

_READS = ("policy_rules", "group_members")


class AdmittedPeople:
    """Everybody whom active rules name, whether or not they can sign in or are assigned."""

    def __init__(self, org: Org) -> None:
        rules = [rule for server in org.servers for _, rule in org.active_rules(server)]
        groups = {group for rule in rules for group in rule.people.groups.include} - {EVERYONE}
        named = (rule.people.users.include for rule in rules)
        members = map(org.member_list, sorted(groups))
        everybody = Numbering(dict.fromkeys(chain(*named, *members)))
        self._populations = Populations(org, everybody)

    @classmethod
    def of(cls, org: Org) -> AdmittedPeople:
        """The people of an org, the same object for all who ask."""
        return org.remembered(cls, _READS)

    def of_rule(self, rule: PolicyRule) -> UserSet:
        """Those whom a rule lets through; for EVERYONE, all that any rule names."""
        return self._populations.named(rule, AUTHORIZATION_CODE).sure


def condition(rule: PolicyRule) -> Hashable:
    """What decides whom a rule lets through; many rules have the same."""
    users, groups = rule.people.users, rule.people.groups
    return users.include, groups.include, users.exclude, groups.exclude
