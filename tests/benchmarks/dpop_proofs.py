"""CPU time of a DPoP proof: ours, and the okta SDK's beside it.

python tests/benchmarks/dpop_proofs.py
"""

import time
from collections.abc import Callable

from okta.dpop import DPoPProofGenerator

from auditor.collect.dpop import Proofs

URL = "https://acme.okta.com/api/v1/apps?limit=200"
TOKEN = "x" * 900


def cpu_ms(make: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        make()
    return (time.process_time() - start) / times * 1000


def main() -> None:
    """Print one line for each."""
    ours = Proofs()
    print(f"ours  {cpu_ms(lambda: ours.generate_proof_jwt('GET', URL, TOKEN), 5000):8.3f} ms CPU")
    theirs = DPoPProofGenerator({"dpopKeyRotationInterval": 86400})
    print(f"SDK's {cpu_ms(lambda: theirs.generate_proof_jwt('GET', URL, TOKEN), 20):8.3f} ms CPU")


if __name__ == "__main__":
    main()
