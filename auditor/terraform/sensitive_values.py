"""Takes what is secret out of the attributes of a plan, before anybody else sees them.

`terraform show -json` prints sensitive values in clear and marks them in a structure of the same
shape (`before_sensitive`, `after_sensitive`). An attribute with any mark in it is left out whole.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def marked(mask: Any, attributes: Any) -> frozenset[str]:
    """The attributes of a resource that hold something that a mask marks.

    Args:
        mask: true, false, or an object with a mark for each attribute.
        attributes: all of the resource, which a mask that is true marks; null if there is none.
    """
    if mask is True and isinstance(attributes, dict):
        return frozenset(attributes)
    if not isinstance(mask, dict):
        return frozenset()
    return frozenset(str(name) for name, inner in mask.items() if is_marked(inner))


def is_marked(mask: Any) -> bool:
    """Whether a mark is set anywhere in a mask. Without recursion: plans are hostile."""
    waiting = [mask]
    while waiting:
        value = waiting.pop()
        if value is True:
            return True
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def without(attributes: Any, names: Collection[str], known: Collection[str]) -> dict[str, Any]:
    """The attributes that are known and not sensitive.

    Args:
        attributes: all of a resource; null if there is none.
        names: those that hold something sensitive.
        known: those that somebody reads.
    """
    if not isinstance(attributes, dict):
        return {}
    return {
        name: _public(value) if name == "jwks" else value
        for name, value in attributes.items()
        if name in known and name not in names
    }


def _public(keys: Any) -> Any:
    """JSON Web Keys without what only their owner may know (RFC 7518, 6.2.2, 6.3.2 and 6.4)."""
    if not isinstance(keys, list):
        return None
    return [
        {name: value for name, value in key.items() if name not in _PRIVATE}
        for key in keys
        if isinstance(key, dict)
    ]
