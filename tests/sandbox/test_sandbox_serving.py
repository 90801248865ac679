from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from browsing import get

PROGRAM = """
from auditor.sandbox import TenantFile, serve
serve(TenantFile.from_document({}), 0, lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_served_tenant_ends_cleanly_when_told_to(end: signal.Signals):
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        status = get(f"{url}/api/v1/groups").status
        process.send_signal(end)
        try:
            rest, complaints = process.communicate(timeout=10)
        finally:
            process.kill()  # or leaving the block would wait for ever

    assert status == 200
    assert (process.returncode, rest, complaints) == (0, "ended\n", "")
