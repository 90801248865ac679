"""`okta-auditor sandbox`: serve a tenant file as if it were Okta."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import FILE
from auditor.cli.printing import print_line
from auditor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.sandbox import TenantFile
    from auditor.sandbox.certificate import Certificate
    from auditor.sandbox.service_app import ServiceApp

_AUTHORITY_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
)
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
@click.option(
    "--service-app",
    is_flag=True,
    help="Add a service app that may read everything, for clients that want OAuth.",
)
@click.option("--no-rate-limits", is_flag=True, help="Have nobody wait for Okta's rate limits.")
def command(
    tenant: Path | None,
    port: int,
    *,
    tls: bool,
    cert: Path | None,
    key: Path | None,
    service_app: bool,
    no_rate_limits: bool,
) -> None:
    """Serve a tenant file as if it were Okta, on this machine only.

    Prints the commands that make another shell use it. Any API token is accepted, unless the
    tenant file names some. Token requests to its authorization servers are decided as by
    `explain`, and what happens is in its System Log, /api/v1/logs. Stop it with Ctrl-C.
    """
    from auditor.sandbox import UNHURRIED, TenantFile, serve  # noqa: PLC0415 - the web server, only when used
    from auditor.sandbox.northwind import northwind, other_lists  # noqa: PLC0415 - the same

    if key is not None and cert is None:
        raise UsageError("--key needs --cert.")
    if tenant is not None:
        served = TenantFile.load(tenant)
    else:
        demo = northwind(datetime.now(UTC))
        served = TenantFile.from_document({**demo, **other_lists(demo)})
    if no_rate_limits:
        served = served.model_copy(update={"rate_limits": UNHURRIED})
    with ExitStack() as made:
        certificate = _certificate(made, cert, key) if tls or cert is not None else None
        app = None
        if service_app:
            from auditor.sandbox.service_app import made_service_app  # noqa: PLC0415 - the same

            served, app = made.enter_context(made_service_app(served))
        exports = [*_credentials(served, app), *_trust(certificate)]
        serve(served, port, lambda url: _announce(url, exports), certificate)


def _certificate(made: ExitStack, cert: Path | None, key: Path | None) -> Certificate:
    from auditor.sandbox.certificate import made_certificate, own_certificate  # noqa: PLC0415 - the same

    if cert is not None:
        return own_certificate(cert, key)
    return made.enter_context(made_certificate())


def _credentials(served: TenantFile, app: ServiceApp | None) -> Iterator[tuple[str, str]]:
    if app is None:
        yield "OKTA_CLIENT_TOKEN", next(iter(served.tokens or ()), "sandbox")
    else:
        yield "OKTA_CLIENT_AUTHORIZATIONMODE", "PrivateKey"
        yield "OKTA_CLIENT_CLIENTID", app.client_id
        yield "OKTA_CLIENT_PRIVATEKEY", str(app.key)


def _trust(certificate: Certificate | None) -> Iterator[tuple[str, str]]:
    if certificate is not None and certificate.authority is not None:
        for variable in _AUTHORITY_VARIABLES:
            yield variable, str(certificate.authority)


def _announce(url: str, exports: Iterable[tuple[str, str]]) -> None:
    """Say where it is, and what makes a shell use it."""
    print_line(f"listening on {url}")
    for variable, value in (("OKTA_CLIENT_ORGURL", url), *exports):
        print_line(f"export {variable}={shlex.quote(value)}")
