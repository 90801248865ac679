"""Two snapshots compared in meaning: who gained or lost which tokens, and what else differs.

- `compare`: the whole comparison; `result`: what it gives
- `snapshot_pair`: the two snapshots with one numbering of people
- `differences`: where the requests of each client end otherwise; it uses `side_evaluation` (what
  one side's rules give), `evaluation_pair` (both sides, as if everybody were assigned),
  `scope_sources` (by which rules), `access_difference` (who gained or lost) and `eligibility`
  (who is assigned)
- `merged_changes`: differences that say the same, as one; `rejection_reasons`: why not before
- `object_changes`, `finding_changes`, `revocations`: what else differs
- `text_report`, `markdown_report`, `json_report`: how it is shown; `wording` is shared by the
  first two
"""
