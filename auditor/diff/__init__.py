"""What changed between two snapshots, in meaning: who can obtain which tokens, for how long."""
