"""A repository with HCL for the pipelines' tests, and what stands for Terraform in their jobs.

The program takes the words that the real one takes, and no others; its plan lies ready.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from terraform.plan_documents import RULE, change, plan, resource, update
from workflow_jobs import write_tool

SECRET = "hunter2-correct-horse"
KEY = "provider-key"
MODULE = "infra/modules/billing/main.tf"

_TERRAFORM = r"""#!/usr/bin/env bash
set -euo pipefail
[[ "$1" == -chdir=* ]] && cd "${1#-chdir=}" && ls ./*.tf >/dev/null
words="${*:2}"
case "$words" in
  "init -input=false -no-color -lockfile=readonly") ;;
  "plan -input=false -no-color -lock=false -out="*)
    [[ "${OKTA_API_PRIVATE_KEY:-}" == provider-key ]] || exit 1
    echo "    ::error::owned by a name"
    echo saved >"${words##*-out=}" ;;
  "show -json "*) [[ "$(cat "$4")" == saved ]] && cat "PLAN" ;;
  *) echo "terraform: $words" >&2; exit 9 ;;
esac
"""


def widened() -> dict[str, Any]:
    """A plan that widens a rule in a module, beside an app whose secret is in clear."""
    address = "module.billing.okta_auth_server_policy_rule.readers"
    scopes = ["billing:read", "billing:write", "openid"]
    app = {"id": "0oa1", "client_id": "0oa1", "label": "Invoices", "client_secret": SECRET}
    inner = {"resources": [resource("okta_auth_server_policy_rule.readers")]}
    calls = {"billing": {"source": "./modules/billing", "module": inner}}
    document = plan(
        {
            **update(address, RULE, scope_whitelist=scopes),
            "module_address": "module.billing",
        },
        change(
            "okta_app_oauth.invoices",
            "no-op",
            before=app,
            after=app,
            before_sensitive={"client_secret": True},
            after_sensitive={"client_secret": True},
        ),
        resources=(resource("okta_app_oauth.invoices"),),
    )
    document["configuration"]["root_module"]["module_calls"] = calls
    return document


def write_configuration(repository: Path) -> None:
    """The configuration that the plan is of."""
    folder = (repository / MODULE).parent
    folder.mkdir(parents=True, exist_ok=True)
    (repository / "infra/main.tf").write_text(
        'module "billing" {\n  source = "./modules/billing"\n}\n\n'
        'resource "okta_app_oauth" "invoices" {\n  label = "Invoices"\n}\n'
    )
    (repository / MODULE).write_text(
        'resource "okta_auth_server_policy_rule" "readers" {\n  name = "Readers"\n'
        '  scope_whitelist = ["billing:read", "billing:write", "openid"]\n}\n'
    )


def write_terraform(tools: Path) -> None:
    """A `terraform` in a folder of programs, which plans what `widened` says."""
    document = tools.parent / "planned-by-terraform.json"
    document.write_text(json.dumps(widened()))
    write_tool(tools / "terraform", _TERRAFORM.replace("PLAN", str(document)))
