"""The built-in report formats: one module each, named after the format.

A report is a pure function from the result of an audit to text: no clock, no files, no
network, so that the same audit gives the same bytes. Whatever came from a tenant is
hostile: names pass through `auditor.text` before anybody reads them. A module whose name
begins with an underscore holds what several formats share.
"""
