"""An Okta tenant on this machine, for the demo, the tests and the benchmark.

It answers the read endpoints of the Management API from one tenant file: paging, rate
limits, tokens, scopes and errors look like Okta's, and the file can ask for faults. It
listens on 127.0.0.1 only.

    with Sandbox(TenantFile.load(Path("tenant.json"))) as sandbox:
        print(sandbox.url)
"""

from auditor.sandbox.limits import UNHURRIED
from auditor.sandbox.running import Sandbox, serve
from auditor.sandbox.server import Request
from auditor.sandbox.tenant import Fault, RateLimit, TenantFile

__all__ = ["UNHURRIED", "Fault", "RateLimit", "Request", "Sandbox", "TenantFile", "serve"]
