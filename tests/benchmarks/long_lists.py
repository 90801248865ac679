"""What an export comes to at a server whose lists are far longer than any tenant's.

    python tests/benchmarks/long_lists.py [RECORDS [SECONDS]]

The lists of authorization servers, apps and groups have so many records each, 480,000 by default,
and each of those has empty lists of its own: four million in all, which nobody waits for. After so
many seconds, 120 by default, the process gets SIGTERM. Asked for: it ends within 2 s, and takes
less memory than `--max-memory` allows, 4 GiB. The server is small, has no rate limit, and shares no
code with the sandbox.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

MOST_S, MOST_MIB = 2.0, 4096
PAGE = 200
SINGLE = {
    "/api/v1/org": {"id": "00o1", "companyName": "Long"},
    "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
}


def record(path: str, number: int) -> dict[str, Any]:
    """One record of a long list."""
    match path:
        case "/api/v1/apps":
            return {
                "id": f"0oa{number:017}",
                "label": f"App {number}",
                "status": "ACTIVE",
                "signOnMode": "OPENID_CONNECT",
                "settings": {"oauthClient": {"grant_types": ["authorization_code"]}},
            }
        case "/api/v1/groups":
            kind = "OKTA_GROUP" if number else "BUILT_IN"
            name = f"Group {number}" if number else "Everyone"
            return {"id": f"00g{number:017}", "type": kind, "profile": {"name": name}}
    return {"id": f"aus{number:017}", "name": f"Server {number}", "status": "ACTIVE"}


LONG = ("/api/v1/authorizationServers", "/api/v1/apps", "/api/v1/groups")


def answer(target: str, records: int, base: str) -> bytes:
    """The answer to a request."""
    parts = urlsplit(target)
    head = ["HTTP/1.1 200 OK", "Content-Type: application/json"]
    body: Any = SINGLE.get(parts.path, [])
    if parts.path in LONG:
        query = parse_qs(parts.query)
        first, many = (int(query.get(name, [usual])[0]) for name, usual in _USUAL)
        last = min(records, first + many)
        body = [record(parts.path, number) for number in range(first, last)]
        if last < records:
            link = f"{base}{parts.path}?after={last}&limit={many}"
            head.append(f'Link: <{link}>; rel="next"')
    content = json.dumps(body).encode()
    head += [f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(head).encode() + content


_USUAL = (("after", "0"), ("limit", str(PAGE)))


def serve(records: int, ready: Any, answered: Any) -> None:
    """Serve until ended; in a process of its own."""

    async def main() -> None:
        base = ""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):  # it was ended
                while (line := await reader.readline()).startswith(b"GET "):
                    while (await reader.readline()).strip():
                        pass
                    writer.write(answer(line.split()[1].decode(), records, base))
                    await writer.drain()
                    answered.value += 1
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.put(base)
        await server.serve_forever()

    asyncio.run(main())


class Cost(NamedTuple):
    """What a run came to."""

    code: int
    ending_s: float
    """From the signal to the end."""
    ending_cpu_s: float
    """The CPU's share of that, which tells most on a machine that has other work; Linux only."""
    cpu_s: float
    peak_mib: float


def measure(url: str, seconds: float) -> Cost:
    """Run, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["snapshot", "-o", str(Path(folder, "s.json")), "--all-members"]
        process = subprocess.Popen(
            [sys.executable, "-m", "auditor", *words],
            env={**os.environ, "OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": "x", "CI": "true"},
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.poll() is None:
            time.sleep(0.5)
        began, before = time.monotonic(), cpu_of(process.pid)
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(process.returncode, took, cpu - before, cpu, peak)


def cpu_of(pid: int) -> float:
    """The CPU seconds that a running process has taken; not a number where nobody says."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    words = stat.read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 480_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
    context = multiprocessing.get_context("spawn")
    ready, answered = context.Queue(), context.Value("L", 0)
    server = context.Process(target=serve, args=(records, ready, answered), daemon=True)
    server.start()
    cost = measure(ready.get(), seconds)
    server.terminate()
    sys.stdout.write(
        f"three lists of {records:,}: {answered.value:,} requests in {seconds:.0f} s, "
        f"{cost.cpu_s:.1f} s CPU, exit code {cost.code}\n"
        f"ended {cost.ending_s:.1f} s ({cost.ending_cpu_s:.1f} s CPU) after SIGTERM, "
        f"at most {MOST_S:.0f}\n"
        f"peak {cost.peak_mib:,.0f} MiB, at most {MOST_MIB:,}\n"
    )


if __name__ == "__main__":
    main()
