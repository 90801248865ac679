"""Fetches a service app's access token: client credentials, RFC 7523, with DPoP if demanded.

An app may demand DPoP (RFC 9449). Okta says so by refusing a request without a proof, and then
asks for its nonce; each refusal uses up the client assertion, so that every request is made
with a new one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any

import orjson

from auditor.collect.auth.credentials import Credentials
from auditor.collect.auth.dpop import NONCE_REQUIRED, DpopProofs
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.http.scrubbing import Scrubber
from auditor.errors import CollectError
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import one_line

_LOGGER = logging.getLogger(__name__)

PATH = "/oauth2/v1/token"
NO_PROOF = "invalid_dpop_proof"
"""Okta's error, "The DPoP proof JWT header is missing.", for an app that demands DPoP."""
INVALID_SCOPE = "invalid_scope"

_TOKENS = ("access_token", "refresh_token", "id_token")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_RENEW_BEFORE_S = 300.0
_USUAL_LIFETIME_S = 3600.0
# Without a proof, with one, with a nonce, and with the next should the nonce expire just then.
_MOST_REQUESTS = 4

Send = Callable[[str, Mapping[str, str], Mapping[str, str]], Awaitable[Response]]
"""Posts a form: the address, headers, fields."""


@dataclass(frozen=True, slots=True, eq=False)
class AccessToken:
    """An access token. Two are never equal, whatever they hold."""

    value: str = field(repr=False)
    kind: str
    """`Bearer` or `DPoP`."""
    scopes: tuple[str, ...]
    renew_at: float
    """The clock's time from which on a new one is asked for."""


class TokenRefusedError(CollectError):
    """Okta issued no access token.

    Args:
        reason: a clause.
        remedy: what to do about it.
        code: the OAuth error code; may be empty.
    """

    def __init__(self, reason: str, *, remedy: str, code: str) -> None:
        super().__init__(f"{reason}.", remedy=remedy)
        self.reason = reason
        self.code = code


class TokenEndpoint:
    """The org's token endpoint, as one service app uses it.

    Args:
        credentials: the service app's.
        send: posts the token request.
        scrubber: is told of each token, and takes credentials out of the rest of an answer.
        clock: gives seconds that only go forward.
    """

    def __init__(
        self,
        credentials: Credentials,
        send: Send,
        scrubber: Scrubber | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.proofs = DpopProofs() if credentials.dpop else None
        """Makes DPoP proofs; None while nobody demands them."""
        self._credentials = credentials
        self._scopes = credentials.scopes
        self._send = send
        self._scrubber = scrubber or Scrubber()
        self._clock = clock

    async def issue(self) -> AccessToken:
        """Get a new access token. Optional scopes that are not granted are left out.

        Raises:
            TokenRefusedError: Okta issues none.
            TransportError: no usable answer came back.
        """
        optional = self._credentials.optional_scopes
        try:
            return await self._issue(self._scopes)
        except TokenRefusedError as error:
            # One scope that is not granted spoils the whole request, and Okta does not say which.
            if error.code != INVALID_SCOPE or not set(optional).intersection(self._scopes):
                raise
        required = tuple(scope for scope in self._scopes if scope not in optional)
        least = await self._issue(required)
        granted = [scope for scope in optional if await self._grants(scope)]
        _LOGGER.debug("optional scopes granted: %s", granted)
        self._scopes = tuple(sorted((*required, *granted)))
        return await self._issue(self._scopes) if granted else least

    async def _grants(self, scope: str) -> bool:
        try:
            await self._issue((scope,))
        except TokenRefusedError as error:
            if error.code != INVALID_SCOPE:
                raise
            return False
        return True

    async def _issue(self, scopes: tuple[str, ...]) -> AccessToken:
        for attempt in count(1):
            response = await self._ask(scopes)
            new_nonce = self.proofs is not None and self.proofs.learn(
                response.headers, resource=False
            )
            body = self._scrubbed(_json(response))
            if response.status == HTTPStatus.OK:
                token = self._issued(body, scopes)
                _LOGGER.debug("access token issued: %s, scopes %s", token.kind, token.scopes)
                return token
            code = str(body.get("error") or body.get("errorCode") or "")
            if code == NO_PROOF and self.proofs is None:
                self.proofs = DpopProofs()
            elif not (code == NONCE_REQUIRED and new_nonce) or attempt >= _MOST_REQUESTS:
                raise self._refusal(response, code, body)
        raise AssertionError("unreachable")

    def expires_soon(self, token: AccessToken) -> bool:
        """Whether it is time for a new token."""
        return self._clock() >= token.renew_at

    async def _ask(self, scopes: tuple[str, ...]) -> Response:
        address = self._credentials.org_url + PATH
        assert self._credentials.signing_key is not None
        headers = {}
        if self.proofs is not None:
            headers["DPoP"] = self.proofs.generate_proof_jwt("POST", address)
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._credentials.signing_key.client_assertion(
                self._credentials.client_id, address
            ),
        }
        return await self._send(address, headers, form)

    def _scrubbed(self, body: dict[str, Any]) -> dict[str, Any]:
        """An answer with no credentials but those that it brings."""
        brought = {name: body[name] for name in _TOKENS if isinstance(body.get(name), str)}
        self._scrubber.learn(*brought.values())
        rest = {name: item for name, item in body.items() if name not in brought}
        return {**self._scrubber.value(rest), **brought}

    def _issued(self, body: dict[str, Any], scopes: tuple[str, ...]) -> AccessToken:
        value, kind = body.get("access_token"), str(body.get("token_type") or "Bearer")
        kinds = {"bearer": "Bearer", "dpop": "DPoP"}
        if not isinstance(value, str) or not value.isascii() or kind.lower() not in kinds:
            raise TransportError("the token endpoint's answer holds no access token")
        lifetime = body.get("expires_in")
        if not isinstance(lifetime, int | float) or lifetime <= 0:
            lifetime = _USUAL_LIFETIME_S
        # A fifth at most, or a short-lived token would be renewed for every request.
        margin = min(_RENEW_BEFORE_S, lifetime / 5)
        return AccessToken(
            value,
            kinds[kind.lower()],
            tuple(str(body.get("scope") or "").split()) or scopes,
            self._clock() + lifetime - margin,
        )

    def _refusal(self, response: Response, code: str, body: dict[str, Any]) -> Exception:
        status = response.status
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TransportError(f"the token endpoint answered {status}")
        if not code:
            return TransportError(f"the token endpoint answered {status} and gave no reason")
        summary = str(body.get("error_description") or body.get("errorSummary") or "")
        reason = f"{code}: {summary}" if summary else code
        reason = one_line(without_credentials(self._scrubber.words(reason)))[:300]
        return TokenRefusedError(
            f"Okta issued no access token to client {self._credentials.client_id} ({reason})",
            remedy=self._remedy(code),
            code=code,
        )

    def _remedy(self, code: str) -> str:
        return {
            INVALID_SCOPE: "Grant the service app these scopes, or name the granted ones in "
            f"OKTA_CLIENT_SCOPES (okta-auditor doctor finds out which): "
            f"{', '.join(self._credentials.scopes)}.",
            "invalid_client": "Check OKTA_CLIENT_CLIENTID, that the key's public half is "
            "registered with the service app, and this machine's clock.",
            NO_PROOF: "Check this machine's clock; a DPoP proof is valid for a short time only.",
        }.get(code, "Check the service app's credentials and its Okta API Scopes.")


def _json(response: Response) -> dict[str, Any]:
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        return body
    if response.status == HTTPStatus.OK:
        raise TransportError("the token endpoint's answer is not JSON")
    return {}
