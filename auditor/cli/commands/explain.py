"""`okta-auditor explain`: what becomes of one token request, and why."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from auditor.cli.explanation import as_document, as_text
from auditor.cli.options import FILE
from auditor.cli.printing import print_document
from auditor.cli.token_requests import oidc_scopes_option, read_org
from auditor.errors import ExitCode
from auditor.text import escaped
from auditor.tokens.advice.search import advise
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.outcome import Outcome


@click.command("explain")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option("--server", required=True, metavar="NAME", help="Authorization server, or `org`.")
@click.option("--client", required=True, metavar="NAME", help="Client: label, client id or app id.")
@click.option(
    "--grant",
    required=True,
    metavar="TYPE",
    help="Grant type; also device_code, jwt-bearer, saml2-bearer, token-exchange, ciba.",
)
@click.option("--user", metavar="LOGIN", help="The user who signs in, or whom an assertion names.")
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable; none asks for defaults."
)
@click.option("--response-type", metavar="TYPE", help="[default: what the client is set up for]")
@click.option("--redirect-uri", metavar="URI", help="[default: one that is registered]")
@click.option("--no-pkce", is_flag=True, help="The request sends no code challenge.")
@click.option("--no-dpop", is_flag=True, help="The request carries no DPoP proof.")
@oidc_scopes_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    server: str,
    client: str,
    grant: str,
    user: str | None,
    scopes: tuple[str, ...],
    response_type: str | None,
    redirect_uri: str | None,
    oidc_scopes: str,
    form: str,
    no_pkce: bool,
    no_dpop: bool,
) -> None:
    """Say what becomes of one token request, why, and what would make it pass.

    Names, labels, logins and ids are all accepted.

    Exit codes: 0 a definite answer, minted or rejected; 2 wrong usage, for example a name that
    means nothing or two things; 3 the snapshot does not tell (INDETERMINATE).
    """
    org = read_org(path)
    named = NamedRequest(
        server=server,
        client=client,
        grant=grant,
        user=user,
        scopes=tuple(part for scope in scopes for part in scope.split()) or None,
        response_type=response_type,
        redirect_uri=redirect_uri,
        pkce=False if no_pkce else None,
        dpop=False if no_dpop else None,
    )
    request = named.resolve(org)
    decider = Decider(org, OidcScopes(oidc_scopes))
    explanation = decider.explain(request)
    advice = advise(decider, request, explanation.decision)
    if form == "json":
        document = as_document(org, explanation, advice)
        print_document(escaped(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()))
    else:
        print_document(as_text(org, explanation, advice))
    definite = explanation.decision.outcome is not Outcome.INDETERMINATE
    ctx.exit(ExitCode.CLEAN if definite else ExitCode.INCOMPLETE)
