"""An Okta tenant on this machine, for the demo, the tests and the benchmark.

It answers the read endpoints of the Management API from one tenant file: paging, rate
limits, tokens, scopes and errors look like Okta's, and the file can ask for faults. It
listens on 127.0.0.1 only.

    with Sandbox(TenantFile.load(Path("tenant.json"))) as sandbox:
        print(sandbox.url)

A request's way: `running` starts the `server`, whose one handler counts each request against the
`limits` and asks `faults` whether one takes it. Then `token_requests/` (`/token`, `/authorize`) or
`discovery` (metadata, public keys) answers; what `access` does not refuse is answered by
`system_log/` (`/api/v1/logs`) or `resources`. Records are those of the file (`tenant`), what
follows from them (`relations`, `expansion`), or nothing (`known_paths`); `filters` and `paging` say
which of them an answer has. `answers` has the type that all return, and `sending` sends it.

`oauth`, `client_assertions`, `dpop` and `signing` are for tokens, `certificate` and `secret_files`
for TLS, `service_app` for clients that want OAuth. `northwind/` is the demo company.
"""

from auditor.sandbox.limits import UNHURRIED
from auditor.sandbox.running import Sandbox, serve
from auditor.sandbox.server import Request
from auditor.sandbox.tenant import Fault, RateLimit, TenantFile

__all__ = ["UNHURRIED", "Fault", "RateLimit", "Request", "Sandbox", "TenantFile", "serve"]
