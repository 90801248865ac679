"""`okta-auditor explain`: what becomes of one token request, and why."""

from __future__ import annotations

from pathlib import Path

import click

from auditor import exact_json
from auditor.cli.explanation import as_document, as_text
from auditor.cli.options import FILE, format_option
from auditor.cli.printing import print_document
from auditor.cli.token_requests import oidc_scopes_option, read_org, scope_names
from auditor.errors import ExitCode
from auditor.text import escaped
from auditor.tokens.advice.search import advise
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.lookup.authorize_url import read_authorize_url
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.outcome import Outcome


@click.command("explain")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "--url", metavar="URL", help="An address of /v1/authorize, from which the rest is taken."
)
@click.option(
    "--server", metavar="NAME", help="Authorization server: name, id, issuer, `default` or `org`."
)
@click.option(
    "--client", metavar="NAME", help="Client: label, client id or app id; an AI agent's name too."
)
@click.option(
    "--grant",
    metavar="TYPE",
    help="Grant type; also device_code, jwt-bearer, saml2-bearer, token-exchange, ciba.",
)
@click.option("--user", metavar="LOGIN", help="The user who signs in, or whom an assertion names.")
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help="Repeatable; none asks for defaults."
)
@click.option(
    "--assertion-scope",
    "assertion_scopes",
    multiple=True,
    metavar="SCOPE",
    help="Of jwt-bearer: a scope that the assertion carries. Repeatable.",
)
@click.option("--response-type", metavar="TYPE", help="[default: what the client is set up for]")
@click.option("--redirect-uri", metavar="URI", help="[default: one that is registered]")
@click.option("--resource", metavar="URI", help="Resource indicator (RFC 8707).")
@click.option(
    "--subject-server",
    metavar="NAME",
    help="Of a token exchange: the server that issued the subject token.",
)
@click.option(
    "--prompt", metavar="WORD", help="none, consent or login: the pages a user may be shown."
)
@click.option("--no-pkce", is_flag=True, help="The request sends no code challenge.")
@click.option("--no-dpop", is_flag=True, help="The request carries no DPoP proof.")
@oidc_scopes_option
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    url: str | None,
    server: str | None,
    client: str | None,
    grant: str | None,
    user: str | None,
    scopes: tuple[str, ...],
    assertion_scopes: tuple[str, ...],
    response_type: str | None,
    redirect_uri: str | None,
    resource: str | None,
    subject_server: str | None,
    prompt: str | None,
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
    asked = read_authorize_url(url) if url is not None else None
    words = {
        "server": server or (asked and asked.server),
        "client": client or (asked and asked.client),
        "grant": grant or (asked and asked.grant),
    }
    for name, word in words.items():
        if not word:
            raise click.UsageError(f"Missing option '--{name}'.")
    own_scopes = scope_names(scopes)
    named = NamedRequest(
        server=words["server"] or "",
        client=words["client"] or "",
        grant=words["grant"] or "",
        user=user,
        scopes=own_scopes or (asked.scopes if asked else None),
        assertion_scopes=scope_names(assertion_scopes) or None,
        response_type=response_type or (asked.response_type if asked else None),
        redirect_uri=redirect_uri or (asked.redirect_uri if asked else None),
        resource=resource or (asked.resource if asked else None),
        subject_server=subject_server,
        prompt=prompt or (asked.prompt if asked else None),
        pkce=False if no_pkce or (asked is not None and not asked.pkce) else None,
        dpop=False if no_dpop else None,
    )
    request = named.resolve(org)
    decider = Decider(org, OidcScopes(oidc_scopes))
    explanation = decider.explain(request)
    advice = advise(decider, request, explanation.decision)
    if form == "json":
        print_document(escaped(exact_json.indented(as_document(org, explanation, advice))))
    else:
        print_document(as_text(org, explanation, advice))
    definite = explanation.decision.outcome is not Outcome.INDETERMINATE
    ctx.exit(ExitCode.CLEAN if definite else ExitCode.INCOMPLETE)
