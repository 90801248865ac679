"""A credential in a registered redirect URI is not kept, so whether it matches is not known."""

import json
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant


@pytest.mark.parametrize(
    ("uri", "outcome"),
    [
        ("https://a.example/cb?token=abc&x=1", "indeterminate"),
        ("https://a.example/cb?token=abc&x=2", "rejected"),
        ("https://a.example/cb?x=1", "rejected"),
        ("https://b.example/cb", "minted"),
    ],
)
def test_what_differs_in_the_credential_only_is_not_decided(
    uri: str, outcome: str, tmp_path: Path
) -> None:
    document = tenant()
    document["/api/v1/apps"][0]["settings"]["oauthClient"]["redirect_uris"] = [
        "https://a.example/cb?token=[redacted]&x=1",
        "https://b.example/cb",
    ]

    explained = okta_auditor(
        "explain", snapshot_file(tmp_path, document), "--server", "aus1", "--client", "0oa1",
        "--grant", "authorization_code", "--user", "00u1", "--scope", "billing:read",
        "--redirect-uri", uri, "--format", "json",
    )  # fmt: skip

    assert json.loads(explained.stdout)["outcome"] == outcome, explained.shown
