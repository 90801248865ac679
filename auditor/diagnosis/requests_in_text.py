"""What a text says of token requests: the parts of addresses, forms, commands and configurations.

Parts are found one by one and put together in the order in which they stand: a part that comes
again with another value begins another request. Only these parts are looked at, so that no code,
secret or password of a form is ever taken.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from auditor.diagnosis.clues import RequestClue
from auditor.tokens.grants import (
    BROWSER_GRANTS,
    CLIENT_CREDENTIALS,
    PASSWORD,
    browser_grant,
)
from auditor.tokens.lookup.issuers import server_in_url

_MOST = 2_000
"""Parts that are looked at."""

_ADDRESS = (
    r"(?:https?://[^\s/\"'<>\\?#]{1,255})?(?P<path>/oauth2/(?:[\w.-]{1,100}/)?v1/"
    r"(?P<endpoint>authorize|token|par|device/authorize|bc/authorize)\b)"
)
_ISSUER = (
    r"https?://[^\s/\"'<>\\?#]{1,255}(?:/oauth2/[\w.-]{1,100})?"
    r"(?=/\.well-known/(?:openid-configuration|oauth-authorization-server))"
)
_NAMED_ISSUER = (
    r"(?<![A-Za-z0-9])(?i:issuer(?:[_-]?ur[il])?|iss)[\"']?\s*[:=]{1,2}\s*[\"']?"
    r"(?P<named_issuer>(?:https?://|(?=[\w-]{1,63}\.okta[\w-]{0,10}\.com\b))[^\s/\"'<>\\?#,;]{1,255}(?:/oauth2/[\w.-]{1,100})?)"
)
_NAME = (
    r"(?P<open>[\"']?)(?:(?<![A-Za-z0-9])(?P<client>(?i:client[_-]?id))|(?<![\w.-])(?P<name>"
    r"grant_?[tT]ype|scopes?|SCOPES?|username|login_hint|redirect_uri|response_type|code_challenge|"
    r"prompt|resource|request_uri|post_logout_redirect_uri))"
    r"(?P<close>[\"']?)(?P<sign>\s*(?::=|==?|:|=>)\s*)"
)
_BASIC = (
    r"(?i:authorization)[\"']?\s*[:=]\s*[\"'\[]{0,3}(?i:basic)\s+(?P<basic>[A-Za-z0-9+/=]{8,2000})"
)
_OBJECT = r"(?P<object>(?<![\w.-])request=\(a-token\))"
_CURL_USER = r"(?<=\s)(?:-u|--user)[\s=]+[\"']?(?P<curl_user>0oa\w{1,40}):"

_PART = re.compile(
    f"{_ADDRESS}|(?P<issuer>{_ISSUER})|{_NAMED_ISSUER}|{_BASIC}|{_CURL_USER}|{_OBJECT}|{_NAME}"
)
_QUOTED = {'"': re.compile(r'"([^"\r\n]{0,2000})"'), "'": re.compile(r"'([^'\r\n]{0,2000})'")}
_ARRAY = re.compile(r"\[([^\]]{0,2000})\]")
_PLAIN = re.compile(r"[^\s\"'`<>,;&{}\[\]()\\]{1,2000}")
_TO_QUOTE = {'"': re.compile(r'[^"&\r\n]{1,2000}'), "'": re.compile(r"[^'&\r\n]{1,2000}")}
_LINE = re.compile(r"[\w.:/+%-]{1,100}(?: [\w.:/+%-]{1,100}){0,50}(?=\s*$)", re.MULTILINE)
_OKTA_CLIENT = re.compile(r"(?:0oa|wlp)[A-Za-z0-9]{1,40}")
_CLIENT = re.compile(r"[A-Za-z0-9._~:/-]{1,200}")
_METADATA = re.compile(r"(?:_uri|_endpoint)[\"']?\s*[:=]\s*[\"']$")
"""What stands before an address in a document of metadata, and in a challenge."""
_CHALLENGE = re.compile(r"\b(?:algs|realm)=\"[^\r\n]{0,400}$")
"""The beginning of a WWW-Authenticate header, which says what is wanted, not what was asked for."""
_OF_FORMS = frozenset({"login_hint", "prompt", "request_uri", "resource", "username"})
"""Names that mean other things in other JSON."""
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    value: Any
    at: int


def read_requests(text: str) -> tuple[RequestClue, ...]:
    """The token requests that a text tells of, in its order.

    Args:
        text: without tokens, and without backslashes before its quotation marks.
    """
    requests: list[RequestClue] = []
    values: dict[str, Any] = {}
    at = 0
    for fact in _facts(text):
        another = fact.name == "endpoint" and "endpoint" in values
        if another or values.get(fact.name, fact.value) != fact.value:
            requests.append(_request(values, at))
            values = {}
        values[fact.name] = fact.value
        at = fact.at
    if values:
        requests.append(_request(values, at))
    return tuple(requests)


def likeliest(
    requests: Iterable[RequestClue], at: int | None = None, source: str = ""
) -> RequestClue | None:
    """The request that an error is the answer to, with what others say of the same one.

    Args:
        requests: all of them, in their order.
        at: where the error stands; None if there is none.
        source: the input that the error is of.
    """
    known = [one for one in requests if _tells(one)]
    if not known:
        return None
    here = [one for one in known if one.source == source] or known
    before = [one for one in here if at is None or one.at <= at or one.source != source]
    chosen = before[-1] if before else here[0]
    first = known.index(chosen)
    for other in (*reversed(known[:first]), *known[first + 1 :]):
        if _same(chosen, other):
            chosen = _filled(chosen, other)
    return chosen


def _tells(one: RequestClue) -> bool:
    """Whether it says anything of the request that other texts do not say."""
    return bool(one.client or one.server or one.grant or one.scopes or one.logout_redirect_uri)


def _same(one: RequestClue, other: RequestClue) -> bool:
    """Whether two may be about one request: no part contradicts another."""
    pairs = ((one.client, other.client), (one.server, other.server), (one.grant, other.grant))
    return not any(a and b and a != b for a, b in pairs)


def _filled(one: RequestClue, other: RequestClue) -> RequestClue:
    names = ["server", "client", "grant", "user", "response_type", "redirect_uri", "prompt"]
    names += ["resource", "pkce", "logout_redirect_uri"]
    if one.grant in {None, *BROWSER_GRANTS} or other.grant is None:
        # A code is redeemed without scopes; a request without any with another grant asks for
        # the default ones.
        names.append("scopes")
    missing = {name: getattr(other, name) for name in names if getattr(one, name) is None}
    return replace(one, **missing)


def request_of_claims(claims: dict[str, Any]) -> RequestClue | None:
    """What a token tells that a client made: a request object (RFC 9101) or an assertion.

    Args:
        claims: the token's.
    """
    audience = claims.get("aud")
    server = server_in_url(audience) if isinstance(audience, str) and "://" in audience else None
    client, response_type = claims.get("client_id"), claims.get("response_type")
    if isinstance(client, str) and isinstance(response_type, str):
        scope, redirect_uri = claims.get("scope"), claims.get("redirect_uri")
        return RequestClue(
            server=server,
            client=client,
            grant=browser_grant(response_type),
            scopes=tuple(scope.split()) if isinstance(scope, str) and scope.strip() else None,
            response_type=response_type,
            redirect_uri=redirect_uri if isinstance(redirect_uri, str) else None,
            pkce="code_challenge" in claims,
        )
    issuer = claims.get("iss")
    if isinstance(issuer, str) and issuer == claims.get("sub") and "://" not in issuer:
        return RequestClue(server=server, client=issuer)
    return None


def _facts(text: str) -> Iterator[_Fact]:
    for count, match in enumerate(_PART.finditer(text)):
        if count == _MOST:
            return
        at = match.start()
        if path := match["path"]:
            if not _METADATA.search(text, max(0, at - 40), at):
                yield _Fact("endpoint", match["endpoint"], at)
            yield _Fact("server", server_in_url(path), at)
        elif issuer := match["issuer"] or match["named_issuer"]:
            address = issuer if "://" in issuer else f"https://{issuer}"
            yield _Fact("server", server_in_url(address), at)
        elif match["object"]:
            yield _Fact("object", "request", at)
        elif match["basic"] or match["curl_user"]:
            client = match["curl_user"] or _basic_client(match["basic"])
            if client:
                yield _Fact("client", client, at)
        else:
            yield from _named(text, match)


def _named(text: str, match: re.Match[str]) -> Iterator[_Fact]:
    if _CHALLENGE.search(text, max(0, match.start() - 400), match.start()):
        return
    name = "client" if match["client"] else match["name"].lower().replace("granttype", "grant_type")
    value, certain = _value(text, match)
    if not value:
        return
    at = match.start()
    if name == "client":
        if (_CLIENT if certain else _OKTA_CLIENT).fullmatch(value):
            yield _Fact("client", value, at)
    elif name in {"scope", "scopes"}:
        scopes = tuple(dict.fromkeys(value.replace(",", " ").replace('"', " ").split()))
        certain = certain or "openid" in scopes or "=" in match["sign"]  # or it is prose
        if certain and scopes and all(map(_SCOPE.fullmatch, scopes)):
            yield _Fact("scopes", scopes, at)
    elif certain and (match["sign"] == "=" or name not in _OF_FORMS):
        yield _Fact(name, value, at)


def _value(text: str, match: re.Match[str]) -> tuple[str, bool]:
    """The value behind a name, and whether its form says that it is one."""
    end, sign = match.end(), match["sign"].strip()
    form = sign == "=" and not match["close"] and match["sign"] == "="
    if form and (mark := match["open"]):  # `-d 'scope=a b'`
        found = _TO_QUOTE[mark].match(text, end)
        return (unquote_plus(found[0], errors="replace") if found else "", True)
    mark = text[end : end + 1]
    if mark in _QUOTED:
        found = _QUOTED[mark].match(text, end)
        return (found[1] if found else "", True)
    if mark == "[":
        found = _ARRAY.match(text, end)
        inner = found[1].replace("'", " ").replace('"', " ") if found else ""
        return (inner if match["name"] else "", bool(found))
    if form:
        found = _PLAIN.match(text, end)
        return (unquote_plus(found[0], errors="replace") if found else "", True)
    found = _LINE.match(text, end) or (None if match["name"] else _PLAIN.match(text, end))
    return (found[0] if found else "", False)


def _basic_client(encoded: str) -> str:
    """The client of a Basic header; what stands behind the colon is a secret."""
    try:
        decoded = b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
    client = unquote_plus(decoded.partition(":")[0])
    return client if ":" in decoded and _CLIENT.fullmatch(client) else ""


def _scope_omitted(values: dict[str, Any]) -> bool | None:
    """Whether a request that is all there names no scope; None where others may."""
    if "scopes" in values or {"request_uri", "object"} & values.keys():
        return None
    whole = values.get("endpoint") in {"authorize", "par"} and "response_type" in values
    if values.get("endpoint") == "token":
        whole = values.get("grant_type") in {CLIENT_CREDENTIALS, PASSWORD}
    return True if whole else None


def _request(values: dict[str, Any], at: int) -> RequestClue:
    endpoint, response_type = values.get("endpoint"), values.get("response_type")
    grant = values.get("grant_type")
    challenge, at_authorize = "code_challenge" in values, endpoint in {"authorize", "par"}
    elsewhere = "request_uri" if "request_uri" in values else ""
    elsewhere = "request" if "object" in values else elsewhere
    if grant is None and (at_authorize or response_type):
        grant = browser_grant(response_type)
    return RequestClue(
        server=values.get("server"),
        client=values.get("client"),
        grant=grant,
        user=values.get("username") or values.get("login_hint"),
        scopes=values.get("scopes"),
        response_type=response_type,
        redirect_uri=values.get("redirect_uri"),
        prompt=values.get("prompt"),
        resource=values.get("resource"),
        logout_redirect_uri=values.get("post_logout_redirect_uri"),
        scope_omitted=_scope_omitted(values),
        pkce=challenge if challenge or (at_authorize and not elsewhere) else None,
        elsewhere=elsewhere,
        at=at,
    )
