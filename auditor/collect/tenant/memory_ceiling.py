"""The ceiling of the memory that a run may take: no server makes it take all there is."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.errors import CollectError

if sys.platform != "win32":
    import resource

_PAGES_BETWEEN_LOOKS = 20
_MIB = 1 << 20
_STATM = Path("/proc/self/statm")


class MemoryCeiling:
    """Looks at the memory of the process every few pages.

    Args:
        mib: MiB that it may take.
    """

    def __init__(self, mib: int) -> None:
        self._mib = mib
        self._pages = 0

    def check(self) -> None:
        """Count a page that was kept.

        Raises:
            CollectError: the process takes more than it may.
        """
        self._pages += 1
        if self._pages % _PAGES_BETWEEN_LOOKS == 0 and resident_bytes() > self._mib * _MIB:
            raise CollectError(
                f"Reading took more than the {self._mib:,} MiB of memory that --max-memory allows.",
                remedy="What was read is kept. If the org is really so large, go on with --resume "
                "and a larger --max-memory; if not, something answers with lists without an end.",
            )


def resident_bytes() -> int:
    """The memory of this process; where only the most is known that it ever took, that.

    0 on Windows, where nothing is known without another package: there is no ceiling there.
    """
    if sys.platform == "win32":
        return 0
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
