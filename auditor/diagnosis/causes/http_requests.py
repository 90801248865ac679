"""Requests that come to no answer of OAuth: a broken header, an address of nothing."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict, not_so, proven, unknown
from auditor.diagnosis.known_error import KnownError, request, setting


def _server_not_there(case: Case) -> CauseVerdict:
    if not case.words.server:
        return unknown("the address is not known", "--server")
    if case.server is not None or case.at_org:
        return not_so(f"{case.server_name} is there")
    if case.org.known("authorization_servers"):
        return proven(f"the org has no {case.server_name}")
    return unknown(case.unread("authorization_servers"))


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="header-value",
        text="invalid header field value",
        pattern=r"invalid header field value|Invalid character in header content|"
        r"Invalid (?:leading whitespace|header value)|ERR_INVALID_CHAR|"
        r"Illegal character in header|Header value .{0,40} (?:newline|line break)",
        meaning="The program's own HTTP library refuses to send a header: a line break or another "
        "character that no header may hold is in its value. Nothing reached Okta.",
        status="none: nothing is sent",
        causes=(
            request(
                "line-break-in-credential",
                "the token or secret was copied or read from a file with the line break at its end",
                "remove white space at its ends where it is read: $(tr -d '\\n' < FILE)",
            ),
        ),
        source="texts of Go's net/http, of Node and of Python's requests",
    ),
    KnownError(
        name="no-metadata",
        text="Unable to obtain configuration from",
        pattern=r"Unable to obtain configuration from|Issuer\.discover|IDX[12]0803|"
        r"[Ff]ailed to query provider|Unable to resolve (?:the )?Configuration with the provided "
        r"Issuer|oidc: issuer did not match the issuer returned by provider",
        meaning="A library cannot use what stands at the issuer's address, in "
        "/.well-known/openid-configuration: it has no client credentials yet, so no client is at "
        "fault.",
        status="404, 401 or 403 of the address; or the issuer in it is another",
        causes=(
            setting(
                "issuer-not-there",
                "the org has no authorization server with this issuer",
                "use the issuer of one that is there",
                _server_not_there,
            ),
            request(
                "issuer-written-otherwise",
                "the issuer in the library's settings is not written as the server's: a path such "
                "as /v1/authorize, a slash at the end, another domain of the org",
                "take the issuer from the server's page, character by character",
            ),
            request(
                "address-not-reached",
                "the machine does not reach the address, or does not trust its certificate",
                "read it there with curl",
            ),
        ),
        source="texts of openid-client, Microsoft.IdentityModel, go-oidc and Spring Security",
    ),
    KnownError(
        name="no-such-endpoint",
        text="cannot fetch token: 404",
        pattern=r"cannot fetch token: 404|token endpoint .{0,80}\b404\b",
        meaning="Nothing answers at the address of the token endpoint: no authorization server has "
        "the id in it, or the path is wrong.",
        status="404",
        causes=(
            setting(
                "server-not-there",
                "the authorization server was deleted, or is another org's",
                "use the id of one that is there, as its issuer has it",
                _server_not_there,
            ),
            request(
                "address-wrong",
                "the address is not https://DOMAIN/oauth2/ID/v1/token, or /oauth2/v1/token of the "
                "org server",
                "take it from the server's /.well-known/openid-configuration",
            ),
        ),
        source="observed in public issues of Grafana and others; endpoints from Okta's reference",
    ),
)
