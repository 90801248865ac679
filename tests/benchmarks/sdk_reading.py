"""Reads the usual tenant with the SDK's typed calls, as its README shows them.

    python tests/benchmarks/sdk_reading.py one|gathered URL

One at a time, or what can be asked for at the same time gathered. Prints the seconds
without the import. Nothing is kept, and lists end with their first page.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Iterable
from typing import Any

# The SDK insists on https otherwise, even on loopback.
os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"

from okta.client import Client

Call = Awaitable[tuple[Any, Any, Any]]


class Reader:
    def __init__(self, client: Any, *, gathered: bool) -> None:
        self._client = client
        self._gathered = gathered

    async def read(self) -> None:
        okta = self._client
        first = [
            okta.get_org_settings(),
            okta.get_client_privileges_setting(),
            okta.list_api_tokens(),
            okta.list_network_zones(limit=200),
            okta.list_inline_hooks(),
            okta.list_trusted_origins(limit=200),
            okta.list_users(limit=200),
            okta.list_authorization_servers(limit=200),
            okta.list_applications(limit=200, include_non_deleted=True),
            okta.list_groups(limit=200),
        ]
        *_, servers, apps, groups = await self._all(first)
        await self._all([okta.list_group_users(group.id, limit=200) for group in groups])
        await self._all([call for app in apps for call in self._of_app(app)])
        lists = await self._all([call for server in servers for call in self._of_server(server.id)])
        await self._all(
            okta.list_authorization_server_policy_rules(server.id, policy.id)
            for server, policies in zip(servers, lists[::6], strict=True)
            for policy in policies
        )

    def _of_app(self, app: Any) -> Iterable[Call]:
        okta = self._client
        yield okta.list_scope_consent_grants(app.id)
        yield okta.list_application_group_assignments(app.id, limit=200)
        yield okta.list_application_users(app.id, limit=500)
        if app.credentials.oauth_client.token_endpoint_auth_method == "private_key_jwt":
            yield okta.list_jwk(app.id)
            yield okta.list_roles_for_client(app.id)

    def _of_server(self, server: str) -> Iterable[Call]:
        okta = self._client
        yield okta.list_authorization_server_policies(server)
        yield okta.list_associated_servers_by_trusted_type(server, trusted=True, limit=200)
        yield okta.list_o_auth2_claims(server)
        yield okta.list_authorization_server_keys(server)
        yield okta.list_o_auth2_resource_server_json_web_keys(server)
        yield okta.list_o_auth2_scopes(server, limit=200)

    async def _all(self, calls: Iterable[Call]) -> list[Any]:
        if self._gathered:
            answers = await asyncio.gather(*calls)
        else:
            answers = [await call for call in calls]
        for _, _, error in answers:
            assert error is None, error
        return [data for data, _, _ in answers]


async def main(how: str, url: str) -> None:
    # The typed calls put no space between the scheme and the token.
    config = {"orgUrl": url, "token": " bench", "rateLimit": {"maxRetries": 10}}
    async with Client(config) as client:
        begin = time.perf_counter()
        await Reader(client, gathered=how == "gathered").read()
        sys.stdout.write(f"{time.perf_counter() - begin:.2f}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
