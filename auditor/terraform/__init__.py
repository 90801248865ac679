"""Terraform plans as planned snapshots: the configuration that a plan would create.

A plan's way through these modules:

- `plan_file` reads the JSON of `terraform show -json` into a `plan.Plan`, without what is secret
  (`sensitive_values`) and with the attributes that `resource_types` knows and no others;
- `instances` gives each resource an id: its own, or its address where that is known after apply;
- `references` follows what an attribute refers to through modules, `count` and `for_each`;
- `attributes` says of each attribute what is known of it;
- `planned_org` is a copy of the base snapshot's resources that can be changed; `servers`, `apps`,
  `directory`, `org_settings`, `admin_roles` and `data_sources` change it, with what `appliers` and
  `record_fields` have for all of them; `priorities` orders policies and rules;
- `planned_snapshot` puts it together: a snapshot with a ledger of what is known
  (`planned_ledger`), and with what `left_out` says the plan does not show.

`drift` compares the org with what Terraform left, `source/` reads the HCL, `fixes` writes exact
fixes and `import_blocks` an org that is not in Terraform yet; `summary` is what `plan` prints.
"""
