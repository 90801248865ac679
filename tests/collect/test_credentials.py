"""What is accepted as an org and as credentials, before anything is sent."""

import pytest
from service_app import credentials

from auditor.collect.auth.credentials import checked_org_url, read_credentials
from auditor.errors import UsageError


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.okta.com",
        "https://acme.oktapreview.com",
        "https://acme.okta-emea.com",
        "https://acme.okta-gov.com",
        "https://acme.okta.mil",
        "https://acme.trexcloud.com",
        "https://login.acme.example",
        "https://login.acme.example:8443",
        "https://my-administration.example.com",
        "https://sso-admin.acme.example",
        "https://acme-administrators.okta.com",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_every_kind_of_org_address_is_taken_as_it_is(url: str) -> None:
    assert checked_org_url(f" {url}/ ") == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://acme-admin.okta.com", "https://acme.okta.com"),
        ("https://a-admin-admin.oktapreview.com", "https://a-admin.oktapreview.com"),
        ("https://ACME-admin.okta-emea.com", "https://acme.okta-emea.com"),
        ("https://acme-admin.okta-gov.com", "https://acme.okta-gov.com"),
        ("https://acme-admin.okta.mil", "https://acme.okta.mil"),
        ("https://{yourOktaDomain}", "placeholder"),
        ("https://yourOktaDomain.okta.com", "placeholder"),
        ("http://acme.okta.com", "in clear"),
    ],
)
def test_what_is_wrong_is_named(url: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_org_url(url)
    assert said in refused.value.message


@pytest.mark.parametrize(("value", "dpop"), [("true", True), ("1", True), ("False", False)])
def test_dpop_can_be_asked_for(value: str, dpop: bool) -> None:  # noqa: FBT001
    variables = {"OKTA_CLIENT_DPOPENABLED": value}
    assert credentials("https://acme.okta.com", **variables).dpop is dpop


def test_a_flag_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="OKTA_CLIENT_DPOPENABLED"):
        credentials("https://acme.okta.com", OKTA_CLIENT_DPOPENABLED="maybe")


def test_an_api_token_needs_no_key() -> None:
    who = read_credentials(
        {"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_TOKEN": "00x"}
    )
    assert (who.mode, who.signing_key) == ("SSWS", None)
    assert "00x" not in repr(who)
