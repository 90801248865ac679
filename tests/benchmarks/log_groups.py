"""How long a log of 1,000,000 events takes to group and explain, and how much memory.

    python tests/benchmarks/log_groups.py [EVENTS [SCALE]]

The events are as Okta gives them, with everything that is not kept; the tenant is the generated one
(see `generator.py`), audited before. What is asked for: 30 seconds and 500 MiB, the snapshot
included, for a million events in JSON lines.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from generator import NOW, generated_tenant
from process_cost import cost

from auditor.api import load_rules
from auditor.lint.engine import audit
from auditor.snapshot.document import Source, parse_snapshot, read_document, write_snapshot
from auditor.snapshot.org import Org
from auditor.system_log.analysis import analysed

Json = dict[str, Any]

SITUATIONS = 3_000
"""Different requests: a server, a client, a grant type and scopes."""


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def write_log(path: Path, number: int, org: Org) -> None:
    """Write so many events: of every twenty, sixteen refusals, three grants and a change."""
    chance = random.Random(1)
    servers, clients = org.servers, org.clients
    users = [user.id for user in org.users]
    rules = {server.id: [rule.id for _, rule in org.active_rules(server)] for server in servers}
    situations = []
    for _ in range(SITUATIONS):
        server, client = chance.choice(servers), chance.choice(clients)
        names = [scope.name for scope in org.scopes(server)]
        grant = chance.choice(client.grant_types or ("client_credentials",))
        situations.append((server, client, grant, ",".join(sorted(chance.sample(names, 2)))))
    with path.open("wb") as out:
        for place in range(number):
            server, client, grant, scopes = chance.choice(situations)
            event: Json = {
                "uuid": f"{place:032x}",
                "published": (NOW - timedelta(seconds=number - place)).isoformat(),
                "eventType": "app.oauth2.as.token.grant",
                "severity": "WARN",
                "displayMessage": "OAuth2 token request",
                "actor": {"id": client.client_id, "type": "PublicClientApp", "displayName": "x"},
                "client": {
                    "id": client.client_id,
                    "ipAddress": "203.0.113.9",
                    "userAgent": {"rawUserAgent": "Mozilla/5.0 (X11; Linux x86_64)", "os": "Linux"},
                    "geographicalContext": {"city": "Vienna", "country": "Austria"},
                },
                "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
                "target": [
                    {"id": server.id, "type": "AuthorizationServer", "displayName": server.title},
                    {"id": chance.choice(users), "type": "User", "alternateId": "a@b.example"},
                ],
                "debugContext": {
                    "debugData": {
                        "authorizationServerName": server.title,
                        "requestedScopes": scopes,
                        "grantType": grant,
                        "requestUri": f"/oauth2/{server.id}/v1/token",
                    }
                },
                "transaction": {"id": "Xk", "type": "WEB"},
            }
            if place % 20 > 16:
                event["eventType"] += ".access_token"
                event["outcome"] = {"result": "SUCCESS", "reason": None}
            elif place % 20 == 16:
                event |= {"eventType": "policy.rule.update", "outcome": {"result": "SUCCESS"}}
                target = {"id": chance.choice(rules[server.id] or [""]), "type": "PolicyRule"}
                event["target"] = [target]
            out.write(orjson.dumps(event) + b"\n")


def explain(snapshot_file: Path, log: Path) -> None:
    """Analyse a log, and say how long each part takes."""
    document = read_document(snapshot_file)
    start = time.perf_counter()
    source = Source(snapshot_file.name, document)
    snapshot = parse_snapshot(document, snapshot_file)
    findings = audit(snapshot, load_rules(), source).findings
    audited = time.perf_counter()
    analysis = analysed(log, Org.of(snapshot), findings)
    end = time.perf_counter()
    confirmed = sum(group.confirmed for group in analysis.groups)
    show(f"events {analysis.reading.events:,}, of them failed {analysis.log.failed:,}")
    show(f"groups {len(analysis.groups):,}, requests confirmed {confirmed:,}")
    show(f"findings {len(findings):,}, tied to requests {len(analysis.hits):,}")
    show(f"read and audit the snapshot {audited - start:6.2f} s")
    show(f"read, group and explain     {end - audited:6.2f} s")


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--explain"]:
        explain(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 0.05
    with tempfile.TemporaryDirectory() as folder:
        snapshot_file, log = Path(folder, "snapshot.json"), Path(folder, "log.jsonl")
        snapshot = generated_tenant(scale)
        write_snapshot(snapshot, snapshot_file)
        write_log(log, number, Org.of(snapshot))
        show(f"log {log.stat().st_size / 2**20:,.0f} MiB")
        explain(snapshot_file, log)
        took = cost([sys.executable, __file__, "--explain", str(snapshot_file), str(log)])
        show(f"alone: {took.seconds:.1f} s, {took.cpu:.1f} s of CPU, {took.peak_mib:.0f} MiB")


if __name__ == "__main__":
    main()
