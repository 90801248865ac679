"""Examples for `--help`: a line for each use that people come with, run by tests as it stands.

They follow on `okta-auditor demo`; those of commands that read an org follow on
`okta-auditor sandbox` and the two lines that it prints.
"""

from __future__ import annotations

import click

EXAMPLES: dict[str, tuple[str, ...]] = {
    "doctor": ("okta-auditor doctor",),
    "snapshot": (
        "okta-auditor snapshot -o snapshot.json",
        "okta-auditor snapshot -o snapshot.json --since snapshot.json",
        "okta-auditor snapshot --plan",
    ),
    "audit": (
        "okta-auditor audit okta-audit/snapshot.json",
        "okta-auditor audit okta-audit/snapshot.json -v --select OAM3 --ignore OAM308",
        "okta-auditor audit okta-audit/snapshot.json -O text -O html=report.html",
    ),
    "run": (
        "okta-auditor run -O text -O sarif=results.sarif",
        "okta-auditor run --plan plan.json --base okta-audit/snapshot.json",
    ),
    "demo": ("okta-auditor demo", "okta-auditor demo -o somewhere"),
    "sandbox": ("okta-auditor sandbox --port 8080",),
    "explain": (
        """okta-auditor explain okta-audit/snapshot.json --server Payments \\
    --client checkout-web --grant authorization_code --user ada \\
    --scope openid --scope payments:write""",
    ),
    "diagnose": (
        "okta-auditor diagnose E0000047",
        """okta-auditor diagnose --snapshot okta-audit/snapshot.json \\
    '{"error": "invalid_scope"}'""",
        """okta-auditor diagnose --snapshot okta-audit/snapshot.json E0000006 \\
    --call "GET /api/v1/groups" --client org-chart""",
    ),
    "test": ("okta-auditor test okta-audit/snapshot.json expectations.yaml",),
    "access": (
        "okta-auditor access okta-audit/snapshot.json --scope payments:write",
        "okta-auditor access okta-audit/snapshot.json --user ada --format csv",
    ),
    "report": ("okta-auditor report okta-audit/results.json -O markdown",),
    "logs": (
        "okta-auditor logs --since 7d -o log.jsonl",
        "okta-auditor logs --append -o log.jsonl --snapshot snapshot.json",
        "okta-auditor logs log.jsonl --format json",
    ),
    "diff": ("okta-auditor diff okta-audit/snapshot.json snapshot.json --fail-on-gain '*'",),
    "plan": ("okta-auditor plan plan.json --base okta-audit/snapshot.json -o planned.json",),
    "suppress": (
        """okta-auditor suppress okta-audit/snapshot.json --rule OAM303 --target Go \\
    --reason 'closed next week' --owner ada --days 7""",
    ),
    "baseline": ("okta-auditor baseline okta-audit/snapshot.json",),
    "controls": (
        "okta-auditor controls --framework nist-800-53-r5",
        "okta-auditor controls okta-audit/snapshot.json --format csv",
    ),
    "rules": ("okta-auditor rules", "okta-auditor rules OAM312"),
    "config": ("okta-auditor config --profile pr",),
    "init": ("okta-auditor init", "okta-auditor init --ci gitlab --terraform infra"),
    "completion": ("okta-auditor completion bash",),
    "schema": ("okta-auditor schema expectations",),
}


def with_examples(command: click.Command, name: str) -> click.Command:
    """Give a command's help its examples, beneath the options.

    Args:
        command: the command.
        name: what `EXAMPLES` calls it.
    """
    if lines := EXAMPLES.get(name):
        body = "\n".join(f"  {line}" for example in lines for line in example.split("\n"))
        command.epilog = f"\b\nExamples:\n{body}"
    return command
