"""How long a plan of 10,000 resources takes to lay over a large tenant, beyond reading that.

    python tests/benchmarks/terraform_plan.py [SCALE]

The tenant is the generated one (200,000 users at scale 1, see `generator.py`); the plan makes 2,000
servers, each with a policy, a rule, a scope and a client, all of which refer to each other.
What is asked for: 5 seconds beyond reading the snapshot.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from generator import generated_tenant

sys.path.append(str(Path(__file__).parents[1] / "terraform"))

from plan_documents import Json, create, plan, resource

from auditor.snapshot.document import parse_snapshot, read_document, write_snapshot
from auditor.terraform.plan_file import read_plan
from auditor.terraform.planned_snapshot import lay_plan

SERVERS = 2_000


def large_plan() -> Json:
    """A plan of five resources for each server."""
    changes, resources = [], []
    for number in range(SERVERS):
        names = {
            kind: f"okta_{kind}.x{number}"
            for kind in ("auth_server", "auth_server_policy", "auth_server_policy_rule")
        }
        server, policy, rule = names.values()
        scope, app = f"okta_auth_server_scope.x{number}", f"okta_app_oauth.x{number}"
        common = {"name": f"x{number}", "status": "ACTIVE", "priority": 1}
        changes += [
            create(server, {"name": f"x{number}", "audiences": ["api://x"], "status": "ACTIVE"}),
            create(scope, {"name": "x:read"}, "auth_server_id"),
            create(app, {"label": f"x{number}", "type": "web", "grant_types": ["implicit"]}),
            create(policy, common, "auth_server_id", "client_whitelist"),
            create(rule, {**common, "scope_whitelist": ["*"]}, "auth_server_id", "policy_id"),
        ]
        of_server = [f"{server}.id", server]
        resources += [
            resource(scope, auth_server_id=of_server),
            resource(policy, auth_server_id=of_server, client_whitelist=[f"{app}.id", app]),
            resource(rule, auth_server_id=of_server, policy_id=[f"{policy}.id", policy]),
        ]
    return plan(*changes, resources=tuple(resources))


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print the figures."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        base_file, plan_file = Path(folder, "base.json"), Path(folder, "plan.json")
        write_snapshot(generated_tenant(scale), base_file)
        plan_file.write_text(json.dumps(large_plan()))
        start = time.process_time()
        base = parse_snapshot(read_document(base_file), base_file)
        reading = time.process_time()
        planned = lay_plan(read_plan(plan_file), base)
        laying = time.process_time()
        write_snapshot(planned.snapshot, Path(folder, "planned.json"))
        writing = time.process_time()
    show(f"base: {len(base.resources['/api/v1/users']):,} users; plan: {5 * SERVERS:,} resources")
    show(f"read the base        {reading - start:6.2f} s of CPU")
    show(f"read and lay the plan{laying - reading:6.2f} s of CPU")
    show(f"write the result     {writing - laying:6.2f} s of CPU")
    show(f"beyond reading       {writing - reading:6.2f} s of CPU")


if __name__ == "__main__":
    main()
