"""`okta-auditor sandbox`: serve a tenant file as if it were Okta."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import FILE
from auditor.cli.printing import print_line
from auditor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.sandbox import TenantFile
    from auditor.sandbox.certificate import Certificate

_TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""What OpenSSL, Python's requests, curl and Node read: the file of the authorities to trust."""


@click.command("sandbox")
@click.option("--tenant", type=FILE, metavar="FILE", help="A tenant file. [default: the demo's]")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; 0 takes any free one."
)
@click.option(
    "--tls", is_flag=True, help="Serve by https, with a certificate that is made for this run."
)
@click.option(
    "--cert", type=FILE, metavar="FILE", help="Serve by https with your certificate, in PEM form."
)
@click.option("--key", type=FILE, metavar="FILE", help="The private key of --cert.")
@click.option("--no-rate-limits", is_flag=True, help="Have nobody wait for Okta's rate limits.")
def command(
    tenant: Path | None,
    port: int,
    *,
    tls: bool,
    cert: Path | None,
    key: Path | None,
    no_rate_limits: bool,
) -> None:
    """Serve a tenant file as if it were Okta, on this machine only.

    Prints the commands that make another shell use it. Any API token is accepted, unless the
    tenant file names some. Stop it with Ctrl-C.
    """
    from auditor.sandbox import UNHURRIED, TenantFile, serve  # noqa: PLC0415 - the web server, only when used
    from auditor.sandbox.northwind import northwind  # noqa: PLC0415 - the same

    if key is not None and cert is None:
        raise UsageError("--key needs --cert.")
    served = (
        TenantFile.load(tenant)
        if tenant
        else TenantFile.from_document(northwind(datetime.now(UTC)))
    )
    if no_rate_limits:
        served = served.model_copy(update={"rate_limits": UNHURRIED})
    with _certificate(cert, key, made=tls) as shown:
        serve(served, port, lambda url: _announce(url, served, shown), shown)


@contextmanager
def _certificate(
    cert: Path | None, key: Path | None, *, made: bool
) -> Iterator[Certificate | None]:
    if cert is None and not made:
        yield None
        return
    from auditor.sandbox.certificate import made_certificate, own_certificate  # noqa: PLC0415 - the same

    if cert is not None:
        yield own_certificate(cert, key)
        return
    with made_certificate() as certificate:
        yield certificate


def _announce(url: str, served: TenantFile, certificate: Certificate | None) -> None:
    """Say where it is, and what makes a shell use it."""
    print_line(f"listening on {url}")
    token = next(iter(served.tokens or ()), "sandbox")
    _export("OKTA_CLIENT_ORGURL", url)
    _export("OKTA_CLIENT_TOKEN", token)
    if certificate is not None and certificate.authority is not None:
        for variable in _TRUST:
            _export(variable, str(certificate.authority))


def _export(variable: str, value: str) -> None:
    print_line(f"export {variable}={shlex.quote(value)}")
