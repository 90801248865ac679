"""People in events of the System Log replaced by keyed hashes, before anything is written.

With the key of `evidence export --redact people` they have the same pseudonyms as in a redacted
snapshot, so that events and that snapshot fit together. To a snapshot that is not redacted,
clients, servers, rules and scopes still lead, people do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.pseudonyms import Pseudonyms
from auditor.system_log.event_types import PEOPLE

"""Types of actors and targets that are people."""
_UNKNOWN = "unknown"
"""What Okta writes for an actor that it does not know."""


class EventRedactor:
    """Replaces ids, logins and addresses of people, and leaves out their names.

    A login that is no address is recognised where Okta says that it is one (`alternateId` of a
    user), but not as a word in a sentence.
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """A redacted event; `uuid`, `published` and `eventType` stay as they are."""
        stay = {name: event[name] for name in ("uuid", "published", "eventType") if name in event}
        return {name: stay.get(name) or self._value(value) for name, value in event.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._pseudonyms.text(value)
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            if value.get("type") in PEOPLE:
                return self._person(value)
            return {self._pseudonyms.text(name): self._value(item) for name, item in value.items()}
        return value

    def _person(self, person: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {"type": person["type"]}
        identity, login = person.get("id"), person.get("alternateId")
        if isinstance(identity, str):
            known = identity.lower() != _UNKNOWN
            kept["id"] = self._pseudonyms.person(identity) if known else identity
        if isinstance(login, str):
            known = login.lower() != _UNKNOWN
            kept["alternateId"] = self._pseudonyms.login(login) if known else login
        if "changeDetails" in person:
            kept["changeDetails"] = self._value(person["changeDetails"])
        return {name: kept[name] for name in person if name in kept}
