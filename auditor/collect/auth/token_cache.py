"""Keeps a service app's access token for all callers, and has it renewed before it expires."""

from __future__ import annotations

import asyncio

from auditor.collect.auth.dpop import DpopProofs
from auditor.collect.auth.fetch_token import AccessToken, TokenEndpoint


class TokenCache:
    """The current access token of one service app.

    Args:
        endpoint: issues tokens.
    """

    def __init__(self, endpoint: TokenEndpoint) -> None:
        self._endpoint = endpoint
        self._token: AccessToken | None = None
        self._refused: AccessToken | None = None
        self._renewed = False
        """Whether the current token is a renewed one that nobody has accepted so far."""
        self._pending: asyncio.Task[AccessToken] | None = None

    @property
    def proofs(self) -> DpopProofs | None:
        """What makes DPoP proofs; None while nobody demands them."""
        return self._endpoint.proofs

    async def current(self) -> AccessToken:
        """The token to use now. Callers that have to wait for one wait for the same.

        Raises:
            TokenRefusedError: Okta issues none.
            TransportError: no usable answer came back.
        """
        if self._token is not None and not self._endpoint.expires_soon(self._token):
            return self._token
        if self._pending is None:
            self._pending = asyncio.create_task(self._request())
            self._pending.add_done_callback(self._settled)
        # A caller that is cancelled must not take the token from the others.
        return await asyncio.shield(self._pending)

    def note_use(self, token: AccessToken, *, accepted: bool) -> None:
        """Learn whether a request with a token was accepted."""
        if token is not self._token:
            return
        if accepted:
            self._renewed = False
        else:
            self._refused = token

    async def renew(self) -> bool:
        """Replace the current token if it was refused.

        Returns:
            Whether there is a token that is worth another try: one that nobody has tried, or
            that works. False if one that was never accepted has been renewed in vain.

        Raises:
            TokenRefusedError: Okta issues none.
            TransportError: no usable answer came back.
        """
        if self._token is not None and self._token is self._refused:
            if self._renewed:
                return False
            self._renewed = True
            self._token = None
        await self.current()
        return True

    async def close(self) -> None:
        """Give up a request that is under way."""
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.gather(self._pending, return_exceptions=True)

    async def _request(self) -> AccessToken:
        self._token = await self._endpoint.issue()
        return self._token

    def _settled(self, task: asyncio.Task[AccessToken]) -> None:
        self._pending = None
        if not task.cancelled():
            # Asking for the error marks it as seen, should all callers have gone.
            task.exception()
