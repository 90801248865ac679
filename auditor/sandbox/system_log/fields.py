"""What a filter of the System Log may name: members of `LogEvent` (Management API 2026.06.3).

`published` may not be named, because it gets in the way of `since`, `until` and `after`, nor may
`changeDetails` of targets; `co` does not work with the address of a request (page "System Log
query"). That page writes some names with underscores, so both ways of writing are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from auditor.sandbox.expressions import FilterError

Json = dict[str, Any]

_GEOGRAPHY = "geographicalContext."

_MEMBERS = {
    "actor": "alternateId detailEntry. displayName id type",
    "authenticationContext": """
        authenticationProvider authenticationStep credentialProvider credentialType
        externalSessionId interface issuer issuer.id issuer.type rootSessionId
    """,
    "client": f"""
        device {_GEOGRAPHY} id ipAddress userAgent userAgent.browser userAgent.os
        userAgent.rawUserAgent zone
    """,
    "debugContext": "debugData debugData.",
    "device": """
        device_integrator device_integrator. disk_encryption_type id jailbreak managed name
        os_platform os_version registered screen_lock_type secure_hardware_present
    """,
    "displayMessage": "",
    "eventType": "",
    "legacyEventType": "",
    "outcome": "reason result",
    "request": "ipChain ipChain.ip ipChain.source ipChain.version ipChain.geographicalContext.",
    "securityContext": """
        asNumber asOrg botProtection. domain ipDetails. isp isProxy risk. userBehaviors
        userBehaviors.
    """,
    "severity": "",
    "target": "alternateId detailEntry. displayName id type",
    "transaction": "detail detail. id type",
    "uuid": "",
    "version": "",
}
"""Members of members; what ends in a dot may hold anything."""

_URLS = frozenset({"debugContext.debugData.url", "debugContext.debugData.requestUri"})


class InvalidFieldError(FilterError):
    """A filter names what is no field, or none to filter by."""


class UnsupportedPairError(FilterError):
    """An operator does not work with a field."""

    def __init__(self, operator: str, field: str) -> None:
        super().__init__(f"{operator} does not work with {field}")
        self.operator = operator
        self.field = field


def admit(attribute: str, operator: str) -> None:
    """Refuse what the System Log does not filter by.

    Raises:
        FilterError: the attribute is no field, or the operator does not work with it.
    """
    field = _camel(attribute)
    if not _is_field(field):
        raise InvalidFieldError(attribute)
    if operator == "co" and field in _URLS:
        raise UnsupportedPairError(operator, attribute)


def values(event: Json, attribute: str) -> Iterable[Any]:
    """What an event has at a field; of a list, each element."""
    return _walk(event, _member_names(attribute))


def _walk(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    for place, name in enumerate(names):
        if isinstance(value, list):
            for each in value:
                yield from _walk(each, names[place:])
            return
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    if isinstance(value, list):
        yield from value
    else:
        yield value


@lru_cache(maxsize=256)
def _member_names(attribute: str) -> tuple[str, ...]:
    return tuple(_camel(attribute).split("."))


def _camel(attribute: str) -> str:
    first, dot, rest = attribute.partition(".")
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), first) + dot + rest


def _is_field(field: str) -> bool:
    first, _, rest = field.partition(".")
    if first not in _MEMBERS:
        return False
    return not rest or any(
        rest == member.removesuffix(".") or (member.endswith(".") and rest.startswith(member))
        for member in _MEMBERS[first].split()
    )
