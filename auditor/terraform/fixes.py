"""Which findings have an exact fix in HCL, and what it is.

A fix is exact if it takes the mistake away and nothing that somebody may have meant. Each one is
tried before it is shown: `auditor.cli.audit.hcl_fixes` lays the changed plan over the base again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """An attribute gets a value."""

    attribute: str
    value: Any

    @property
    def hcl(self) -> str:
        """The value as HCL has it."""
        return f'"{self.value}"' if isinstance(self.value, str) else str(self.value).lower()


@dataclass(frozen=True, slots=True)
class Removal:
    """A list loses a member: one that is named here, or what the finding's key says."""

    attribute: str
    member: str = ""


Fix = Setting | Removal

EXACT_FIXES: Mapping[str, tuple[Fix, ...]] = {
    "OAM203": (Removal("client_whitelist"),),
    "OAM302": (Removal("scope_whitelist"),),
    "OAM304": (Removal("grant_type_whitelist", "implicit"),),
    "OAM305": (Removal("grant_type_whitelist", "password"),),
    "OAM306": (Removal("group_whitelist"), Removal("group_blacklist")),
    "OAM405": (Removal("scopes"),),
    "OAM406": (Setting("default", value=False),),
    "OAM411": (Setting("metadata_publish", "NO_CLIENTS"),),
    "OAM505": (Removal("grant_types", "implicit"),),
    "OAM506": (Removal("grant_types", "password"),),
    "OAM507": (Setting("pkce_required", value=True),),
    "OAM508": (Setting("wildcard_redirect", "DISABLED"),),
    "OAM510": (Setting("refresh_token_rotation", "ROTATE"),),
    "OAM514": (Setting("pkce_required", value=True),),
    "OAM516": (Setting("implicit_assignment", value=False),),
    "OAM522": (Setting("auto_key_rotation", value=True),),
    "OAM707": (Setting("credentials_rotation_mode", "AUTO"),),
}
"""By rule; the first that the block and its plan allow is taken."""


def fixed_value(fix: Fix, attributes: Mapping[str, Any], key: str) -> Any:
    """What an attribute is after a fix; None if the fix does not apply.

    Args:
        fix: the fix.
        attributes: of the resource, as the plan has them.
        key: of the finding.
    """
    if isinstance(fix, Setting):
        return fix.value
    members = attributes.get(fix.attribute)
    member = fix.member or key
    if not isinstance(members, list) or member not in members:
        return None
    return [one for one in members if one != member]
