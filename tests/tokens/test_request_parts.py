"""Every place that a token request goes through knows all of its parts."""

from __future__ import annotations

import shlex
from dataclasses import fields

import orjson
from click.testing import CliRunner
from helpers import tenant

from auditor.cli import main
from auditor.lint.examples import example_snapshot
from auditor.lint.witness import explain_command
from auditor.snapshot.document import write_snapshot
from auditor.snapshot.org import Org
from auditor.tokens.expectations.model import Expectation
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.request import TokenRequest

PARTS = {field.name for field in fields(TokenRequest)}
REQUEST = TokenRequest(
    server="aus1",
    client="0oa1",
    grant="authorization_code",
    user="00u1",
    scopes=frozenset({"openid", "billing:read"}),
    assertion_scopes=frozenset({"billing:read"}),
    response_type="code",
    redirect_uri="https://invoices.acme.example/callback",
    resource="https://mcp.example/a",
    subject_server="aus1",
    prompt="login",
    pkce=False,
    dpop=False,
)
"""No part is left open."""


def test_no_part_is_left_open_here() -> None:
    assert all(getattr(REQUEST, name) is not None for name in PARTS)


def test_names_and_expectations_have_every_part() -> None:
    assert {field.name for field in fields(NamedRequest)} == PARTS
    assert set(Expectation.model_fields) >= PARTS


def test_an_expectation_hands_on_every_part() -> None:
    values = {name: getattr(REQUEST, name) for name in PARTS}
    expectation = Expectation.model_validate(
        values
        | {"scopes": sorted(REQUEST.scopes or ()), "expect": "minted"}
        | {"assertion_scopes": sorted(REQUEST.assertion_scopes or ())}
    )
    assert expectation.named_request.resolve(Org.of(example_snapshot(tenant()))) == REQUEST


def test_the_command_of_a_witness_asks_for_the_request_itself(tmp_path) -> None:  # type: ignore[no-untyped-def]
    snapshot = example_snapshot(tenant())
    path = tmp_path / "snapshot.json"
    write_snapshot(snapshot, path)
    command = explain_command(Org.of(snapshot), REQUEST, str(path))
    result = CliRunner().invoke(main, [*shlex.split(command)[1:], "--format", "json"])
    shown = orjson.loads(result.stdout)["request"]
    assert set(shown) == PARTS
    assert shown.pop("server") == shown.pop("subject_server") == {"id": "aus1", "name": "Billing"}
    assert shown.pop("client")["id"] == REQUEST.client
    assert shown.pop("user")["id"] == REQUEST.user
    assert frozenset(shown.pop("scopes")) == REQUEST.scopes
    assert frozenset(shown.pop("assertion_scopes")) == REQUEST.assertion_scopes
    assert shown == {name: getattr(REQUEST, name) for name in shown}
