"""Credentials in texts: what plainly is one goes, everything else stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.snapshot.credentials_in_text import without_credentials

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTRUNSRVQifQ.SECRET-signature"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----\nMIISECRET\n-----END RSA PRIVATE KEY----- end", " end"),
        ("cut -----BEGIN PRIVATE KEY-----\nMIISECRET", "cut "),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nSECRET", ""),
        (f"see {JWT}, please", "see , please"),
        (f"{JWT}.SECRET.SECRET", ""),
        ("Authorization: SSWS 00SECRET-api_token", "Authorization: SSWS "),
        ("curl -H 'Bearer SECRET.token~1'", "curl -H 'Bearer '"),
        ("bearer%20SECRETSECRET12", "bearer%20"),
        ("DPoP SECRET-proof-12", "DPoP "),
        ("Basic U0VDUkVUOlNFQ1JFVA==", "Basic "),
        ("token 00SECRETabcdefghijABCDEFGHIJ0123456789-_xy", "token "),
        ("AKIASECRETSECRETSECR", ""),
        ("ghp_SECRETSECRETSECRETSECRETSECRET123456", ""),
        ("xoxb-SECRET-123456", ""),
        ("https://ada:SECRET@acme.example/x", "https://redacted@acme.example/x"),
        ("https://SECRET@acme.example", "https://redacted@acme.example"),
        ("https://a.example/cb?x=1&access_token=SECRET&y=2", "https://a.example/cb?x=1&access_token=&y=2"),
        ("https://a.example/run?code=SECRET", "https://a.example/run?code="),
        ("https://a.example/#id_token=SECRET", "https://a.example/#id_token="),
        ("client_secret=SECRET123", "client_secret="),
        ("the Password: hunter2SECRET", "the Password: "),
        ('{"apiKey": "SECRET12"}', '{"apiKey": ""}'),
        ('{"kty":"oct","k":"SECRETSECRETSECRET"}', '{"kty":"oct","k":""}'),
    ],
)  # fmt: skip
def test_what_plainly_is_a_credential(text: str, clean: str) -> None:
    done = without_credentials(text)

    assert "SECRET" not in done
    assert done.replace("[redacted]", "") == clean


@pytest.mark.parametrize(
    "text",
    [
        "Bearer tokens are not for this",
        "Basic user-profile access",
        "DPoP proofs, and SSWS tokens",
        "Reset password: users",
        "token:read",
        "https://acme.example/cb?tenant=1&response_type=code",
        "https://acme.example:8080/a@b",
        'String.substringBefore(user.email, "@")',
        "user.department == 'Sales 12345'",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "00uABCDEFGHIJKLMNOP1",
        "mZ0WA75JUqsqoGbOYjb6DhRChnhf7he26172nCIRzHo",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "eyes.of.the.beholder",
        "",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert without_credentials(text) == text


@given(st.text(alphabet="ey.JSWBearr tokn=:/@?&#-_aA0\n\"'", max_size=80))
def test_a_second_time_changes_nothing(text: str) -> None:
    once = without_credentials(text)

    assert without_credentials(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "token=",
        "ey-",
        "eyaaaaaaaaaa.",
        "-----BEGIN PRIVATE KEY",
        "&a",
        "://a",
        "Bearer a-",
        "ghp_a",
    ],
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    began = time.perf_counter()
    without_credentials(piece * (200_000 // len(piece)))

    assert time.perf_counter() - began < 1
