"""What a request's scopes alone decide, where the expectation files do not show it."""

import pytest

from auditor.snapshot.models.servers import Scope
from auditor.tokens.scopes import at_custom_server

DEFINED = {
    name: Scope(id=name, name=name, default=True) for name in ("offline_access", "orders:read")
}


@pytest.mark.parametrize(
    ("grant", "response_type", "expected"),
    [
        ("implicit", "token", {"orders:read"}),
        ("authorization_code", "code", {"offline_access", "orders:read"}),
        ("client_credentials", "", {"orders:read"}),
    ],
)
def test_a_default_scope_is_ignored_where_it_would_be_if_it_were_named(
    grant: str, response_type: str, expected: set[str]
) -> None:
    asked = at_custom_server(None, DEFINED, grant, response_type, service=False)

    assert asked.omitted
    assert asked.scopes == expected
