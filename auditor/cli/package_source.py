"""Where this copy of okta-auditor came from, as what pip installs elsewhere.

An installer notes it beside the metadata as `direct_url.json`, unless the copy came from an index:
the Python Packaging User Guide, "Recording the Direct URL Origin of installed distributions"
(PEP 610).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from auditor.git import GitError, run_git
from auditor.version import __version__

NAME = "okta-auditor"

_SCP = re.compile(r"(?P<host>[\w.-]+@[\w.-]+):(?P<path>[^/].*)")
"""How git writes an SSH address without a scheme."""


@dataclass(frozen=True)
class PackageSource:
    """What pip installs to get the same copy."""

    requirement: str
    warning: str = ""
    """What may keep another machine from installing it; empty if nothing is known to."""


def package_source() -> PackageSource:
    """Where this copy came from."""
    try:
        noted = distribution(NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        noted = None
    try:
        return source_of(json.loads(noted) if noted else None, __version__)
    except (KeyError, TypeError, ValueError):
        return PackageSource(
            f"{NAME}=={__version__}", "Where this copy came from is noted in an unknown way."
        )


def source_of(direct_url: dict[str, Any] | None, version: str) -> PackageSource:
    """What pip installs.

    Args:
        direct_url: the content of direct_url.json; None for a copy from an index.
        version: of this copy.

    Raises:
        KeyError, TypeError, ValueError: it is not as PEP 610 says.
    """
    if direct_url is None:
        return PackageSource(f"{NAME}=={version}")
    url = _without_user(direct_url["url"])
    part = direct_url.get("subdirectory")
    if vcs := direct_url.get("vcs_info"):
        return PackageSource(_at_commit(f"{vcs['vcs']}+{url}", vcs["commit_id"], part))
    if url.startswith("file:"):
        return _on_this_machine(_path_in(url), url)
    hashes = (direct_url.get("archive_info") or {}).get("hashes") or {}
    digest = f"#sha256={hashes['sha256']}" if "sha256" in hashes else ""
    return PackageSource(f"{NAME} @ {url}{digest}", "" if digest else f"{url} is not pinned.")


def _path_in(url: str) -> Path:
    """The path in a file URL. The library's `url2pathname` would load all of HTTP and TLS."""
    path = unquote(urlsplit(url).path)
    return Path(path.removeprefix("/") if os.name == "nt" else path)


def _on_this_machine(path: Path, url: str) -> PackageSource:
    """A folder may be a checkout, which others can fetch from where it came itself."""
    if path.is_dir():
        try:
            commit = run_git(path, "rev-parse", "--verify", "HEAD").decode().strip()
            root = Path(run_git(path, "rev-parse", "--show-toplevel").decode().strip())
            remote = run_git(path, "remote", "get-url", "origin").decode().strip()
        except GitError:
            pass
        else:
            if found := _SCP.fullmatch(remote):
                remote = f"ssh://{found['host']}/{found['path']}"
            if urlsplit(remote).scheme in {"https", "ssh"}:
                part = path.resolve().relative_to(root.resolve()).as_posix()
                where = _at_commit(
                    f"git+{_without_user(remote)}", commit, None if part == "." else part
                )
                return PackageSource(
                    where, f"Push the commit {commit[:12]} there, if it is not there yet."
                )
    return PackageSource(
        f"{NAME} @ {url}", f"Other machines have no {path}. Name what they can install: --package"
    )


def _at_commit(url: str, commit: str, part: str | None) -> str:
    return f"{NAME} @ {url}@{commit}" + (f"#subdirectory={part}" if part else "")


def _without_user(url: str) -> str:
    """The address without name and password, which would be published; `git` of SSH stays."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if at and not (parts.scheme.endswith("ssh") and ":" not in user):
        parts = parts._replace(netloc=host)
    return urlunsplit(parts)
