"""A scope's name is read word by word."""

from importlib import import_module

import pytest

is_privileged = import_module("auditor.rules._sensitive").PrivilegeOptions().privileged


@pytest.mark.parametrize(
    "name",
    [
        "orders:write",
        "orders.delete",
        "write:orders",
        "orders_manage",
        "ordersAdmin",
        "ORDERS_ADMIN",
        "APIAdmin",
        "admin",
        "orders:*",
        "read_all",
        "fullAccess",
        "https://api.example.com/auth/orders.readwrite",
    ],
)
def test_names_that_change_or_cover_everything_are_privileged(name: str) -> None:
    assert is_privileged(name)


@pytest.mark.parametrize(
    "name",
    ["orders:read", "calls:list", "wallet.view", "writings:read", "fullfilment:read", "openid", ""],
)
def test_words_that_only_contain_such_a_word_are_not(name: str) -> None:
    assert not is_privileged(name)
