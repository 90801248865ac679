"""What somebody accepts: findings, by a suppression, which expires, or the baseline; and gaps.

- `accept`: sets accepted findings apart from those that count
- `expiry`: when a suppression ends, and how long before that it is announced
- `notices`: what whoever keeps the two files should know
- `suppression`: one entry, the file of them, and the policy of what may be suppressed
- `gap_entry`, `accept_gaps`: what somebody does without that Okta refuses, and whether it holds
- `suppressions_file`: reads the TOML file; `entry_checks`, `suppression_checks` and `gap_checks`
  refuse what is not sound
- `suppression_writing`: adds an entry to the file
- `baseline`, `baseline_file`: the findings that were there on a day, and their JSON file
- `content_hash`: what of an object must stay the same for a baseline to hold
"""
