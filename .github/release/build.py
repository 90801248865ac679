"""Builds the sdist and the wheel of a commit: the same commit, the same bytes, wherever it is.

    python .github/release/build.py FOLDER [--commit v1.2.3]

makes `FOLDER/packages` with both, and `FOLDER/requirements.txt`, which pins them and all that they
need by digest; pip installs from it with --require-hashes.

What could differ from machine to machine is taken away: only what is committed is built, files get
the modes that git knows and the commit's moment (SOURCE_DATE_EPOCH), owners get no names, and the
build tools are those of `requirements/`, which have to be installed where this runs. The wheel is
built from the sdist, so that what is in one is in the other.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path


def build(repository: Path, commit: str, out: Path) -> list[Path]:
    """Build a commit.

    Args:
        repository: a checkout; what is not committed in it plays no part.
        commit: anything that git takes for one.
        out: the folder, which is made.

    Returns:
        The sdist, the wheel and the requirements.

    Raises:
        subprocess.CalledProcessError: git or the build failed, and said why.
    """
    # A tag is an object of its own; ^{commit} is what it points to.
    name = _git(repository, "rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    epoch = int(_git(repository, "log", "-1", "--format=%ct", name))
    packages = out / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with tarfile.open(fileobj=io.BytesIO(_git(repository, "archive", name))) as archive:
            archive.extractall(folder / "source", filter=_plain(epoch))  # noqa: S202 - git made it
        sdist = _built("--sdist", folder / "source", folder / "sdist", epoch)
        sdist.write_bytes(_repacked(sdist, epoch))
        with tarfile.open(sdist) as archive:
            archive.extractall(folder / "unpacked", filter="data")
        (inner,) = (folder / "unpacked").iterdir()
        wheel = _built("--wheel", inner, folder / "wheel", epoch)
        made = [Path(shutil.copy(file, packages)) for file in (sdist, wheel)]
        pins = (folder / "source/requirements/runtime.txt").read_text("utf-8")
    requirements = out / "requirements.txt"
    requirements.write_text(_pinned(made) + pins, "utf-8", newline="\n")
    return [*made, requirements]


def _pinned(packages: list[Path]) -> str:
    """A line of a requirements file that accepts these files of one version and no others."""
    name, version, *_ = packages[-1].name.split("-")
    digests = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in packages)
    hashes = "".join(f" \\\n    --hash=sha256:{digest}" for digest in digests)
    return f"{name.replace('_', '-')}=={version}{hashes}\n"


def _git(repository: Path, *words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=repository, check=True, stdout=subprocess.PIPE)
    return done.stdout


def _built(kind: str, source: Path, out: Path, epoch: int) -> Path:
    """Run the build in an environment that says nothing of this machine."""
    subprocess.run(
        [sys.executable, "-m", "build", kind, "--no-isolation", "--outdir", out, source],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C", "TZ": "UTC"},
        umask=0o022,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (made,) = out.iterdir()
    return made


def _plain(epoch: int) -> Callable[[tarfile.TarInfo, str], tarfile.TarInfo]:
    """A filter that leaves of a file's mode whether it can be run, and no owner."""

    def plain(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo:
        kept = tarfile.data_filter(member, destination)
        mode = 0o755 if kept.isdir() or (kept.mode or 0) & 0o100 else 0o644
        kept = kept.replace(mode=mode, mtime=epoch, uid=0, gid=0, uname="", gname="")
        kept.pax_headers = {}  # moments in parts of a second
        return kept

    return plain


def _repacked(sdist: Path, epoch: int) -> bytes:
    """An sdist with its members in order; gzip's header gets no moment and no name."""
    packed = io.BytesIO()
    plain = _plain(epoch)
    with (
        tarfile.open(sdist) as given,
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=epoch) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as made,
    ):
        for member in sorted(given.getmembers(), key=lambda one: one.name):
            content = given.extractfile(member) if member.isfile() else None
            made.addfile(plain(member, "."), content)
    return packed.getvalue()


def main() -> None:
    """Build what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="the folder that is made")
    parser.add_argument("--commit", default="HEAD", help="a commit or tag (default: HEAD)")
    parser.add_argument("--repository", type=Path, default=Path(__file__).parents[2])
    words = parser.parse_args()
    for path in build(words.repository, words.commit, words.out.resolve()):
        print(path)


if __name__ == "__main__":
    main()
