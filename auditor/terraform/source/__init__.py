"""Where the resources of a plan stand in the HCL of a configuration, and what is written there.

A plan has no lines. `hcl_file` reads one file into blocks, `source_tree` finds the block of an
address through local modules, `list_expressions` reads what a plan leaves out of a list,
`ignore_comments` reads suppressions above a block, and `locations` puts findings on their lines.
"""
