"""The key that signed a token: rotated away at its server, or not yet known to who validates it."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.sent_token import (
    NOT_PASTED,
    TOKEN_OF_ORG_SERVER,
    of_org_server,
    readable_token,
    sent_token,
)
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.known_error import KnownError, request, setting
from auditor.diagnosis.token_issuer import at_domain_of, issuing_server
from auditor.diagnosis.token_times import issued_at
from auditor.text import quoted


def _unknown_key(case: Case, token: TokenClue, kids: list[str | None]) -> CauseVerdict | None:
    """The verdict where a key that is not among the server's need not have been one of them."""
    kid = token.header.get("kid")
    if not isinstance(kid, str):
        return unknown("which key signed the token is not known: it has no kid")
    if kid in kids:
        return None
    if not at_domain_of(case.org, str(token.claims["iss"])):
        return unknown("the token is of a domain of which the snapshot does not know")
    issued = issued_at(token.claims)
    if issued is None or issued > case.org.captured_at:
        return unknown("the snapshot is older than the token, which may have a newer key")
    return None


def _key_rotated(case: Case) -> CauseVerdict:
    token = readable_token(case)
    if isinstance(token, CauseVerdict):
        return token
    server = issuing_server(token, case.org)
    if server is None:
        return not_so("it is no token of a custom authorization server of the org")
    if not case.org.known("server_keys", server):
        return unknown(case.unread("server_keys"))
    kids = [key.kid for key in case.org.signing_keys(server)]
    if verdict := _unknown_key(case, token, kids):
        return verdict
    kid = token.header.get("kid")
    shown = evidence(server, "credentials/keys", kids)
    if kid in kids:
        return not_so(f"{quoted(str(kid))} is a key of {quoted(server.title)}", shown)
    return proven(
        f"no signing key of authorization server {quoted(server.title)} is {quoted(str(kid))}: it "
        "was rotated away",
        shown,
    ).fixed_by("get a new token")


def _stale_keys(case: Case) -> CauseVerdict:
    token = sent_token(case)
    if token is None:
        return unknown(NOT_PASTED)
    if of_org_server(token):
        return not_so("the org server issued the token, whose keys your API cannot use")
    server = issuing_server(token, case.org)
    if server is None or not case.org.known("server_keys", server):
        return unknown("the keys of the token's server were not read")
    kids = [key.kid for key in case.org.signing_keys(server)]
    if verdict := _unknown_key(case, token, kids):
        return verdict
    kid = token.header.get("kid")
    if kid not in kids:
        return not_so("the key is none of the server's")
    return proven(
        f"{quoted(str(kid))} is a signing key of authorization server {quoted(server.title)}: the "
        "API's validator keeps an older set of keys, or reads another server's",
        evidence(server, "credentials/keys", [kid]),
    ).fixed_by(
        "have the validator fetch the keys again where a kid is not among those it keeps",
        f"read the keys of {quoted(str(server.issuer or server.title))}",
    )


SIGNING_KEY_NOT_FOUND = KnownError(
    name="token-key",
    text="Unable to find a signing key that matches",
    pattern=r"Unable to find a signing key|IDX1050[0-9]|resolving signing key for kid|"
    r"no matching key\(?s?\)? found|No matching JWK|failed to verify with any of the keys|"
    r"failed to verify (?:id token )?signature|"
    r"no applicable key found in the JSON Web Key Set",
    meaning="A library refuses the token because it knows no key of that name.",
    status="of the API that validates the token",
    causes=(
        TOKEN_OF_ORG_SERVER,
        setting(
            "key-rotated-away",
            "the key was rotated away",
            "get a new token",
            _key_rotated,
        ),
        request(
            "stale-keys",
            "the validator keeps an older set of keys, or another server's",
            "have it fetch the keys again",
            _stale_keys,
        ),
    ),
    source="texts of token validators",
)
