"""Secrets never enter a snapshot.

Which responses carry secrets: recorded responses and the OpenAPI document; the endpoint
that returns client secrets in clear is never called at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

REDACTED = "[redacted]"

_SECRET_KEYS = frozenset(
    {
        "apikey",
        "apitoken",
        "clientsecret",
        "password",
        "privatekey",
        "refreshtokenvalue",
        "secret",
        "secrethash",
        "sharedsecret",
        "token",
    }
)
# RFC 7517 and 7518: the members of a JWK that make it a private or symmetric key.
_PRIVATE_JWK_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def redacted(value: Any, private: Iterable[str] = ()) -> Any:
    """A copy of a JSON value without its secrets.

    Args:
        value: any JSON value, such as a record.
        private: dotted paths of free-form fields whose every leaf is taken out.
    """
    clean = _without_secrets(value)
    for path in private:
        _blank(clean, path.split("."))
    return clean


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _member(value, key, item) for key, item in value.items()}


def _member(parent: Mapping[str, Any], key: str, item: Any) -> Any:
    # `token` is a secret as a string (an Org2Org app's) and a plain object in a rule's actions.
    if _is_secret(parent, key) and isinstance(item, (str, int)) and not isinstance(item, bool):
        return REDACTED
    # Function-as-a-service hosts put the access code of a hook into its address.
    if key == "uri" and isinstance(item, str) and "?" in item:
        return item.split("?", 1)[0] + "?" + REDACTED
    return _without_secrets(item)


def _is_secret(parent: Mapping[str, Any], key: str) -> bool:
    if "kty" in parent and key in _PRIVATE_JWK_MEMBERS:
        return True
    # An inline hook's authentication scheme and headers are {"key": name, "value": secret}.
    if key == "value" and "key" in parent:
        return True
    return key.replace("_", "").replace("-", "").lower() in _SECRET_KEYS


def _blank(value: Any, path: list[str]) -> None:
    for name in path[:-1]:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict) and value.get(path[-1]):
        value[path[-1]] = _leaves_redacted(value[path[-1]])


def _leaves_redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _leaves_redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_leaves_redacted(item) for item in value]
    return value if value is None or value == "" else REDACTED
