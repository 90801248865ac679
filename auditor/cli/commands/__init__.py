"""One module for each command; each has a `command` that `auditor.cli` loads by name."""
