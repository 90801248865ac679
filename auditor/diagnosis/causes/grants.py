"""Grant types and response types that the client does not have, or Okta does not know."""

from __future__ import annotations

import re

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_settings
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import (
    FAILED_REQUESTS,
    KnownError,
    of_rejection,
    request,
    setting,
)
from auditor.diagnosis.request_words import RequestWords
from auditor.diagnosis.token_kind import other_maker
from auditor.snapshot.models.clients import App
from auditor.text import closest, listed, one_line, quoted
from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    IMPLICIT,
    INTERACTION_CODE,
    KNOWN_GRANTS,
    TOKEN_EXCHANGE,
)
from auditor.tokens.lookup.grants import SHORT_GRANTS

_CONFIGURED = re.compile(
    r"configured (?:grant|response) types:?\s*\[([^\]\n]{0,500})\]", re.IGNORECASE
)


def _configured_types(error_text: str) -> frozenset[str] | None:
    """The types that the error says the app has; None if it does not say."""
    match = _CONFIGURED.search(error_text)
    if match is None:
        return None
    return frozenset(part.strip(" '\"") for part in match[1].split(",") if part.strip())


def _changed_since(case: Case, client: App, own: tuple[str, ...]) -> CauseVerdict | None:
    """The verdict where the error speaks of an app that is set up otherwise."""
    stated = _configured_types(case.error_text)
    if stated is None or stated == frozenset(own):
        return None
    names = listed(map(one_line, sorted(stated)), most=9)
    return not_so(
        f"the error is of an app with {names}, and client {quoted(client.title)} has "
        f"{listed(map(one_line, own), most=9)}: it was changed since, or is another"
    )


@of_settings
def _grant_not_enabled(case: Case, client: App) -> CauseVerdict:
    if other := _changed_since(case, client, client.grant_types):
        return other
    if case.grant is None:
        return unknown("which grant type it was is not known", "--grant")
    shown = evidence(client, "settings.oauthClient.grant_types", client.grant_types)
    name = quoted(client.title)
    if case.grant == INTERACTION_CODE and case.grant in client.grant_types:
        # It has to be on for the org and in a rule as well (guide on the interaction code grant).
        return unknown("whether the org lets apps embed its sign-in is in no snapshot")
    if case.grant in client.grant_types:
        return not_so(f"client {name} has grant type {one_line(case.grant)}", shown)
    return proven(f"client {name} does not have grant type {one_line(case.grant)}", shown).fixed_by(
        f"enable {one_line(case.grant)} for client {name}",
        f"use a grant type that it has: {listed(map(one_line, client.grant_types), most=9)}",
    )


def _misspelt_grant(case: Case) -> CauseVerdict:
    word = case.words.grant
    if word is None:
        return unknown("which grant type was sent is not known", "--grant")
    if word in KNOWN_GRANTS:
        return not_so(f"Okta knows grant type {one_line(word)}")
    if word in SHORT_GRANTS:
        return proven(f"{quoted(word)} is no grant type; the whole URI is sent").fixed_by(
            f"send {SHORT_GRANTS[word]}"
        )
    meant = closest(word, sorted(KNOWN_GRANTS))
    fixes = (f"send {meant}",) if meant else ()
    return proven(f"Okta knows no grant type {quoted(word)}").fixed_by(*fixes)


@of_settings
def _grant_of_response_type(case: Case, client: App) -> CauseVerdict:
    if other := _changed_since(case, client, client.oauth.response_types):
        return other
    needed = _needed(case)
    if needed is None:
        return unknown("which response type was asked for is not known", "--grant")
    shown = evidence(client, "settings.oauthClient.grant_types", client.grant_types)
    name = quoted(client.title)
    if needed in client.grant_types:
        return not_so(f"client {name} has grant type {needed}", shown)
    text = f"client {name} does not have grant type {needed}, which the response type goes with"
    return proven(text, shown).fixed_by(f"enable {needed} for client {name}")


def _needed(case: Case) -> str | None:
    """The grant type that the response type of the request goes with."""
    if case.words.response_type:
        code = "code" in case.words.response_type.split()
        return AUTHORIZATION_CODE if code else IMPLICIT
    return case.grant


