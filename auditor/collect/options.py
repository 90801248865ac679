"""How to read a tenant. Apart from the exporter, so that the command line loads no SDK for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExportOptions:
    """Limits of an export."""

    concurrency: int = 15
    """Requests in flight at most."""

    attempts: int = 5
    """How often a failing request is sent before its list is given up."""
