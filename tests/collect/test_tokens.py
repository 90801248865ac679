"""Access tokens over real HTTP: DPoP with its nonces, renewal, expiry, and who shares them."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from helpers import okta_auditor, served, tenant
from service_app import KEY, credentials, pem, with_client, with_service_app

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.auth.fetch_token import TokenEndpoint, TokenRefusedError
from auditor.collect.auth.token_cache import TokenCache
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.http.transport import Response as Answer
from auditor.sandbox import Sandbox
from auditor.sandbox.dpop import Nonces

GROUPS = "/api/v1/groups"


def token_requests(sandbox: Sandbox) -> int:
    return Counter(request.path for request in sandbox.requests)["/oauth2/v1/token"]


def statuses(sandbox: Sandbox, times: int, **variables: str) -> list[int]:
    async def work(client: OktaClient) -> list[int]:
        slots = asyncio.Semaphore(15)

        async def status() -> int:
            async with slots:
                return (await client.get(f"{sandbox.url}{GROUPS}?limit=1")).status

        return await asyncio.gather(*(status() for _ in range(times)))

    return with_client(credentials(sandbox.url, **variables), work)


def test_an_app_that_demands_dpop_gets_it_without_being_told(tmp_path: Path) -> None:
    with served(with_service_app(dpop=True)) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY),
        )  # fmt: skip
        # Refused without a proof, then without the nonce, then issued.
        assert token_requests(sandbox) == 3

    assert outcome.exit_code == 0, outcome.stderr


def test_dpop_that_is_asked_for_saves_a_request() -> None:
    with served(with_service_app(dpop=True)) as sandbox:
        assert statuses(sandbox, 1, OKTA_CLIENT_DPOPENABLED="true") == [200]
        assert token_requests(sandbox) == 2


def test_dpop_that_the_app_does_not_know_ends_in_a_bearer_token() -> None:
    with served(with_service_app()) as sandbox:
        assert statuses(sandbox, 1, OKTA_CLIENT_DPOPENABLED="true") == [200]


def test_nonces_that_run_out_are_replaced_while_many_ask() -> None:
    with served(with_service_app(dpop=True)) as sandbox:
        assert statuses(sandbox, 250) == [200] * 250
        reads = [request for request in sandbox.requests if request.path == GROUPS]

    # Some are sent again with the new nonce, each at most once for each of the three nonces.
    assert 250 < len(reads) <= 250 + 3 * 15


def test_a_nonce_that_is_never_accepted_is_answered_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(with_service_app(dpop=True)) as sandbox:

        async def work(client: OktaClient) -> tuple[Response, int]:
            await client.get(sandbox.url + GROUPS)
            monkeypatch.setattr(Nonces, "spend", lambda self, _, who: spend(self, None, who))
            before = client.sent
            answer = await client.get(sandbox.url + GROUPS)
            return answer, client.sent - before

        spend = Nonces.spend
        answer, sent = with_client(credentials(sandbox.url), work)

    assert (answer.status, sent) == (401, 2)


@pytest.mark.parametrize("dpop", [False, True])
def test_those_whose_token_was_refused_share_one_renewal(dpop: bool) -> None:  # noqa: FBT001
    with served(with_service_app(dpop=dpop, latency_ms=5)) as sandbox:
        url = sandbox.url + GROUPS

        async def read(client: OktaClient, delay: float) -> int:
            answer = await client.get(url)
            if answer.status == 401:
                # Some hear of the refusal after the others have renewed the token.
                await asyncio.sleep(delay)
                assert await client.renew()
                answer = await client.get(url)
            return answer.status

        async def work(client: OktaClient) -> list[int]:
            await client.get(url)
            before = token_requests(sandbox)
            sandbox._server._endpoints.service_apps._issued.clear()
            done = await asyncio.gather(*(read(client, n / 100) for n in range(20)))
            assert token_requests(sandbox) == before + 1
            return done

        assert with_client(credentials(sandbox.url), work) == [200] * 20


def test_a_renewal_that_did_not_help_is_not_repeated() -> None:
    with served(with_service_app(faults=[{"path": GROUPS, "status": 401}])) as sandbox:

        async def work(client: OktaClient) -> list[bool]:
            tried = []
            for _ in range(4):
                await client.get(sandbox.url + GROUPS)
                tried.append(await client.renew())
            return tried

        assert with_client(credentials(sandbox.url), work) == [True, False, False, False]
        assert token_requests(sandbox) == 2


def test_a_missing_feature_does_not_count_against_the_token() -> None:
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission"}
    fault = {"path": GROUPS, "status": 401, "body": body}
    with served(with_service_app(faults=[fault])) as sandbox:

        async def work(client: OktaClient) -> bool:
            await client.get(sandbox.url + GROUPS)
            return await client.renew()

        assert with_client(credentials(sandbox.url), work)
        assert token_requests(sandbox) == 1


def test_an_api_token_cannot_be_renewed() -> None:
    with served(tenant()) as sandbox:
        who = Credentials(sandbox.url, SSWS, token="x")
        assert with_client(who, lambda client: client.renew()) is False


@pytest.mark.parametrize(("lifetime", "renewed_after"), [(3600, 3300), (60, 48)])
def test_a_token_is_replaced_before_it_expires(lifetime: int, renewed_after: int) -> None:
    now, requests = [0.0], []

    async def send(*_: object) -> Answer:
        requests.append(now[0])
        body = f'{{"access_token": "t{len(requests)}", "expires_in": {lifetime}}}'
        return Answer(200, {}, body.encode())

    async def work() -> list[str]:
        who = credentials("https://acme.okta.com")
        tokens = TokenCache(TokenEndpoint(who, send, clock=lambda: now[0]))
        used = []
        for now[0] in (0.0, renewed_after - 1.0, renewed_after + 1.0):
            used.append((await tokens.current()).value)
        return used

    assert asyncio.run(work()) == ["t1", "t1", "t2"]


def test_a_token_endpoint_in_trouble_is_worth_another_try_and_asked_once_for_all() -> None:
    fault = {"path": "/oauth2/v1/token", "status": 503, "times": 1, "stall_s": 0.1}
    with served(with_service_app(faults=[fault])) as sandbox:

        async def work(client: OktaClient) -> list[object]:
            failed = await asyncio.gather(
                *(client.get(sandbox.url + GROUPS) for _ in range(5)), return_exceptions=True
            )
            return [*failed, (await client.get(sandbox.url + GROUPS)).status]

        *failed, status = with_client(credentials(sandbox.url), work)
        assert token_requests(sandbox) == 2

    assert all(isinstance(error, TransportError) and error.retryable for error in failed)
    assert status == 200


def test_a_caller_that_is_cancelled_leaves_the_token_to_the_others() -> None:
    with served(with_service_app(latency_ms=100)) as sandbox:

        async def work(client: OktaClient) -> int:
            first = asyncio.create_task(client.get(sandbox.url + GROUPS))
            second = asyncio.create_task(client.get(sandbox.url + GROUPS))
            await asyncio.sleep(0.03)
            first.cancel()
            return (await second).status

        assert with_client(credentials(sandbox.url), work) == 200


def test_a_refusal_has_its_code_and_neither_key_nor_assertion() -> None:
    with (
        served(with_service_app(("okta.apps.read",))) as sandbox,
        pytest.raises(TokenRefusedError) as refused,
    ):
        with_client(credentials(sandbox.url), lambda client: client.token())

    assert refused.value.code == "invalid_scope"
    assert "eyJ" not in refused.value.message + refused.value.remedy
