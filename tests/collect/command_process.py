"""What a process of `processes.command` runs. Each imports this anew, so it imports little."""

from __future__ import annotations

import os
import sys


def run_command(url: str, token: str, log: str, words: list[str]) -> None:
    """Run the command line against an org, saying what it says to a file."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.environ |= {"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": token, "CI": "true"}
    for name in ("OKTA_CLIENT_CLIENTID", "OKTA_CLIENT_PRIVATEKEY"):
        os.environ.pop(name, None)
    from auditor.cli import main  # noqa: PLC0415 - loaded before the process was forked

    sys.argv = ["okta-auditor", *words]
    main()
