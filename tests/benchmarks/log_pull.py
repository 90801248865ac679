"""How long a pull of the System Log takes, and that its memory does not grow with the log.

    python tests/benchmarks/log_pull.py [EVENTS]

Pulls 1,000, a tenth of the events and all of them (100,000 unless said otherwise) from a sandbox
without limits that bind, each with the whole command in a fresh process, which then reads the file
and groups what failed; then adds nothing to the largest file, which asks for its last hour again.
What limits would make of it is in the last column: minutes at half of a limit of 120 requests.

What is asked for: the largest pull takes at most 32 MiB more than the smallest.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from process_cost import Cost, cost

from auditor.sandbox import UNHURRIED, Sandbox, TenantFile

MOST_GROWTH_MIB = 32
PAGE, REQUESTS_A_MINUTE = 1000, 60


def log_of(events: int) -> dict[str, Any]:
    """A tenant with failing requests of 23 hours."""
    now = datetime.now(UTC)
    step = timedelta(hours=23) / events
    return {
        "/api/v1/logs": [
            {
                "uuid": f"c0ffee00-0000-4000-8000-{number:012}",
                "published": (now - (events - number) * step).isoformat(timespec="milliseconds"),
                "eventType": "app.oauth2.as.token.grant",
                "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
                "actor": {"id": f"0oa{number % 100}", "type": "PublicClientApp"},
                "client": {"id": f"0oa{number % 100}", "ipAddress": "203.0.113.7"},
                "target": [{"id": f"00u{number % 5000}", "type": "User"}],
                "debugContext": {"debugData": {"requestedScopes": "a b", "url": "/x" * 100}},
            }
            for number in range(events)
        ]
    }


def _serve(events: int, connection: Connection) -> None:
    tenant = TenantFile.from_document(log_of(events)).model_copy(update={"rate_limits": UNHURRIED})
    with Sandbox(tenant) as sandbox:
        connection.send(sandbox.url)
        connection.recv()


@contextmanager
def served(events: int) -> Iterator[str]:
    """The address of an org with so many events.

    In a process of its own: what this one has in memory would be counted as the command's.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(events, theirs), daemon=True)
    process.start()
    yield ours.recv()
    ours.send(None)
    process.join()


def pulled(path: Path, url: str, *words: str) -> Cost:
    """Pull the log of an org into a file."""
    return cost(
        [sys.executable, "-m", "auditor", "logs", "-o", str(path), *words],
        environment={"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": "00benchmark"},
    )


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print a line for each pull."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    say(f"{'EVENTS':>9}{'SECONDS':>9}{'CPU':>7}{'MiB':>6}{'FILE MB':>9}{'MINUTES BY LIMIT':>18}")
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for events in (1000, most // 10, most):
            path = Path(folder) / f"{events}.jsonl"
            with served(events) as url:
                runs = [(pulled(path, url), "")]
                if events == most:
                    runs.append((pulled(path, url, "--append"), "  again, its last hour only"))
            for run, what in runs:
                peaks.append(run.peak_mib)
                say(
                    f"{events:>9,}{run.seconds:>9.1f}{run.cpu:>7.1f}{run.peak_mib:>6.0f}"
                    f"{path.stat().st_size / 1e6:>9.1f}"
                    f"{events / PAGE / REQUESTS_A_MINUTE:>18.1f}{what}"
                )
    growth = max(peaks) - peaks[0]
    say(f"memory grows by {growth:.0f} MiB; asked for: {MOST_GROWTH_MIB} at most")
    if growth > MOST_GROWTH_MIB:
        sys.exit(1)


if __name__ == "__main__":
    main()
