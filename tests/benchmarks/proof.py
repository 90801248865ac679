"""How much longer a large snapshot takes to read, because it is held against itself.

    python tests/benchmarks/proof.py [SCALE]

Reads, parses and indexes a generated tenant of that scale (1 by default: 192 MiB, 5,000,000 ids) as
the command does, with and without the digest and the proof of its ledger. Every figure is the best
of five fresh processes. What is asked for: at most a fifth more.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
MOST = 0.2


def without_proof(document: bytes) -> object:
    """Parse and index, and believe everything."""
    import orjson  # noqa: PLC0415 - imports count

    from auditor.snapshot.document import Capture, Snapshot  # noqa: PLC0415
    from auditor.snapshot.ledger import Ledger  # noqa: PLC0415
    from auditor.snapshot.org import Org  # noqa: PLC0415

    value = orjson.loads(document)
    return Org.of(
        Snapshot(
            capture=Capture.model_validate(value["capture"]),
            ledger=Ledger.model_validate({"entries": value["ledger"]}),
            resources=value["resources"],
        )
    )


def with_proof(document: bytes) -> object:
    """Parse, prove and index."""
    from auditor.snapshot.document import parse_snapshot  # noqa: PLC0415
    from auditor.snapshot.org import Org  # noqa: PLC0415

    org = Org.of(parse_snapshot(document, Path("s.json")))
    assert not org.ledger.incomplete
    return org


WAYS = {"without": without_proof, "with": with_proof}


def seconds(way: str, file: Path) -> float:
    """The seconds that reading takes in this process."""
    from auditor.snapshot.document import read_document  # noqa: PLC0415

    WAYS[way](Path(file.with_suffix(".small")).read_bytes())  # imports, and models
    gc.disable()  # as the command does
    start = time.perf_counter()
    WAYS[way](read_document(file))
    return time.perf_counter() - start


def benchmark(scale: float) -> str:
    """Measure, and say how much more it is."""
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "large.json")
        write_snapshot(generated_tenant(scale), file)
        write_snapshot(generated_tenant(0.02), file.with_suffix(".small"))
        best = {
            way: min(
                float(subprocess.check_output([sys.executable, __file__, way, str(file)]))
                for _ in range(RUNS)
            )
            for way in WAYS
        }
    more = best["with"] / best["without"] - 1
    figures = "   ".join(f"{way} {took:.2f} s" for way, took in best.items())
    return f"{figures}   {more:+.0%} (at most {MOST:+.0%})\n"


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case [("with" | "without") as way, file]:
            sys.stdout.write(str(seconds(way, Path(file))))
        case arguments:
            sys.stdout.write(benchmark(float(arguments[0]) if arguments else 1.0))


if __name__ == "__main__":
    main()
