"""What each command takes on a large snapshot, as a whole process, beside what is asked for.

    python tests/benchmarks/commands.py [SCALE]

Generates a tenant of that scale (1 by default: 192 MiB, 5,000,000 ids), one of twice the size and
one in which a few things were changed. Every figure is of the fresh process that took the least
CPU of three, with the program compiled: seconds of CPU, of user and system together, since a
machine has other work; the peak; CPU as a multiple of what `orjson.loads` takes on the same file
with the garbage collector off, in the same minute; and CPU for twice the tenant.

`decisions` decides a million requests (times the scale) of assigned users, each of another client
than the one before. `start of an export` is an export that ends with its first answer, a 401. What
is asked for is at scale 1; a figure above it is marked.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from process_cost import Cost, cost

RUNS = 3
DECISIONS = 1_000_000
OKTA_AUDITOR = [sys.executable, "-m", "auditor"]


class Asked(NamedTuple):
    """The most that a command may take at scale 1; None where nothing is asked."""

    cpu: float | None = None
    peak_mib: float | None = None
    times_orjson: float | None = None
    doubling: float | None = None
    times_file: float | None = 4
    """Memory as a multiple of the file, of both files for `diff`."""


ASKED = {
    "audit": Asked(3, 614, 5, 2.1),
    "explain": Asked(1, 300),
    "access": Asked(),
    "diff": Asked(15, 2560),
    "decisions": Asked(20, 1536, times_file=None),
    "audit of the demo": Asked(0.3, times_file=None),
    "start of an export": Asked(0.35, times_file=None),
}


# In processes of their own, because what they import and make counts


def make(file: Path, scale: float) -> None:
    """Write a tenant of that scale, and beside it one in which a few things were changed."""
    from diff import edit  # noqa: PLC0415
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    snapshot = generated_tenant(scale)
    write_snapshot(snapshot, file)
    edit(snapshot.resources)
    write_snapshot(snapshot, file.with_suffix(".changed"))


def parse(file: Path) -> None:
    """Print the CPU seconds of `orjson.loads` alone; the file is read already."""
    import orjson  # noqa: PLC0415

    document = file.read_bytes()
    gc.disable()  # as the command does
    start = time.process_time()
    value = orjson.loads(document)
    sys.stdout.write(str(time.process_time() - start))
    del value


def decide(file: Path, number: int) -> None:
    """Decide requests to the server that each client has policies on."""
    from auditor.cli.token_requests import read_org  # noqa: PLC0415
    from auditor.tokens.decide import Decider  # noqa: PLC0415
    from auditor.tokens.request import TokenRequest  # noqa: PLC0415

    org = read_org(file)
    decider = Decider(org)
    places = []
    for client in org.clients:
        users = sorted(org.assigned_users(client))[:number]
        servers = [server for server, _ in org.covering(client.client_id)]
        if users and servers and "authorization_code" in client.grant_types:
            places.append((servers[0].id, client.client_id, cycle(users)))
    scopes = frozenset({"openid"})
    for server, client_id, someone in islice(cycle(places), number):
        request = TokenRequest(
            server=server,
            client=client_id,
            grant="authorization_code",
            user=next(someone),
            scopes=scopes,
        )
        decider.decide(request)


def example_request(file: Path) -> None:
    """Print options of `explain`: the first client that people sign in to, and the last user."""
    from auditor.api import load  # noqa: PLC0415

    org = load(file)
    client = next(app for app in org.apps if "authorization_code" in app.grant_types)
    server = next(server for server, _ in org.covering(client.client_id))
    user = org.users[-1]
    words = {"server": server.id, "client": client.title, "user": user.title}
    named = [part for key, word in words.items() for part in (f"--{key}", word)]
    sys.stdout.write("\n".join([*named, "--grant", "authorization_code", "--scope", "openid"]))


# In the process that measures


class _Refusing(BaseHTTPRequestHandler):
    """A server that knows no token."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b'{"errorCode": "E0000011", "errorSummary": "Invalid token provided"}')

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def commands(file: Path, request: list[str]) -> dict[str, list[str]]:
    """What is measured on a snapshot."""
    name, changed = str(file), str(file.with_suffix(".changed"))
    return {
        "audit": [*OKTA_AUDITOR, "audit", name, "--no-config", "-O", f"json={file}.results"],
        "explain": [*OKTA_AUDITOR, "explain", name, *request],
        "access": [*OKTA_AUDITOR, "access", name, "--format", "json"],
        "diff": [*OKTA_AUDITOR, "diff", name, changed, "--format", "json"],
        "decisions": [sys.executable, __file__, "--decide", name, file.stem],
    }


