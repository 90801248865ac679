"""What a file of log events holds: its first line, `{"okta_auditor_log": 1, …}`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from auditor import exact_json
from auditor.collect.system_log.queries import log_filter
from auditor.system_log.log_header import GRANTS_KEY, VERSION_KEY, read_time

_VERSION = 1
MARK = f'{{"{VERSION_KEY}":{_VERSION},'.encode()
"""What a file begins with; the number is that of the format."""


@dataclass(frozen=True)
class LogTerms:
    """Which events a file holds."""

    org_url: str
    since: datetime
    until: datetime
    """The file ends here, once it is complete."""
    grants: bool = False
    """Whether it holds OAuth events that did not fail."""
    redaction: str | None = None
    """What tells the key apart by which people are replaced; None if they are not."""

    @property
    def filter(self) -> str:
        """The filter of the query."""
        return log_filter(grants=self.grants)

    def to(self, until: datetime) -> Self:
        """The same with another end."""
        return replace(self, until=until)

    @property
    def header(self) -> bytes:
        """The first line; as long as before if only its times change."""
        header: dict[str, Any] = {
            VERSION_KEY: _VERSION,
            "org": self.org_url,
            "since": okta_time(self.since),
            "until": okta_time(self.until),
            GRANTS_KEY: self.grants,
            "queries": [self.filter],
        }
        if self.redaction:
            header |= {"redacted": ["people"], "redaction_key": self.redaction}
        return exact_json.dumps(header) + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Self | None:
        """Read a first line; None if it is none, or not whole."""
        if not (line.startswith(MARK) and line.endswith(b"\n")):
            return None
        try:
            header = exact_json.loads(line)
        except ValueError:
            return None
        since, until = read_time(header.get("since")), read_time(header.get("until"))
        org_url, key = header.get("org"), header.get("redaction_key")
        if since is None or until is None or not isinstance(org_url, str):
            return None
        return cls(org_url, since, until, header.get(GRANTS_KEY) is True, key and str(key))


def okta_time(when: datetime) -> str:
    """A time in UTC as Okta writes it, with milliseconds: always of the same length."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"
