"""Terraform plans as planned snapshots: the configuration that a plan would create.

A plan's way through these modules:

- `plan_file` reads the JSON of `terraform show -json` into a `plan.Plan`, without what is secret
  (`sensitive_values`) and with the attributes that `resource_types` knows and no others;
- `instances` gives each resource an id: its own, or its address where that is known after apply;
- `references` follows what an attribute refers to through modules, `count` and `for_each`;
- `attributes` says of each attribute what is known of it;
- `planned_org` is a copy of the base snapshot's resources that can be changed, and `servers`,
  `apps`, `directory` and `org_settings` change it;
- `planned_snapshot` puts it together: a snapshot with a ledger of what is known.
"""
