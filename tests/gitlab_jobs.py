"""GitLab's runner in small: runs a job's own script, in one shell, as it stands in the pipelines.

The repository's origin is a bare one beside it. What is asked of GitLab's API is answered by a
server that knows merge requests and their notes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml
from workflow_jobs import BIN, git, write_python

TOKEN = "glpat-secret"


@dataclass
class Project:
    """A project on a server: its merge requests by number, and the notes of the first."""

    folder: Path
    api: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    installs: bool = False
    """Whether a job installs the program; if not, it is on the path already."""

    @property
    def temporary(self) -> Path:
        """The folder for temporary files."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        return self.folder / "tmp"

    def job(self, name: str, ref: str, **variables: str) -> tuple[int, str]:
        """Run a job; its exit code and log.

        Args:
            name: the job.
            ref: the branch that is checked out.
            variables: further ones of the environment.
        """
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        origin = self.folder / "origin.git"
        git(self.folder, "clone", "--quiet", "--branch", ref, origin.as_uri(), "work")
        pipelines = {}
        for included in yaml.safe_load((work / ".gitlab-ci.yml").read_text())["include"]:
            pipelines |= yaml.safe_load((work / included["local"]).read_text())
        job = pipelines[name]
        base = pipelines[job["extends"]]
        stubs = self.folder / "tools"
        stubs.mkdir(exist_ok=True)
        write_python(stubs)
        begin = base["before_script"]
        if not self.installs:
            program = stubs / "okta-auditor"
            program.unlink(missing_ok=True)
            program.symlink_to(BIN / "okta-auditor")
            begin = [line for line in begin if "$CI_BUILDS_DIR" not in line]
        lines = [*begin, *job["script"]]
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=work,
            env={
                **base["variables"],
                **job.get("variables", {}),
                "HOME": str(self.folder),
                "PATH": os.pathsep.join([str(stubs), "/usr/bin", "/bin"]),
                "CI": "true",
                "CI_API_V4_URL": self.api,
                "CI_BUILDS_DIR": str(self.folder / "builds"),
                "CI_DEFAULT_BRANCH": "main",
                "CI_PROJECT_ID": "7",
                "CI_PROJECT_URL": origin.as_uri().removesuffix(".git"),
                "CI_PROJECT_VISIBILITY": "private",
                "TMPDIR": str(self.temporary),
                "PIP_NO_INDEX": "1",
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=180,
        )
        assert TOKEN not in done.stdout
        return done.returncode, done.stdout

    def answer(self, method: str, path: str, given: dict[str, Any]) -> Any:
        """What the API answers."""
        if path == "/user":
            return {"id": 5}
        parts = path.removeprefix("/projects/7/merge_requests").strip("/").split("/")
        of = self.notes if "notes" in parts else self.requests
        key = "id" if "notes" in parts else "iid"
        if method == "GET":
            return [item for item in of if item.get("state", "opened") == "opened"]
        if method == "POST":
            of.append({key: len(of) + 1, "author": {"id": 5}, "state": "opened", **given})
            return of[-1]
        item = of[int(parts[-1]) - 1]
        if given.get("state_event") == "close":
            item["state"] = "closed"
        item.update(given)
        return item


@contextmanager
def project(folder: Path) -> Iterator[Project]:
    """A project in an empty repository, with a person's clone of it."""
    origin = folder / "origin.git"
    origin.mkdir()
    git(origin, "init", "--bare", "--quiet")
    git(folder, "clone", "--quiet", str(origin), "clone")

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            given = json.loads(self.rfile.read(length) or b"{}")
            known = self.headers["PRIVATE-TOKEN"] == TOKEN
            path = self.path.partition("?")[0]
            body = json.dumps(here.answer(self.command, path, given) if known else {}).encode()
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _reply  # noqa: N815 - names of the base class

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Project(folder, f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
