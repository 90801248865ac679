"""From events of Okta's System Log to their causes in the configuration. Pure.

The way of an event, from the file to the report:

- `reading` reads a file as a stream (`byte_stream`): JSON (`json_values`), JSON lines, or CSV
  (`csv_rows`); `log_header` is the first and the last line of files of ours;
- `kept_fields` says what those files keep of an event, `event_types` which types matter;
- `event` is what grouping needs of it, and `groups` puts failing requests together that failed
  alike, and keeps changes and what was granted;
- `situations` makes token requests of a group, `decisions` has them decided on a snapshot, and
  `explanations` ties both to the `changes` of the log;
- `finding_ties` says which findings bear on a group, `usage` what no request has used;
- `analysis` does all of it for `logs`, and `audited_log` puts it into the result of an audit.

Events are pulled by `auditor/collect/system_log/`. The sandbox has a System Log of its own:
`auditor/sandbox/system_log/`.
"""
