"""Herds of requests over real HTTP, with windows of seconds instead of a minute."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from helpers import TOKEN, ledger, okta_auditor, served, tenant, with_everyone

from auditor.collect.auth.credentials import read_credentials
from auditor.collect.exporter import export
from auditor.snapshot.document import Snapshot

GROUPS = with_everyone([{"id": f"00g{n}", "profile": {"name": "G"}} for n in range(29)])


def with_limit(requests: int, *others: int, window_s: float = 4, **more: Any) -> dict[str, Any]:
    """30 requests of the groups' bucket, its list included."""
    row = {"path": "^/api/v1/groups", "limit": requests, "window_s": window_s}
    return tenant(**{"/api/v1/groups": GROUPS}, **more) | {
        "@rate_limits": [{**row, "other_clients": others}],
        **{f"/api/v1/groups/{group['id']}/users": [{"id": "00u1"}] for group in GROUPS},
    }


@pytest.mark.slow
@pytest.mark.parametrize("others", [(), (8,), (8, 8, 8)])
def test_a_herd_takes_no_429_however_many_others_there_are(
    others: tuple[int, ...], tmp_path: Path
) -> None:
    with served(with_limit(40, *others)) as sandbox:
        path = tmp_path / "s.json"
        outcome = okta_auditor("snapshot", "-o", path, "--all-members", url=sandbox.url)
        assert sandbox.throttled == 0

    assert outcome.exit_code == 0
    assert ledger(path)["group_members"]["objects"] == 29


@pytest.mark.slow
def test_exporters_that_know_nothing_of_each_other_share_a_bucket() -> None:
    def exported(url: str) -> Snapshot:
        variables = {"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": TOKEN}
        return export(read_credentials(variables))

    with served(with_limit(60, latency_ms=20)) as sandbox, ThreadPoolExecutor(3) as pool:
        snapshots = list(pool.map(exported, [sandbox.url] * 3))
        assert sandbox.throttled == 0

    assert not any(snapshot.ledger.incomplete for snapshot in snapshots)


def test_the_orgs_concurrency_limit_costs_nothing_but_time(tmp_path: Path) -> None:
    with served(with_limit(1000, latency_ms=20, **{"@concurrency": 5})) as sandbox:
        path = tmp_path / "s.json"
        outcome = okta_auditor("snapshot", "-o", path, "--all-members", url=sandbox.url)
        assert sandbox.throttled > 0, "more than five were sent at first"

    assert outcome.exit_code == 0
    assert ledger(path)["group_members"]["objects"] == 29
