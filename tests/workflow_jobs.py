"""GitHub's runner in small: runs the steps of a workflow's job, in order, as they stand in it.

What is not a `run:` is done by us: `actions/checkout` clones, uploads look at the file. The
repository's origin is a bare one beside it, and `gh` notes what it is called with.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BIN = Path(sys.executable).parent
_NAME = re.compile(r"'[^']*'|[a-z]\w*(?:\.[\w-]+)+")

_GH = r"""#!/usr/bin/env bash
set -euo pipefail
state="$(dirname "$0")/../requests"
mkdir -p "$state"
[[ -n "${GH_TOKEN:-}" ]] || { echo "gh: no token" >&2; exit 4; }
words="$*"
body() { while [[ "$1" != --body-file ]]; do shift; done; cat "$2"; }
case "$words" in
  "api repos/acme/okta --jq .private") cat "$state/private" ;;
  "pr list "*) [[ ! -f "$state/open" ]] || echo 1 ;;
  "pr create "*)
    [[ ! -f "$state/refused" ]] || { echo "not permitted" >&2; exit 1; }
    touch "$state/open"; body "$@" >"$state/text" ;;
  "pr edit "*) body "$@" >"$state/text" ;;
  "pr close "*) rm "$state/open" ;;
  "pr comment "*) body "$@" >"$state/comment-$(ls "$state" | grep -c ^comment-)" ;;
  "api --paginate repos/acme/okta/issues/1/comments --jq "*)
    mark="${words#*startswith(\"}"
    mark="${mark%%\"*}"
    cd "$state"
    for file in comment-*; do
      [[ ! -f "$file" || "$(head -n 1 "$file")" != "$mark" ]] || echo "${file#comment-}"
    done ;;
  "api --silent --method PATCH repos/acme/okta/issues/comments/"*)
    cat "${words##*-F body=@}" >"$state/comment-$(cut -d/ -f6 <<<"${5%% *}")" ;;
  *) echo "gh: $words" >&2; exit 1 ;;
esac
echo "$words" >>"$state/calls"
"""


def git(folder: Path, *words: str) -> str:
    """Run git as somebody."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def write_tool(path: Path, text: str) -> None:
    """A program that a job calls."""
    path.write_text(text)
    path.chmod(0o755)


_PYTHON = """#!/bin/sh
python={python} made={made}
if [ "$#:$1:$2" = 3:-m:venv ]; then
  [ -d "$made" ] || "$python" -m venv "$made" || exit
  mkdir -p -- "$3" && exec cp -Rp -- "$made/." "$3"
fi
exec "$python" "$@"
"""


def write_python(folder: Path) -> None:
    """The setup of Python, whose folder must not offer our program.

    To make an environment takes seconds: after the first of this process, each is a copy of it.
    """
    made = shlex.quote(str(_folder() / "environment"))
    text = _PYTHON.format(python=shlex.quote(sys.executable), made=made)
    write_tool(folder / "python3", text)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="okta-auditor-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@dataclass
class JobRun:
    """How a job ended."""

    outcomes: dict[str, str] = field(default_factory=dict)
    """success, failure or skipped, by the step's name or what it uses."""
    log: str = ""
    summary: str = ""
    uploaded: list[Path] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return "failure" not in self.outcomes.values()


