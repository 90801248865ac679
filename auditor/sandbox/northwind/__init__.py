"""Northwind Robotics: a made-up company to try the tool on.

It builds warehouse robots in Aarhus, sells spare parts, and runs an API for each of these
things. To get to know it: `people` are the staff, `clients` the apps they use and the
machines behind them, `servers` the authorization servers that guard the APIs, and `org`
the rest. All of that is sound: no built-in rule has anything to say about it. `flaws` then
plants one mistake per rule, each with its story. `company` has the tools to write any of it
down, and `demo_tenant` puts it together. `other_lists` adds what other collectors read.
"""

from auditor.sandbox.northwind.demo_tenant import northwind
from auditor.sandbox.northwind.other_lists import other_lists

__all__ = ["northwind", "other_lists"]
