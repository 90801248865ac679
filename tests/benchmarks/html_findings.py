"""How fast the HTML report is with thousands of findings, in a real browser.

    PYTHONPATH=tests python tests/benchmarks/html_findings.py [FINDINGS]

The findings are those of the rules' own examples, over and over. Needs Playwright and
Chromium. Times are the median of five fresh pages, and the worst; "painted" includes the
frame in which the browser shows the result.

What is asked for with 5,000 findings: first paint within 1 s, and each filter, painted,
within 100 ms, from the very first on. That one is measured three ways: as soon as the page
has loaded, as soon as it takes clicks after the first paint, and when it has made all rows.
"""

from __future__ import annotations

import hashlib
import json
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
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_reports, load_rules
from auditor.snapshot.document import Source, dump_snapshot

RUNS = 5
SERVERS = 40
MOST = {"first paint": 1_000, "painted": 100}
"""Milliseconds."""

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
FIRSTS = ("filter by severity", "first search", "search without a match")
"""Any of them may be the first thing that somebody does."""
MOMENTS = {
    "at load": "addEventListener('load', () => setTimeout(go))",
    "at first paint": """new PerformanceObserver(() => {
      const wait = () => document.querySelector("form.live") ? go() : setTimeout(wait, 1);
      wait();
    }).observe({ type: "paint", buffered: true })""",
    "at rest": """addEventListener("load", () => {
      const wait = () => {
        const made = document.querySelectorAll(".finding").length === %d;
        if (made) setTimeout(go, 500);
        else setTimeout(wait, 50);
      };
      wait();
    })""",
}
"""When the first action happens; the page takes clicks when its form is live."""
DRIVER = """window.measured = new Promise(done => {
  const timed = %s;
  const go = async () => {
    const times = {};
    for (const [name, action] of [%s]) times[name] = await timed(action);
    done(times);
  };
  %s;
})"""


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


def measure(browser: Browser, page_file: Path, moment: str, first: str) -> dict[str, float]:
    """Milliseconds from the start of navigation, or of an action, in a fresh page.

    Args:
        moment: the script that calls `go` when the first action is due.
        first: the action to begin with; the others follow, each as soon as one is painted.
    """
    order = [first, *(name for name in ACTIONS if name != first)]
    actions = ", ".join(f"[{json.dumps(name)}, {ACTIONS[name]}]" for name in order)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    # From within the page, since whatever asks from without arrives too late.
    page.add_init_script(DRIVER % (TIMED, actions, moment))
    page.goto(page_file.as_uri())
    measured = page.evaluate("window.measured")
    times: dict[str, float] = page.evaluate(
        """() => ({
          "first paint": performance.getEntriesByName("first-contentful-paint")[0].startTime,
          "interactive": performance.getEntriesByType("navigation")[0].domInteractive,
          "loaded": performance.getEntriesByType("navigation")[0].loadEventEnd,
        })"""
    )
    for name, (handled, painted) in measured.items():
        times |= {name: handled, f"{name}, painted": painted}
    page.close()
    return times


def bound(name: str) -> int | None:
    """The most milliseconds that a figure may take."""
    return next((most for part, most in MOST.items() if name.endswith(part)), None)


def row(name: str, times: list[float]) -> str:
    """A line of the table."""
    most = bound(name)
    limit = f"{most:>8,}{'' if statistics.median(times) <= most else '  too slow'}" if most else ""
    return f"{name:<40}{statistics.median(times):>8.0f}{max(times):>8.0f}{limit}"


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
    size = f"{number:,} findings, {len(document.encode()) / 1_000_000:.1f} MB"
    lines = [size, f"{'milliseconds':<40}{'median':>8}{'worst':>8}{'at most':>8}"]
    lines.append(row("rendered", [rendered]))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder, "report.html")
        page_file.write_text(document, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for moment, script in MOMENTS.items():
            script = script.replace("%d", str(number))  # noqa: PLW2901
            for first in FIRSTS:
                runs = [measure(browser, page_file, script, first) for _ in range(RUNS)]
                lines.append(f"\n{first}, {moment}")
                lines += [row(name, [run[name] for run in runs]) for name in runs[0]]
        browser.close()
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
