"""How to read a tenant. Apart from the exporter, so that the command line loads no SDK for it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.collect.fetch.bounds import LARGEST_EXPORT_MIB, LONGEST_EXPORT_S


@dataclass(frozen=True)
class ExportOptions:
    """Limits of an export."""

    concurrency: int = 15
    """Requests in flight at most."""

    attempts: int = 5
    """How often a failing request is sent before its list is given up."""

    share: float | None = None
    """The part of each rate limit that is spent; None for what other clients do not need."""

    max_requests_per_minute: int | None = None
    """Requests a minute over all rate-limit buckets; None for what the limits allow."""

    max_time: int = LONGEST_EXPORT_S
    """Seconds that the export may take; what is not read by then is a gap, for another run."""

    max_memory: int = LARGEST_EXPORT_MIB
    """MiB that the process may take while it reads; more ends the run."""

    all_members: bool = False
    """Whether members are read of every group, not only of those that something names."""

    all_lists: bool = False
    """Whether lists of apps are read, too, that no decision and no rule needs."""
