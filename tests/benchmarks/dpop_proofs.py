"""CPU time of a DPoP proof: ours, and the okta SDK's beside it.

python tests/benchmarks/dpop_proofs.py
"""

import sys
import time
from collections.abc import Callable
from functools import partial

from okta.dpop import DPoPProofGenerator

from auditor.collect.auth.dpop import DpopProofs

URL = "https://acme.okta.com/api/v1/apps?limit=200"
TOKEN = "x" * 900


def cpu_ms(make: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        make()
    return (time.process_time() - start) / times * 1000


def main() -> None:
    """Print one line for each."""
    makers = {
        "ours": (DpopProofs(), 5000),
        "the SDK's": (DPoPProofGenerator({"dpopKeyRotationInterval": 86400}), 20),
    }
    for whose, (maker, times) in makers.items():
        proof = partial(maker.generate_proof_jwt, "GET", URL, TOKEN)
        sys.stdout.write(f"DPoP proof, {whose:9}  {cpu_ms(proof, times):8.3f} ms CPU\n")


if __name__ == "__main__":
    main()
