"""What the HTML report's pictures of access cost with a large tenant, and how the page does.

    PYTHONPATH=tests python tests/benchmarks/html_access.py [SCALE]

Audits a generated tenant of that scale (1 by default, see `generator.py`: 100 servers, 2,000
clients, 5,000,000 memberships) with `--output text` and with `--output html`, the best of
three processes each. If there is a Chromium, it also opens the page.

What is asked for: at most half as much on top of the text in seconds and in memory, and a
page of at most 15 MB, of whatever a tenant has: it shows a bounded part and says how much
there is.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from browsers import chromium
from large_tenant import make
from playwright.sync_api import sync_playwright

RUNS = 3
MOST_TIMES = 1.5
MOST_MB = 15
OPENED = """() => new Promise(done => {
  const channel = new MessageChannel();
  const first = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const { loadEventEnd } = performance.getEntriesByType("navigation")[0];
  const cells = document.querySelectorAll(".matrix td").length;
  const start = performance.now();
  document.querySelectorAll("#access details, #servers details").forEach(part => {
    part.open = true;
  });
  // A message that is posted from a frame arrives when that frame has been painted.
  channel.port1.onmessage = () => done({
    "first paint": first, "loaded": loadEventEnd,
    "all unfolded, painted": performance.now() - start,
    "cells of the matrix": cells, "elements": document.querySelectorAll("*").length,
  });
  requestAnimationFrame(() => channel.port2.postMessage(0));
})"""


class Cost(NamedTuple):
    """What a process takes."""

    seconds: float
    cpu: float
    peak_mib: float


def cost(snapshot: Path, form: str, out: Path) -> Cost:
    """An audit with one report, at best."""
    command = [sys.executable, "-m", "auditor", "audit", str(snapshot), "--no-config"]
    return min(_run([*command, "-O", f"{form}={out}"]) for _ in range(RUNS))


def _run(command: list[str]) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1}, f"{command} failed"
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak)


def opened(page_file: Path, executable: str) -> dict[str, float]:
    """Milliseconds and counts: the median of fresh pages."""
    runs = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(RUNS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(page_file.as_uri())
            runs.append(page.evaluate(OPENED))
            page.close()
        browser.close()
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    """Measure and print."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        snapshot, page = Path(folder, "snapshot.json"), Path(folder, "report.html")
        make(snapshot, scale)
        text, html = (
            cost(snapshot, form, Path(folder, f"report.{form}")) for form in ("text", "html")
        )
        lines = [f"scale {scale:g}{'text':>20}{'html':>10}{'times':>8}{'at most':>9}"]
        for name, one, two in zip(Cost._fields, text, html, strict=True):
            said = "" if two <= MOST_TIMES * one else "  too much"
            row = f"{name:<16}{one:>10,.2f}{two:>10,.2f}{two / one:>8.2f}{MOST_TIMES:>9.2f}{said}"
            lines.append(row)
        size = page.stat().st_size / 1_000_000
        lines.append(f"page: {size:.1f} MB, at most {MOST_MB}{'' if size <= MOST_MB else '  !'}")
        shown = re.search("[0-9,]+ of [0-9,]+ active clients?[^.]*", page.read_text("utf-8"))
        lines.append(f"says: {re.sub('<[^>]*>', '', shown[0])}" if shown else "shows all")
        if executable := chromium():
            lines += [f"{name:<32}{n:>10,.0f}" for name, n in opened(page, executable).items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