def _response_type_of_app(case: Case) -> CauseVerdict:
    client, asked = case.client, case.words.response_type
    if client is None:
        return unknown("which client it was is not known", "--client")
    if not asked:
        return unknown("which response type was asked for is not known: give the whole address")
    own = client.oauth.response_types
    shown = evidence(client, "settings.oauthClient.response_types", own)
    if not set(asked.split()) - set(own):
        return not_so(f"response type {quoted(asked)} is one of the client's", shown)
    if _needed(case) not in client.grant_types:
        return not_so("the client lacks the grant type itself")
    text = f"response type {quoted(asked)} is none of client {quoted(client.title)}'s"
    return proven(text, shown).fixed_by(f"use {listed(map(quoted, own), most=5, word='or')}")


def _subject_server(case: Case) -> CauseVerdict:
    server = case.server
    if server is None:
        return unknown("which server it was is not known", "--server")
    of_servers = (one for one in case.tokens if one.claims.get("iss") and not other_maker(one))
    subject = next(of_servers, None)
    if not case.org.known("associated_servers", server):
        return unknown(case.unread("associated_servers"))
    trusted = case.org.trusted_servers(server)
    issuers = {one.issuer for one in (server, *trusted)}
    shown = evidence(server, "associatedServers", [one.title for one in trusted])
    if subject is None:
        return unknown("which server issued the subject token is not known: give the token")
    issuer = str(subject.claims["iss"])
    if issuer in issuers:
        return not_so(f"{case.server_name} takes tokens of {quoted(issuer)}", shown)
    text = f"{case.server_name} takes no tokens of {quoted(issuer)}"
    known = any(one.issuer == issuer for one in case.org.servers)
    return (proven if known else likely)(text, shown).fixed_by(
        f"make the subject token's server a trusted server of {case.server_name}"
    )


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="grant-not-allowed",
        error="unauthorized_client",
        text="The client is not authorized to use the provided grant type.",
        pattern=r"client (?:is not|isn['\u2019]t) authorized to use the provided grant type",
        status="400",
        meaning="The app does not have the grant type.",
        causes=(
            setting(
                "grant-not-enabled",
                "the grant type is not enabled for the app",
                "enable it in the app",
                _grant_not_enabled,
            ),
        ),
        condition=Condition.GRANT,
        log_filter=FAILED_REQUESTS,
        source="observed; OAuth API description",
    ),
    of_rejection(
        "unknown-grant",
        rejections.UNKNOWN_GRANT,
        "The authorization server does not know the grant type.",
        request(
            "grant-misspelt",
            "grant_type is misspelt, or nothing that Okta has",
            "correct it",
            _misspelt_grant,
        ),
        pattern=r"The grant type in the request (?:is not|isn['\u2019]t) supported",
        status="400",
    ),
    KnownError(
        name="response-type",
        error="unsupported_response_type",
        text="The response type is not supported by the authorization server.",
        pattern=r"The response type (?:is not supported|contained in the request)",
        status="redirect",
        meaning="The app does not have the response type, or not the grant type that it goes with.",
        causes=(
            setting(
                "grant-of-response-type",
                "the app lacks authorization_code or implicit",
                "enable the grant type",
                _grant_of_response_type,
            ),
            request(
                "response-type-of-app",
                "response_type is another than the app's",
                "use code",
                _response_type_of_app,
            ),
        ),
        condition=Condition.RESPONSE_TYPE,
        log_filter=FAILED_REQUESTS,
        source="observed",
    ),
    KnownError(
        name="subject-token",
        error="invalid_grant",
        text="subject token is invalid",
        status="400",
        meaning="The token that was to be exchanged has expired, is of another client, or its "
        "server is none that the exchanging server trusts.",
        causes=(
            setting(
                "subject-server-not-trusted",
                "the server that issued it is none of the trusted servers",
                "add it to the trusted servers",
                _subject_server,
            ),
            request(
                "subject-token-unfit",
                "it has expired, or its audience is another than the client",
                "exchange a fresh access token of the same client",
            ),
        ),
        condition=Condition.SUBJECT_TOKEN,
        tells=RequestWords(grant=TOKEN_EXCHANGE),
        log_filter=FAILED_REQUESTS,
        source="support article on token exchange",
    ),
)
