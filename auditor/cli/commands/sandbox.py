"""`okta-auditor sandbox`: serve a tenant file as if it were Okta."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.cli.printing import print_line


@click.command("sandbox")
@click.option("--tenant", type=FILE, metavar="FILE", help="A tenant file. [default: the demo's]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; 0 takes any free one."
)
def command(tenant: Path | None, port: int) -> None:
    """Serve a tenant file as if it were Okta, on this machine only.

    Any API token is accepted. Stop it with Ctrl-C.
    """
    from auditor.sandbox import TenantFile, serve  # noqa: PLC0415 - the web server, only when used
    from auditor.sandbox.northwind import northwind  # noqa: PLC0415 - the same

    served = (
        TenantFile.load(tenant)
        if tenant
        else TenantFile.from_document(northwind(datetime.now(UTC)))
    )
    serve(served, port, lambda url: print_line(f"listening on {url}"))
