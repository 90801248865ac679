"""Which hosts count as the user's own machine."""

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULES = {rule.code: rule for rule in load_rules()}


def flagged(code: str, example: dict[str, object]) -> bool:
    snapshot = example_snapshot(example)
    source = Source("example.json", dump_snapshot(snapshot))
    result = audit(snapshot, [RULES[code]], source)
    assert not result.crashed
    return bool(result.findings)


def redirects_to(uri: str) -> dict[str, object]:
    return {"/api/v1/apps": [{"settings": {"oauthClient": {"redirect_uris": [uri]}}}]}


def trusts(origin: str) -> dict[str, object]:
    return {"/api/v1/trustedOrigins": [{"name": "Site", "origin": origin}]}


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost/cb",
        "http://LOCALHOST:8080",
        "http://app.localhost:3000/cb",
        "http://127.0.0.1/cb",
        "http://127.8.9.10:1/cb",
        "http://[::1]:8080/cb",
        "https://shop.example.com/cb",
        "com.example.app:/cb",
        "com.example.app://cb",
    ],
)
def test_local_and_encrypted_redirects_are_accepted(uri: str) -> None:
    assert not flagged("OAM509", redirects_to(uri))
    assert not flagged("OAM807", trusts(uri))


@pytest.mark.parametrize(
    "uri",
    [
        "http://shop.example.com/cb",
        "HTTP://shop.example.com/cb",
        "http://localhost.example.com/cb",
        "http://localhost@shop.example.com/cb",
        "http://128.0.0.1/cb",
        "http://10.0.0.5/cb",
        "http://0.0.0.0/cb",
        "http://[fe80::1]/cb",
        "http://[not-an-address]/cb",
        "http:///cb",
    ],
)
def test_unencrypted_redirects_to_other_machines_are_flagged(uri: str) -> None:
    assert flagged("OAM509", redirects_to(uri))
    assert flagged("OAM807", trusts(uri))
