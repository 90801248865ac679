"""From events of Okta's System Log to their causes in the configuration. Pure.

A file of events is read as a stream (`reading`), each becomes an `event`, failing ones are put into
`groups` that failed alike, and `explanations` holds each group against a snapshot, its findings and
the changes of the log. `kept_fields` is what a file of ours holds of an event.
"""
