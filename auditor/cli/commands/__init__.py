"""The commands: each has a line here, and a module of its name with a `command` in it.

`auditor.cli` loads that module when the command is used, so that no other one costs any time.
"""

COMMANDS = {
    "doctor": "Check the way to the org, the token and its rights before an export.",
    "snapshot": "Read a tenant's configuration into a file.",
    "audit": "Check a snapshot against the rules.",
    "run": "Read a tenant and check it: snapshot and audit in one.",
    "demo": "See it work on a tenant that comes with it; needs no Okta org.",
    "sandbox": "Serve a tenant file as if it were Okta, on this machine only.",
    "explain": "Say what becomes of one token request, why, and what would make it pass.",
    "diagnose": "Say why a request failed: from an error, an address, a token or a log.",
    "test": "Check that token requests are minted or rejected as a file expects.",
    "access": "List who can obtain which scopes, through which client and rule.",
    "report": "Render saved results again, in any format or by a template.",
    "logs": "Pull failing requests from the System Log, and say why they failed.",
    "diff": "Say what changed between two snapshots: who gained or lost which tokens.",
    "plan": "Make of a Terraform plan the snapshot of the org that it would leave behind.",
    "suppress": "Accept findings of a rule on an object, with a reason, an owner and an end.",
    "baseline": "Accept today's findings, so that only new ones count.",
    "controls": "Show which controls of compliance frameworks the rules bear on.",
    "evidence": "Write evidence of an audit for auditors, and verify it offline.",
    "rules": "List the rules, or show the page of one.",
    "config": "Show each setting that holds, and where it comes from.",
    "init": "Write a commented configuration file to start from.",
    "completion": "Print what makes a shell complete commands, rules and names.",
    "schema": "Print the JSON Schema of a file that okta-auditor reads or writes.",
}
"""What each command does, in the order in which a newcomer needs them."""
