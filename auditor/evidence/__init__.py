"""Evidence for auditors: bundles of what an audit saw and found, sealed and chained.

| module | what it does |
|---|---|
| `judging` | what the rules say about each control; not evaluated is never satisfied |
| `matrix`, `oscal`, `ocsf` | that, as a spreadsheet, an assessment result, and events |
| `provenance` | the tool, the rules and the settings, with their hashes |
| `redaction` | people's ids and logins replaced by keyed hashes |
| `manifest` | the in-toto statement that lists the files and names the bundle before |
| `signing` | Ed25519 keys and DSSE envelopes |
| `writing`, `opening` | a folder or a zip file; reading one that may be hostile |
| `verify`, `chain` | what is wrong with one bundle, and with a series of them |
"""
