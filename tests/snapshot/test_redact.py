"""Redaction: secrets go, everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.snapshot.redact import REDACTED, redacted


@pytest.mark.parametrize(
    "key",
    ["client_secret", "clientSecret", "secret_hash", "password", "privateKey", "token", "apiKey"],
)
def test_a_secret_by_its_name(key: str) -> None:
    assert redacted({"a": [{key: "s3cr3t"}]}) == {"a": [{key: REDACTED}]}


@pytest.mark.parametrize("key", ["token", "password", "secret"])
def test_an_object_or_a_null_of_that_name_stays(key: str) -> None:
    assert redacted({key: {"lifetime": 60}}) == {key: {"lifetime": 60}}
    assert redacted({key: None}) == {key: None}


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "k"])
def test_private_members_of_a_key(member: str) -> None:
    jwk = {"kty": "RSA", "kid": "1", "n": "public", "e": "AQAB", member: "private"}
    assert redacted(jwk) == {**jwk, member: REDACTED}
    assert redacted({member: "no key"}) == {member: "no key"}


def test_free_form_fields_lose_every_leaf_and_keep_their_shape() -> None:
    app = {"settings": {"notes": {"admin": "call 555", "enduser": None}}, "profile": {"a": [1, ""]}}
    clean = redacted(app, ["profile", "settings.notes", "not.there"])
    assert clean == {
        "settings": {"notes": {"admin": REDACTED, "enduser": None}},
        "profile": {"a": [REDACTED, ""]},
    }
    assert app["profile"] == {"a": [1, ""]}, "the original is left alone"


HARMLESS = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "status", "conditions"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(HARMLESS)
def test_what_holds_no_secret_is_unchanged(value: object) -> None:
    assert redacted(value) == value