class Hosted:
    """A repository on a server, a person's clone of it, and what runs its workflows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.clone = folder / "clone"
        self.requests = folder / "requests"
        self.requests.mkdir()
        (self.requests / "private").write_text("true\n")
        self.origin.mkdir()
        git(self.origin, "init", "--bare", "--quiet")
        git(folder, "clone", "--quiet", str(self.origin), "clone")
        tools = folder / "tools"
        tools.mkdir()
        write_tool(tools / "gh", _GH)
        write_python(tools)
        self.wheel = program_wheel(folder)
        self.installs = True
        """Whether the step that installs is run; if not, the program is on the path already."""

    def push(self, message: str, branch: str = "main") -> None:
        """Commit what the clone holds and push it."""
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", message)
        git(self.clone, "push", "--quiet", "origin", f"HEAD:{branch}")

    def merge(self, branch: str) -> None:
        """Merge a pull request, as its button does."""
        git(self.clone, "fetch", "--quiet", "origin", "main", branch)
        git(self.clone, "checkout", "--quiet", "-B", "main", "origin/main")
        git(self.clone, "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{branch}")
        git(self.clone, "push", "--quiet", "origin", "main")
        (self.requests / "open").unlink(missing_ok=True)

    def read(self, name: str) -> str:
        """What a call of `gh` left: `text` or `calls`."""
        path = self.requests / name
        return path.read_text() if path.exists() else ""

    def comment(self, subject: str) -> str:
        """The comment on the pull request about something, or empty."""
        mark = f"<!-- okta-auditor: {subject} -->\n"
        texts = [path.read_text() for path in sorted(self.requests.glob("comment-*"))]
        (text,) = [text for text in texts if text.startswith(mark)] or [mark]
        return text.removeprefix(mark)

    def run(self, workflow: str, ref: str = "main", **known: dict[str, str]) -> JobRun:
        """Run a workflow: its jobs in their order.

        Args:
            workflow: the file's name.
            ref: what is checked out.
            known: `vars`, `secrets` and `event`.
        """
        text = git(self.origin, "show", f"{ref}:.github/workflows/{workflow}")
        values = {
            "github.token": "ghs_secret",
            "github.repository": "acme/okta",
            **{f"{kind}.{key}": value for kind, of in known.items() for key, value in of.items()},
        }
        done = JobRun()
        shutil.rmtree(self.folder / "artifacts", ignore_errors=True)
        for name, job in yaml.safe_load(text)["jobs"].items():
            if _holds(job.get("if", ""), values):
                # Secrets and variables are the environment's.
                outside = () if "environment" in job else ("secrets.", "vars.")
                seen = {key: of for key, of in values.items() if not key.startswith(outside)}
                self._job(job, ref, seen, done)
                for output, value in job.get("outputs", {}).items():
                    values[f"needs.{name}.outputs.{output}"] = _filled(value, seen)
        assert "ghs_secret" not in done.log + done.summary
        return done

    def _job(self, job: dict[str, Any], ref: str, values: dict[str, str], done: JobRun) -> None:
        work, runner = self.folder / "work", self.folder / "runner"
        for folder in (work, runner):
            shutil.rmtree(folder, ignore_errors=True)
        (runner / "temp").mkdir(parents=True)
        work.mkdir()
        path = os.pathsep.join([str(self.folder / "tools"), "/usr/bin", "/bin"])
        failed = False
        for step in job["steps"]:
            name = step.get("name") or step["uses"].partition("@")[0]
            condition = step.get("if", "")
            goes_on = "cancelled()" in condition or "always()" in condition
            if not _holds(condition, values) or (failed and not goes_on):
                done.outcomes[name] = "skipped"
                continue
            environment = {
                key: _filled(str(value), values)
                for key, value in {**job.get("env", {}), **step.get("env", {})}.items()
            }
            if name == "Install okta-auditor" and not self.installs:
                (self.folder / "tools/okta-auditor").unlink(missing_ok=True)
                (self.folder / "tools/okta-auditor").symlink_to(BIN / "okta-auditor")
                code = 0
            elif "uses" in step:
                code = self._use(step, work, ref, done)
            else:
                code = _run(step["run"], work, runner, {**environment, "PATH": path}, done)
                added = (runner / "path").read_text().splitlines()
                path = os.pathsep.join([*added, path])
                if identity := step.get("id"):
                    for line in (runner / "output").read_text().splitlines():
                        key, _, value = line.partition("=")
                        values[f"steps.{identity}.outputs.{key}"] = value
            outcome = "failure" if code else "success"
            if identity := step.get("id"):
                values[f"steps.{identity}.outcome"] = outcome
            done.outcomes[name] = "success" if step.get("continue-on-error") else outcome
            failed = failed or done.outcomes[name] == "failure"
        if (runner / "summary").exists():
            done.summary += (runner / "summary").read_text()

    def _use(self, step: dict[str, Any], work: Path, ref: str, done: JobRun) -> int:
        given = step.get("with", {})
        match step["uses"].partition("@")[0]:
            case "actions/checkout":
                assert given["persist-credentials"] is False
                git(work, "init", "--quiet")
                git(work, "remote", "add", "origin", self.origin.as_uri())
                depth = given.get("fetch-depth", 1)
                git(work, "fetch", "--quiet", f"--depth={depth}", "origin", ref)
                git(work, "checkout", "--quiet", "--detach", "FETCH_HEAD")
            case "actions/setup-python":
                pass
            case "hashicorp/setup-terraform":
                assert given["terraform_wrapper"] is False, "what it prints is not the plan alone"
            case "github/codeql-action/upload-sarif":
                path = work / given["sarif_file"]
                json.loads(path.read_text())
                done.uploaded.append(path)
                return int((self.requests / "unlicensed").exists())
            case "actions/upload-artifact":
                kept = self.folder / "artifacts" / given["name"]
                kept.mkdir(parents=True)
                for path in given["path"].split():
                    assert (work / path).stat().st_size
                    shutil.copy(work / path, kept)
                    done.uploaded.append(work / path)
            case "actions/download-artifact":
                kept = self.folder / "artifacts" / given["name"]
                shutil.copytree(kept, work / given["path"])
            case other:
                raise AssertionError(other)
        return 0


def _run(text: str, work: Path, runner: Path, environment: dict[str, str], done: JobRun) -> int:
    for file in ("output", "path"):
        (runner / file).write_text("")
    (runner / "summary").touch()
    shown = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=work,
        env={
            "HOME": str(runner),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_REPOSITORY": "acme/okta",
            "GITHUB_REF_NAME": "main",
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_PATH": str(runner / "path"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "RUNNER_TEMP": str(runner / "temp"),
            "PIP_NO_INDEX": "1",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    done.log += shown.stdout
    return shown.returncode


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: values.get(found[1], ""), text)


def _holds(condition: str, values: dict[str, str]) -> bool:
    """Whether an `if:` holds; of GitHub's expressions, what our workflows use."""
    text = condition.strip().removeprefix("${{").removesuffix("}}")
    if not text.strip():
        return True
    for always in ("!cancelled()", "always()"):
        text = text.replace(always, "True")
    text = text.replace("&&", " and ").replace("||", " or ")
    text = text.replace("\n", " ")

    def value(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("'") else repr(values.get(found[0], ""))

    return bool(eval(_NAME.sub(value, text).strip(), {"__builtins__": {}}))


def program_wheel(folder: Path) -> Path:
    """The smallest wheel with the program, which is ours: tests have no network."""
    path = folder / "okta_auditor-0.0.1-py3-none-any.whl"
    info = "okta_auditor-0.0.1.dist-info"
    program = str(BIN / "okta-auditor")
    code = (
        f"import os, sys\n\ndef main():\n    os.execv({program!r}, [{program!r}, *sys.argv[1:]])\n"
    )
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("stub.py", code)
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: okta-auditor\nVersion: 0.0.1\n"
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nokta-auditor = stub:main\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path
