"""Which scopes look privileged. A scope's meaning is its API's own; its name is a hint."""

from __future__ import annotations

import re

_PRIVILEGED = frozenset(
    {
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
    }
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\*")


def is_privileged(scope_name: str) -> bool:
    """Whether a scope's name says that it changes things, or that it covers everything.

    Names are read word by word, so that `calls:read` is not taken for `all`:

    >>> [is_privileged(name) for name in ("orders.write", "fullAccess", "orders:*", "calls:read")]
    [True, True, True, False]
    """
    words = _WORD.findall(scope_name)
    return any(word == "*" or word.lower() in _PRIVILEGED for word in words)
