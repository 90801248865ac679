"""How fast the HTML report is with thousands of findings, in a real browser.

    PYTHONPATH=tests python tests/benchmarks/html_findings.py [FINDINGS]

The findings are those of the rules' own examples, over and over. Needs Playwright and
Chromium. Times are the median of five fresh pages; "painted" includes the frame
in which the browser shows the result.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from browsers import chromium
from playwright.sync_api import Browser, sync_playwright

from auditor import AuditResult, ObjectRef
from auditor.lint.engine import Source, audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_reports, load_rules
from auditor.snapshot.document import dump_snapshot

RUNS = 5
SERVERS = 40
SETTLED_MS = 1_500
"""From loading to the first filter. Who filters at once also waits for the first full layout."""

# A message that is posted from a frame arrives when that frame has been laid out and painted.
TIMED = """action => new Promise(done => {
  const channel = new MessageChannel(), start = performance.now();
  action();
  const handled = performance.now() - start;
  channel.port1.onmessage = () => done([handled, performance.now() - start]);
  requestAnimationFrame(() => channel.port2.postMessage(0));
})"""
SEARCH = (
    "() => { const q = document.querySelector('[name=q]'); q.value = %r;"
    " q.dispatchEvent(new Event('input', { bubbles: true })); }"
)
RESET = "() => document.querySelector('[type=reset]').click()"
ACTIONS = {
    "filter by severity": "() => document.querySelector('[value=low]').click()",
    "reset": RESET,
    "first search": SEARCH % "policy 1",
    "next search": SEARCH % "policy 12",
    "search without a match": SEARCH % "no such thing",
    "reset again": RESET,
}


def many(number: int) -> AuditResult:
    """The result of an audit with so many findings, all different."""
    rules = load_rules()
    results = []
    for rule in rules:
        for example in rule.page.flagged:
            snapshot = example_snapshot(example)
            source = Source("okta-audit/snapshot.json", dump_snapshot(snapshot))
            results.append(audit(snapshot, [rule], source))
    findings = [finding for result in results for finding in result.findings]
    made = []
    for position, finding in enumerate(islice(cycle(findings), number)):
        which = position % SERVERS
        made.append(
            replace(
                finding,
                message=f"{finding.message} Seen in policy {position}.",
                server=ObjectRef("authorization_server", f"aus{which}", f"Server {which}"),
                fingerprint=hashlib.sha256(str(position).encode()).hexdigest()[:32],
            )
        )
    made.sort(key=lambda finding: (finding.severity.rank, finding.rule.code))
    return replace(results[0], rules=rules, findings=tuple(made))


def measure(browser: Browser, page_file: Path) -> dict[str, float]:
    """Milliseconds from the start of navigation, or of an action, in a fresh page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_file.as_uri())
    times: dict[str, float] = page.evaluate(
        """() => ({
          "first paint": performance.getEntriesByName("first-contentful-paint")[0].startTime,
          "interactive": performance.getEntriesByType("navigation")[0].domInteractive,
          "loaded": performance.getEntriesByType("navigation")[0].loadEventEnd,
        })"""
    )
    page.wait_for_timeout(SETTLED_MS)
    for name, action in ACTIONS.items():
        handled, painted = page.evaluate(f"({TIMED})({action})")
        times |= {name: handled, f"{name}, painted": painted}
    page.close()
    return times


def main() -> None:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    executable = chromium()
    if not executable:
        sys.exit("no Chromium is installed: make browser")
    result = many(number)
    start = time.perf_counter()
    document = load_reports()["html"].render(result)
    rendered = (time.perf_counter() - start) * 1000
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder, "report.html")
        page_file.write_text(document, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        runs = [measure(browser, page_file) for _ in range(RUNS)]
        browser.close()
    times = {"rendered": rendered} | {
        name: statistics.median(run[name] for run in runs) for name in runs[0]
    }
    rows = [f"{name:<32}{time_:6.0f} ms" for name, time_ in times.items()]
    size = f"{number:,} findings, {len(document.encode()) / 1_000_000:.1f} MB"
    sys.stdout.write("\n".join([size, *rows]) + "\n")


if __name__ == "__main__":
    main()
