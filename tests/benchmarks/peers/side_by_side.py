"""The same nine checks in Rego, in SQL and here: time, memory, and whether they agree.

    make bench-peers                              what it needs is installed first, in .peers
    python tests/benchmarks/peers/side_by_side.py [SCALE]

Runs `nine_checks.rego` (regopy), `nine_checks.sql` (DuckDB) and the same nine rules of okta-auditor
as whole processes on one snapshot: a generated tenant of that scale. It is 0.5 by default: 96 MiB,
for which regopy takes 2 minutes and 3 GiB; at 1 it takes 7 GiB. The seconds are the CPU's, in user
and system mode, the best of three runs, or of one that takes a minute. First all of them are held
against each other on the demo tenant; there and in the table, a difference in the findings fails:
their number, and the code, object, field and key of each.

The peers are written as well as we can: what is slow in them without need is no measure. What is
asked for: at most a thirtieth of Rego's time and 1.2 times that of DuckDB, and all rules in four
times what DuckDB takes for nine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PEERS = ROOT / ".peers/bin/python"
CODES = ("OAM201", "OAM203", "OAM302", "OAM306", "OAM509", "OAM511", "OAM601", "OAM702", "OAM804")
RUNS, MINUTE = 3, 60
REGO, SQL, OURS, ALL = "Rego (regopy)", "SQL (DuckDB)", "okta-auditor", "okta-auditor, all rules"
MOST = {(OURS, REGO): 1 / 30, (OURS, SQL): 1.2, (ALL, SQL): 4.0}
"""How many times as long one may take as another."""

Row = tuple[str, str, str, str]
"""Code, id of the object, field, key of a finding."""


class Cost(NamedTuple):
    """What a process takes, and what it finds."""

    seconds: float
    mib: float
    found: list[Row]


# In processes that are measured: those of the peers have no okta-auditor.


def rego(snapshot: Path) -> list[list[str]]:
    """The findings of the Rego program. To hand over objects is regopy's fastest way."""
    from regopy import Input, Interpreter  # noqa: PLC0415

    interpreter = Interpreter()
    interpreter.add_module("nine_checks", (HERE / "nine_checks.rego").read_text())
    interpreter.set_input(Input(json.loads(snapshot.read_bytes())))
    answer = json.loads(str(interpreter.query("found = data.peers.findings")))
    return list(answer["bindings"]["found"])


def sql(snapshot: Path) -> list[tuple[Any, ...]]:
    """The findings of the SQL program."""
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    for statement in duckdb.extract_statements((HERE / "nine_checks.sql").read_text()):
        values = {name: str(snapshot) for name in statement.named_parameters}
        connection.execute(statement, values)
    return connection.fetchall()


def make(file: Path, scale: float) -> None:
    """Write the tenant of that scale."""
    sys.path.insert(0, str(HERE.parent))
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    write_snapshot(generated_tenant(scale), file)


# In the process that measures


def measured(name: str, snapshot: Path, runs: int) -> Cost:
    """What it takes at best."""
    costs = [_run(name, snapshot)]
    while len(costs) < runs and costs[0].seconds < MINUTE:
        costs.append(_run(name, snapshot))
    return min(costs, key=lambda cost: cost.seconds)


def _run(name: str, snapshot: Path) -> Cost:
    out = snapshot.with_suffix(".found")
    if name in {REGO, SQL}:
        command = [str(PEERS), __file__, "--peer", name, str(snapshot), str(out)]
    else:
        command = [sys.executable, "-m", "auditor", "audit", str(snapshot), "--no-config"]
        command += ["--select", ",".join(CODES)] if name == OURS else []
        command += ["-O", f"json={out}"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1} or not out.exists():
        sys.exit(f"{name} failed with {process.returncode}")
    # Linux counts in KiB, macOS in bytes.
    mib = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    found = _found(name, json.loads(out.read_bytes()))
    out.unlink()
    return Cost(usage.ru_utime + usage.ru_stime, mib, found)


def _found(name: str, answer: Any) -> list[Row]:
    if name in {REGO, SQL}:
        return sorted((code, identity, field, key) for code, identity, field, key in answer)
    findings = [each for each in answer["findings"] if each["code"] in CODES]
    return sorted((f["code"], f["object"]["id"], f["field"] or "", f["key"]) for f in findings)


def differences(costs: dict[str, Cost]) -> list[str]:
    """What one finds and okta-auditor does not, or the other way round."""
    ours = costs[OURS].found
    lines = []
    for name, cost in costs.items():
        lines += [f"only {name}: {row}" for row in cost.found if row not in ours]
        lines += [f"only {OURS}, not {name}: {row}" for row in ours if row not in cost.found]
        if len(set(cost.found)) != len(cost.found):
            lines.append(f"{name} finds something twice")
    return lines


def table(costs: dict[str, Cost]) -> str:
    """Time, memory and ratios."""
    rows = [f"{'':<26}{'CPU s':>8}{'MiB':>8}{'findings':>10}{'times DuckDB':>14}{'of Rego':>10}"]
    for name, cost in costs.items():
        by_sql, by_rego = (cost.seconds / costs[peer].seconds for peer in (SQL, REGO))
        figures = f"{cost.seconds:>8.2f}{cost.mib:>8,.0f}{len(cost.found):>10}{by_sql:>14.2f}"
        rows.append(f"{name:<26}{figures}{f'1/{1 / by_rego:.1f}':>10}")
    rows.append("")
    for (one, other), most in MOST.items():
        ratio = costs[one].seconds / costs[other].seconds
        verdict = "met" if ratio <= most else "not met"
        rows.append(f"{one} / {other}: {ratio:.3f}, at most {most:.3f}: {verdict}")
    return "\n".join(rows)


def compare(snapshot: Path, runs: int) -> dict[str, Cost]:
    """Run all of them; ends the program where they disagree."""
    costs = {name: measured(name, snapshot, runs) for name in (REGO, SQL, OURS, ALL)}
    if lines := differences(costs):
        sys.exit("\n".join([f"They disagree on {snapshot.name}:", *lines]))
    return costs


def benchmark(scale: float) -> None:
    """Hold them against each other on the demo tenant, then measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = [sys.executable, "-m", "auditor", "demo", "-o", str(folder / "demo")]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        demo = compare(folder / "demo/snapshot.json", 1)
        sys.stdout.write(f"demo tenant: all agree on {len(demo[OURS].found)} findings\n")
        snapshot = folder / "snapshot.json"
        subprocess.run([sys.executable, __file__, "--make", str(snapshot), str(scale)], check=True)
        mib = snapshot.stat().st_size / 1024**2
        costs = compare(snapshot, RUNS)
        sys.stdout.write(f"scale {scale:g}, {mib:,.0f} MiB: all agree\n\n{table(costs)}\n")


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--peer", name, snapshot, out]:
            found = {REGO: rego, SQL: sql}[name](Path(snapshot))
            Path(out).write_text(json.dumps(found))
        case ["--make", file, scale]:
            make(Path(file), float(scale))
        case arguments:
            benchmark(float(arguments[0]) if arguments else 0.5)


if __name__ == "__main__":
    main()
