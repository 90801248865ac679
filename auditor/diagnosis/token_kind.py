"""What a token is, and how it was sent: APIs take no ID token, and a bound one with its proof."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.token_remark import TokenRemark
from auditor.text import listed, quoted


def other_maker(token: TokenClue) -> str:
    """What a token is that a client makes, as a sentence; empty for one that a server issued."""
    if str(token.header.get("typ", "")).lower() == "dpop+jwt":
        return "One is a DPoP proof, which the client makes for a single request."
    issuer = token.claims.get("iss")
    if isinstance(issuer, str) and "://" not in issuer:
        return (
            f"One was made by client {quoted(issuer)} itself: a client assertion or a request "
            "object, and no token of Okta's."
        )
    return ""


def is_id_token(token: TokenClue) -> bool:
    """Whether a token is an ID token of Okta's.

    Its `jti` begins with `ID.`, that of an access token with `AT.` (Okta, OpenID Connect & OAuth
    2.0 API, payloads of tokens); without one, access tokens have `scp` and `cid`, ID tokens
    neither.
    """
    claims = token.claims
    identifier = claims.get("jti")
    if isinstance(identifier, str) and identifier.startswith(("ID.", "AT.")):
        return identifier.startswith("ID.")
    marks = {"nonce", "at_hash", "c_hash", "amr", "idp", "auth_time"} & claims.keys()
    return bool(marks) and not {"scp", "cid"} & claims.keys()


def kind_remarks(token: TokenClue, needs: tuple[str, ...]) -> Iterator[TokenRemark]:
    """What there is to say of a token's kind.

    Args:
        token: one that a server issued.
        needs: scopes that the endpoint asks for.
    """
    if is_id_token(token):
        yield TokenRemark(
            "It is an ID token: it tells a client who signed in, and an API takes an access token.",
            wrong=bool(token.scheme or needs),
        )
        return
    bound = token.claims.get("cnf")
    if isinstance(bound, dict) and "jkt" in bound:
        as_bearer = token.scheme == "Bearer"
        sent = "and it was sent as Bearer: s" if as_bearer else "so s"
        yield TokenRemark(
            f"It is bound to the key of a client (cnf.jkt), {sent}end it as `Authorization: DPoP` "
            "with a proof in a header DPoP (RFC 9449, 7.1).",
            wrong=as_bearer,
        )
    yield from _scopes(token, needs)


def _scopes(token: TokenClue, needs: tuple[str, ...]) -> Iterator[TokenRemark]:
    if not needs:
        return
    value = token.claims.get("scp", token.claims.get("scope"))
    items = value.split() if isinstance(value, str) else value
    own = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
    lacking = [scope for scope in needs if scope not in own]
    if lacking:
        yield TokenRemark(
            f"It lacks {listed(map(quoted, lacking))}: its scopes are "
            f"{listed(map(quoted, own), most=20)}. A token gets the scopes that it was asked for "
            "with, so ask for a new one."
        )
    else:
        yield TokenRemark(f"It has {listed(map(quoted, needs))}.", wrong=False)
