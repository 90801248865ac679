"""Which scopes look privileged. A scope's meaning is its API's own; its name is a hint."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import Field

from auditor import PrivilegedScopeOptions

from ._patterns import Patterns, matches

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\*")


class PrivilegeOptions(PrivilegedScopeOptions):
    """What every rule goes by that asks whether a scope is privileged.

    Names are read word by word, so that `calls:read` is not taken for `all`:

    >>> options = PrivilegeOptions()
    >>> names = ("orders.write", "fullAccess", "orders:*", "calls:read", "payments:refund")
    >>> [options.privileged(name) for name in names]
    [True, True, True, False, False]
    >>> PrivilegeOptions(privileged_scopes=("pay*:refund",)).privileged("payments:refund")
    True
    """

    privileged_scopes: Patterns = Field(
        default=(
            "[*]",
            "admin",
            "administer",
            "administrator",
            "all",
            "create",
            "delete",
            "edit",
            "full",
            "impersonate",
            "manage",
            "modify",
            "purge",
            "readwrite",
            "remove",
            "root",
            "rw",
            "sudo",
            "superuser",
            "update",
            "write",
            "writer",
        ),
        description="A scope is privileged if its name, or a word of it, is one of these. "
        "`*` and `?` stand for any letters; capitals make no difference. "
        "Set it under `ALL` for every rule that asks.",
    )

    def privileged(self, scope_name: str) -> bool:
        """Whether a scope's name says that it changes things, or that it covers everything."""
        return matches(self.privileged_scopes, scope_name, *_WORD.findall(scope_name))

    def of(self, scope_names: Iterable[str]) -> list[str]:
        """Those of the scopes that are privileged, in order."""
        return sorted(filter(self.privileged, scope_names))