def best(command: list[str], **options: object) -> Cost:
    """The run that took the least CPU."""
    runs = (cost(command, ends_with=(0, 1, 3), **options) for _ in range(RUNS))  # type: ignore[arg-type]
    return min(runs, key=lambda run: run.cpu)


def parsing(file: Path) -> float:
    """The least CPU seconds of `orjson.loads` alone."""
    command = [sys.executable, __file__, "--parse", str(file)]
    return min(float(subprocess.check_output(command)) for _ in range(RUNS))


def rows(folder: Path, scale: float) -> Iterator[str]:
    """The figures of one command each, as soon as they are known."""
    files = [folder / f"{size:g}.json" for size in (scale, 2 * scale)]
    for file in files:
        subprocess.run([sys.executable, __file__, "--make", str(file), file.stem], check=True)
    # In another process: as long as ours is small, it does not count towards those it starts.
    asking = [sys.executable, __file__, "--request", str(files[0])]
    request = subprocess.check_output(asking, text=True).splitlines()
    once, twice = (commands(file, request) for file in files)
    for name, command in once.items():
        unit, taken = parsing(files[0]), best(command)
        mib = files[0].stat().st_size / 1024**2 * (2 if name == "diff" else 1)
        doubled = None if name == "decisions" else best(twice[name]).cpu / taken.cpu
        yield row(name, taken, taken.cpu / unit, doubled, taken.peak_mib / mib)
    subprocess.run([*OKTA_AUDITOR, "demo", "-o", str(folder)], capture_output=True, check=False)
    demo = [*OKTA_AUDITOR, "audit", str(folder / "snapshot.json"), "--no-config"]
    yield row("audit of the demo", best(demo))
    with HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        environment = {"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": "00benchmark"}
        export = [*OKTA_AUDITOR, "snapshot", "-o", str(folder / "none.json")]
        yield row("start of an export", best(export, environment=environment))
        server.shutdown()


def row(
    name: str,
    taken: Cost,
    times_orjson: float | None = None,
    doubling: float | None = None,
    times_file: float | None = None,
) -> str:
    """A line of the table."""
    asked = ASKED[name]
    figures = (
        (taken.cpu, asked.cpu, ".2f", " s"),
        (taken.peak_mib, asked.peak_mib, ",.0f", " MiB"),
        (times_orjson, asked.times_orjson, ".1f", "x"),
        (doubling, asked.doubling, ".2f", "x"),
        (times_file, asked.times_file, ".1f", "x"),
    )
    return f"{name:<20}" + "".join(_cell(*figure) for figure in figures)


def _cell(figure: float | None, most: float | None, form: str, unit: str) -> str:
    if figure is None:
        return f"{'-':>24}"
    bound = "" if most is None else f" of {most:,g}{'!' if figure > most else ''}"
    return f"{figure:{form}}{unit}{bound}".rjust(24)


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--make", file, scale]:
            make(Path(file), float(scale))
        case ["--request", file]:
            example_request(Path(file))
        case ["--parse", file]:
            parse(Path(file))
        case ["--decide", file, scale]:
            decide(Path(file), round(DECISIONS * float(scale)))
        case arguments:
            scale = float(arguments[0]) if arguments else 1.0
            heads = ("CPU", "peak", "times orjson", "twice the tenant", "peak / file")
            sys.stdout.write(f"{f'scale {scale:g}':<20}{''.join(h.rjust(24) for h in heads)}\n")
            with tempfile.TemporaryDirectory() as folder:
                for line in rows(Path(folder), scale):
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
