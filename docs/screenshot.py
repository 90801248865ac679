"""`make screenshot`: the picture in the README, of the HTML report of the demo's tenant.

python docs/screenshot.py FILE
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1000, 720


def main() -> None:
    """Run the demo and take the picture of its report."""
    (out,) = map(Path, sys.argv[1:])
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        raise SystemExit("There is no Chromium: make browser installs it.")
    program = Path(sys.executable).with_name("okta-auditor")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        subprocess.run([program, "demo", "-o", scratch], check=True, stdout=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto((Path(scratch) / "report.html").as_uri())
        out.parent.mkdir(exist_ok=True)
        page.screenshot(path=out)
        browser.close()


if __name__ == "__main__":
    main()
