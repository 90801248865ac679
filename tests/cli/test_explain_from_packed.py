"""`explain` reads a snapshot in parts and keeps people packed; its answers are those of all of it.

The other reading is of the whole document into plain values, and of these into the same tables.
"""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers import snapshot_file
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.cli.explanation import as_document, as_text
from auditor.cli.token_requests import read_org
from auditor.errors import AuditorError
from auditor.lint.examples import CAPTURED_AT
from auditor.sandbox.northwind import northwind
from auditor.snapshot.document import parse_snapshot
from auditor.snapshot.org import Org
from auditor.snapshot.packed_values import Resources
from auditor.tokens.advice.search import advise
from auditor.tokens.decide import Decider
from auditor.tokens.lookup.named_request import NamedRequest

sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox"))
from test_northwind import snapshot_of

GRANTS = (
    "authorization_code",
    "client_credentials",
    "device_code",
    "jwt-bearer",
    "token-exchange",
    "password",
    "refresh_token",
)


class Readings(NamedTuple):
    packed: Path
    plain: Org


@pytest.fixture(scope="module", params=[(), ("users",), ("group_members", "app_users")])
def readings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Readings:
    """The demo company, as far as it was read."""
    folder = tmp_path_factory.mktemp("readings")
    resources = dict(snapshot_of(northwind(CAPTURED_AT)).resources)
    path = snapshot_file(folder, resources, unread=request.param)
    minified = json.dumps(json.loads(path.read_bytes())).encode()
    snapshot = parse_snapshot(minified, path)
    plain = snapshot.model_copy(update={"resources": dict(snapshot.resources)})
    return Readings(path, Org.of(plain))


def answer(org: Org, named: NamedRequest) -> Any:
    """All that the command says of a request."""
    try:
        request = named.resolve(org)
        decider = Decider(org)
        explanation = decider.explain(request)
        advice = advise(decider, request, explanation.decision)
    except AuditorError as error:
        return str(error)
    return as_document(org, explanation, advice), as_text(org, explanation, advice)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_answer_is_that_of_the_full_reading(readings: Readings, data: st.DataObject) -> None:
    plain = readings.plain
    packed = read_org(readings.packed)
    assert isinstance(packed.snapshot.resources, Resources)
    servers = [server.id for server in plain.servers]
    logins = [login for user in plain.users for login in (user.id, user.title, user.title.upper())]
    scopes = sorted({scope.name for server in plain.servers for scope in plain.scopes(server)})
    clients = [word for app in plain.clients for word in (app.client_id, app.title)]

    for _ in range(5):
        named = NamedRequest(
            server=data.draw(st.sampled_from([*servers, "org", "default", "nowhere"])),
            client=data.draw(st.sampled_from([*clients, "nobody"])),
            grant=data.draw(st.sampled_from(GRANTS)),
            user=data.draw(
                st.none() | st.sampled_from([*logins, "00u" + "x" * 17, "stranger", "ada"])
            ),
            scopes=data.draw(
                st.none()
                | st.lists(st.sampled_from([*scopes, "openid"]), min_size=1, max_size=3).map(tuple)
            ),
        )

        assert answer(packed, named) == answer(plain, named)
