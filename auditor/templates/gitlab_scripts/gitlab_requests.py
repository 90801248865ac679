"""Asks GitLab to open, change or close the merge request of a snapshot, or to take a comment.

gitlab_requests.py propose   by okta-audit/request.md; closes it if there is no such file
gitlab_requests.py comment SUBJECT
                             okta-audit/comment.md, in the place of the one before about that
"""

import datetime as dt
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

SNAPSHOT = "okta-auditor/snapshot"


def call(method: str, path: str, token: str, **values: Any) -> Any:
    """What GitLab answers, from JSON."""
    project = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"
    url = os.environ["CI_API_V4_URL"] + path[1:] if path.startswith("~") else project + path
    data = None
    if method == "GET":
        url += "?" + urllib.parse.urlencode(values)
    else:
        data = json.dumps(values).encode()
    headers = {"PRIVATE-TOKEN": token, "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"GitLab refused {method} {path}: {error.code}. May the token do this?")


def propose() -> None:
    """Open or change the merge request; close it if there is nothing to merge."""
    token, target = os.environ["AUDIT_TOKEN"], os.environ["CI_DEFAULT_BRANCH"]
    text = Path("okta-audit/request.md")
    branches = {"source_branch": SNAPSHOT, "target_branch": target}
    found = call("GET", "/merge_requests", token, state="opened", **branches)
    if not text.exists():
        for request in found:
            call("PUT", f"/merge_requests/{request['iid']}", token, state_event="close")
        return
    words = {
        "title": f"New snapshot of the Okta org, {dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "description": text.read_text(encoding="utf-8"),
    }
    if found:
        call("PUT", f"/merge_requests/{found[0]['iid']}", token, **words)
    else:
        call("POST", "/merge_requests", token, remove_source_branch=True, **branches, **words)


def comment(subject: str) -> None:
    """Say what the change does; a later run replaces what an earlier one has said.

    Args:
        subject: what tells the comment from those of other jobs, in a word.
    """
    token = os.environ["AUDIT_COMMENT_TOKEN"]
    notes = f"/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
    mark = f"<!-- okta-auditor: {subject} -->\n"
    body = mark + Path("okta-audit/comment.md").read_text(encoding="utf-8")
    me = call("GET", "~/user", token)["id"]
    mine = [
        note
        for note in call("GET", notes, token, per_page=100)
        if note["author"]["id"] == me and note["body"].startswith(mark)
    ]
    if mine:
        call("PUT", f"{notes}/{mine[0]['id']}", token, body=body)
    else:
        call("POST", notes, token, body=body)


if __name__ == "__main__":
    if sys.argv[1:] == ["propose"]:
        propose()
    elif sys.argv[1:2] == ["comment"] and len(sys.argv) == 3:  # noqa: PLR2004 - the subject
        comment(sys.argv[2])
    else:
        sys.exit(__doc__)
