"""Pulls events of the System Log into a file that grows as they come.

    queries         which events are asked for
    right           what it takes to read the log
    terms           what a file holds: its first line
    log_writer      the file: begun, gone on with, finished
    tail            where an earlier pull has ended
    written_events  of a page what the file has not
    pull            asks Okta, page by page

Okta answers a query with `since` and `until` in the order of `published`, page after page, to a
last one. Events may be missing from it because they are delayed, rarely (Okta, "System Log query",
bounded requests); by how much is not published. So whoever goes on with a file asks for the hour
before its end again; what is in the file already is known by its `uuid`.
"""
