"""What is only planned: said in every report, so that nobody takes it for what an org is."""

from __future__ import annotations

from auditor.snapshot.document import Capture
from auditor.text import one_line


def planned(capture: Capture) -> str:
    """A sentence that says whose plan it is; empty for what was read of an org."""
    if capture.plan is None:
        return ""
    return one_line(f"This is the org as {capture.plan.made_by} plans it, not as it is.")
