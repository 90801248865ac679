"""Where Chromium is, under the names that distributions give it."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of the first browser there is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)
