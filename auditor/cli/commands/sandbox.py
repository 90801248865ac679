"""`okta-auditor sandbox`: serve a tenant file as if it were Okta."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import FILE
from auditor.cli.printing import print_line

if TYPE_CHECKING:
    from auditor.sandbox import TenantFile


@click.command("sandbox")
@click.option("--tenant", type=FILE, metavar="FILE", help="A tenant file. [default: the demo's]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; 0 takes any free one."
)
def command(tenant: Path | None, port: int) -> None:
    """Serve a tenant file as if it were Okta, on this machine only.

    Prints the commands that make another shell use it. Any API token is accepted, unless the
    tenant file names some. Stop it with Ctrl-C.
    """
    from auditor.sandbox import TenantFile, serve  # noqa: PLC0415 - the web server, only when used
    from auditor.sandbox.northwind import northwind  # noqa: PLC0415 - the same

    served = (
        TenantFile.load(tenant)
        if tenant
        else TenantFile.from_document(northwind(datetime.now(UTC)))
    )
    serve(served, port, lambda url: _announce(url, served))


def _announce(url: str, served: TenantFile) -> None:
    """Say where it is, and what makes a shell use it."""
    print_line(f"listening on {url}")
    token = next(iter(served.tokens or ()), "sandbox")
    print_line(f"export OKTA_CLIENT_ORGURL={shlex.quote(url)}")
    print_line(f"export OKTA_CLIENT_TOKEN={shlex.quote(token)}")
