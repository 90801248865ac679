"""Whether a redirect URI is one that a client has registered."""

from __future__ import annotations

import re

from auditor.snapshot.models.clients import OAuthClientSettings

_ANY_LABEL = r"[A-Za-z0-9-]+"

_WILDCARD = re.compile(r"https://[^./*?#]*\*[^./*?#]*\.[^*]*$")
"""One `*`, in the lowest-level label of the domain, and HTTPS (API description, apps)."""


def is_registered(uri: str, settings: OAuthClientSettings) -> bool:
    """Whether a redirect URI matches a registered one.

    Exactly, case and trailing slash included; `*` stands for one label of the host name if the
    client allows that (`wildcard_redirect`).
    """
    if uri in settings.redirect_uris:
        return True
    if settings.wildcard_redirect != "SUBDOMAIN":
        return False
    registered = filter(_WILDCARD.match, settings.redirect_uris)
    patterns = (re.escape(item).replace(r"\*", _ANY_LABEL) for item in registered)
    return any(re.fullmatch(pattern, uri) for pattern in patterns)
