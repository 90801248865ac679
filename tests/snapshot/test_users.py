"""Users that nobody asks for are not read, and yet none that is odd goes unnoticed."""

from typing import Any

import pytest

from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.models.directory import User
from auditor.snapshot.users import UserTable

PLAIN = {"id": "u1", "status": "ACTIVE", "profile": {"login": "ada"}, "created": "x"}


@pytest.mark.parametrize(
    "record",
    [
        PLAIN,
        {"id": "u1"},
        {"id": "u1", "status": None, "profile": None},
        {"id": "u1", "status": "STAGED", "profile": {"login": None}},
    ],
)
def test_a_user_is_what_the_model_says(record: dict[str, Any]) -> None:
    users = UserTable([record])
    (user,) = users.everyone

    assert user.model_dump() == User.model_validate(record).model_dump()
    assert user.place == RecordPlace("/api/v1/users", 0)
    assert users.get("u1") is user
    assert users.able == (set() if user.shut_out else {"u1"})


@pytest.mark.parametrize(
    "record",
    [None, "u2", {}, {"id": 2}, {"id": "u2", "status": 1}, {"id": "u2", "profile": {"login": 3}}],
)
def test_a_record_that_cannot_be_understood_is_quarantined(record: object) -> None:
    users = UserTable([record, PLAIN])

    assert len(users.quarantined) == 1
    assert users.get("u2") is None
    assert [user.place.position for user in users.everyone] == [1]
    assert users.able == {"u1"}
