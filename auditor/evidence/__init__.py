"""Evidence for auditors: bundles of what an audit saw and found, sealed and chained.

| module | what it does |
|---|---|
| `bundle` | puts the files together, the control matrix among them |
| `oscal`, `ocsf` | what the rules say about controls, as an assessment result and as events |
| `provenance` | the tool, the rules and the settings, with their hashes |
| `redaction` | people's ids and logins replaced by keyed hashes |
| `manifest` | the in-toto statement that lists the files and names the bundle before |
| `signing` | Ed25519 keys and DSSE envelopes |
| `writing`, `opening` | a folder or a zip file; reading one that may be hostile |
| `agreement` | whether the files say the same of how complete the audit is, and of which snapshot |
| `verify`, `chain` | what is wrong with one bundle, and with a series of them |
"""
