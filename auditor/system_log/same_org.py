"""Whether a log and snapshots are of one org."""

from __future__ import annotations

from urllib.parse import urlsplit

from auditor.errors import UsageError
from auditor.snapshot.org import Org
from auditor.text import quoted


def check_log_org(log_url: str, org: Org) -> None:
    """Refuse a log of another org, where both say whose they are.

    Raises:
        UsageError: the log is of another org.
    """
    theirs, ours = _host(log_url), _host(org.snapshot.capture.org_url)
    if not _same(theirs, org):
        raise UsageError(
            f"The log is of another org: {quoted(theirs)}, and the snapshot of {quoted(ours)}.",
            remedy="Name the log and the snapshot of one org.",
        )


def check_base(base: Org, org: Org) -> None:
    """Refuse an older snapshot that cannot show what was changed.

    Raises:
        UsageError: it is of another org, not older, or one of the two is not of what was there,
            but of what a plan would make of it.
    """
    older, newer = base.snapshot.capture, org.snapshot.capture
    theirs, ours = _host(older.org_url), _host(newer.org_url)
    if not _same(theirs, org) and not _same(ours, base):
        raise UsageError(
            f"The older snapshot is of another org: {quoted(theirs)}, and the newer of "
            f"{quoted(ours)}.",
            remedy="Name two snapshots of one org.",
        )
    if older.plan is not None or newer.plan is not None:
        raise UsageError(
            "What was changed is shown by two snapshots of what was there, and one of these is of "
            "a plan.",
            remedy="Name two snapshots that were read from the org.",
        )
    if older.finished_at > newer.started_at:
        raise UsageError(
            f"The older snapshot was read at {older.finished_at:%Y-%m-%d %H:%M:%S %Z}, not before "
            f"the newer one, which was read from {newer.started_at:%Y-%m-%d %H:%M:%S %Z} on.",
            remedy="Name the older one with --base and the newer one with --snapshot.",
        )


def _same(host: str, org: Org) -> bool:
    """Whether a host is one of an org's, or one of the two is not known."""
    own = _host(org.snapshot.capture.org_url)
    if not host or not own or host == own:
        return True
    domains = org.custom_domains if org.known("custom_domains") else ()
    return host in {(domain.domain or "").lower() for domain in domains}


def _host(url: str) -> str:
    """The host of an org, without the `-admin` of its admin console."""
    try:
        host = urlsplit(url).netloc.lower()
    except ValueError:
        return ""
    name, dot, rest = host.partition(".")
    return name.removesuffix("-admin") + dot + rest
