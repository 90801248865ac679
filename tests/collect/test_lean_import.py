"""The SDK's executor comes without the rest of the SDK, and leaves the SDK whole for others."""

import subprocess
import sys

import pytest

ALONE = """
import sys
from auditor.collect.api import sdk_executor
loaded = {name.split(".")[0] for name in sys.modules}
assert not loaded & {"okta", "Cryptodome", "jwcrypto"}, loaded
"""
WHOLE = """
import okta
from okta.oauth import OAuth
from okta.jwt import JWT
from okta.dpop import DPoPProofGenerator
assert okta.ApiClient and okta.UserApi and okta.__version__
assert OAuth.__init__.__globals__["JWT"] is JWT is not None
assert OAuth.__init__.__globals__["DPoPProofGenerator"] is DPoPProofGenerator is not None
"""
OURS = """
from auditor.collect.api.sdk_executor import SdkExecutor
from auditor.collect.auth.credentials import read_credentials
variables = {"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_TOKEN": "00t"}
executor = SdkExecutor(read_credentials(variables), None, None)
assert executor._default_headers["User-Agent"].startswith("okta-sdk-python/")
"""


@pytest.mark.parametrize(
    "program",
    [ALONE + OURS, ALONE + WHOLE + OURS, WHOLE + OURS, OURS + WHOLE],
    ids=["ours alone", "the SDK after ours", "the SDK before ours", "ours, used, then the SDK"],
)
def test_the_sdk_is_whole_for_whoever_uses_it(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
