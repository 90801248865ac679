"""Of a record exactly what its model declares is kept, at every depth, and no field of a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from auditor.snapshot.collections import COLLECTIONS, Collection
from auditor.snapshot.kept_fields import Fields, Leaf, field_names, fields_of, kept
from auditor.snapshot.models.base import Part
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import Key, Scope

ROWS = [row for row in COLLECTIONS if row.model]


def parts(model: type[Part]) -> Iterator[type[Part]]:
    """A model and all below it."""
    yield model
    schema = model.model_json_schema(mode="validation")
    names = set(schema.get("$defs", {}))
    yield from (part for part in subclasses(Part) if part.__name__ in names)


def subclasses(model: type[Part]) -> Iterator[type[Part]]:
    for sub in model.__subclasses__():
        yield sub
        yield from subclasses(sub)


def filled(fields: Fields) -> dict[str, Any]:
    """An object with every field that is kept, and a field beside them in each object."""
    return {"x-secret": "SECRET", "_links": {"self": "SECRET"}} | {
        name: "text" if isinstance(inner, Leaf) else [filled(inner), None]
        for name, inner in fields.items()
    }


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, f"{prefix}{key}.")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, prefix)
    elif value is not None:
        yield prefix.removesuffix(".")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_kept_is_exactly_what_the_models_declare(row: Collection) -> None:
    assert row.model is not None
    record = kept(filled(fields_of(row.model)), row.model)

    assert "SECRET" not in str(record)
    assert sorted(paths(record)) == sorted(field_names(row.model))
    declared = {
        info.alias or name
        for part in parts(row.model)
        for name, info in part.model_fields.items()
    }  # fmt: skip
    unread = {name for part in parts(row.model) for name in part.kept_unread}
    kept_names = {word for name in field_names(row.model) for word in name.split(".")}
    assert kept_names == declared | unread


SECRET_NAME = re.compile(
    r"secret|passw|private|api_?key|credential|token|auth|header|uri|url|config|profile|notes|"
    r"value|assertion|^[dpqk]$|^d[pq]$|^qi$|^oth$|x5c",
    re.IGNORECASE,
)
HARMLESS = {
    "accessTokenEncryptedResponseAlgorithm",
    "accessTokenLifetimeMinutes",
    "alwaysIncludeInToken",
    "authorizationServer",  # of a connection: its issuer and its name
    "authorizationServerOrn",
    "backchannel_custom_authenticator_id",
    "credentials",  # objects: their members are here as well
    "dpop_bound_access_tokens",
    "id_token_encrypted_response_alg",
    "issuerUrl",
    "jwks_uri",
    "oauthClient",
    "post_logout_redirect_uris",
    "profile",
    "redirect_uris",
    "refreshTokenLifetimeMinutes",
    "refreshTokenWindowMinutes",
    "refresh_token",
    "token",
    "tokenType",
    "tokenWindow",
    "token_endpoint_auth_method",
    "value",  # of a claim and of a zone's address
    "valueType",
}


def test_no_field_that_may_hold_a_secret_is_declared() -> None:
    dotted = [name for row in ROWS if row.model for name in field_names(row.model)]
    names = {word for name in dotted for word in name.split(".")}

    assert {name for name in names if SECRET_NAME.search(name)} == HARMLESS & names
    assert names >= HARMLESS, "what is not declared any more needs no exception"


def test_no_field_takes_just_anything() -> None:
    """A field of any type would be kept with whatever stands in it."""

    def loose(model: type[BaseModel]) -> list[str]:
        properties = model.model_json_schema()["properties"]
        typed = {"type", "$ref", "anyOf", "const"}
        return [name for name, schema in properties.items() if not schema.keys() & typed]

    assert not [loose(part) for part in subclasses(Part) if loose(part)]


@pytest.mark.parametrize("value", [{"x": "SECRET"}, ["SECRET"], 7, None])
def test_what_no_model_looks_at_is_kept_as_a_text_only(value: object) -> None:
    assert kept({"id": "scp1", "name": "a", "created": value}, Scope) == {"id": "scp1", "name": "a"}


def test_of_a_key_nothing_private_is_kept() -> None:
    public = {"kty": "RSA", "kid": "k1", "n": "abc", "e": "AQAB", "use": "sig", "alg": "RS256"}
    private = dict.fromkeys(("d", "p", "q", "dp", "dq", "qi", "k", "oth", "x5c", "x5u"), "SECRET")
    app = {"settings": {"oauthClient": {"jwks": {"keys": [public | private]}}}}

    assert kept(public | private, Key) == public
    assert kept(app, App) == {"settings": {"oauthClient": {"jwks": {"keys": [public]}}}}


def test_credentials_in_kept_texts_are_replaced() -> None:
    app = {
        "label": "Billing (Bearer SECRET-token-1)",
        "settings": {"oauthClient": {"redirect_uris": ["https://a:SECRET@b.example/", "https://c/"]}},
    }  # fmt: skip

    clean = kept(app, App)

    assert clean["label"] == "Billing (Bearer [redacted])"
    uris = ["https://redacted@b.example/", "https://c/"]
    assert clean["settings"]["oauthClient"]["redirect_uris"] == uris
