"""Rate limits in the System Log; `writer.py` names the sources of the shape.

Of a window there is one event, whatever else it refuses. Requests that were too many at the same
time have one each.
"""

from __future__ import annotations

from auditor.sandbox.limits import RateLimitState
from auditor.sandbox.system_log.writer import Caller, EventWriter, entity


def write_violation(writer: EventWriter, caller: Caller, rate_limit: RateLimitState) -> None:
    """Write that a request was refused, unless the log has that of its window.

    Args:
        writer: of the log.
        caller: who sent the request.
        rate_limit: the state that refused it.
    """
    concurrent = rate_limit.limit == 0
    if not concurrent and not rate_limit.first:
        return
    unknown = entity("User", "unknown")
    writer.write(
        "core.concurrency.org.limit.violation" if concurrent else "system.org.rate_limit.violation",
        "Too many requests in flight" if concurrent else "Rate limit violation",
        caller,
        actor=entity("PublicClientApp", caller.client) if caller.client else unknown,
        result="DENY",
        targets=[entity("URL Pattern", caller.path)],
    )
