"""`okta-auditor evidence`: bundles for auditors; making them, and checking them offline."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import FILE, AuditOptions, audit_options, framework_option
from auditor.cli.printing import print_line
from auditor.errors import ExitCode, UsageError
from auditor.text import counted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_VARIABLE = "OKTA_AUDITOR_EVIDENCE_KEY"
REDACTION_VARIABLE = "OKTA_AUDITOR_REDACTION_KEY"
_LARGEST_KEY = 1 << 16


def _digest(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    del ctx, option
    if value is not None and not re.fullmatch("[0-9a-f]{64}", value):
        raise click.BadParameter("a SHA-256 has 64 hexadecimal digits.")
    return value


@click.group("evidence")
def command() -> None:
    """Export evidence of an audit for auditors, and verify that it is whole and unaltered."""


@command.command("export")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option("-o", "target", type=FILE, metavar="DIR", required=True, help="A new folder.")
@click.option(
    "--previous",
    type=FILE,
    metavar="DIR",
    help="The bundle of the night before, which the new one names.",
)
@click.option(
    "--key",
    type=FILE,
    metavar="FILE",
    help=f"Sign with this Ed25519 key (PEM). [default: the key in {KEY_VARIABLE}, if it is set]",
)
@click.option("--zip", "zipped", is_flag=True, help="Write one zip file instead of a folder.")
@click.option(
    "--redact",
    type=click.Choice(["people"]),
    help="Replace ids and logins of people by keyed hashes, in everything.",
)
@click.option(
    "--redaction-key",
    type=FILE,
    metavar="FILE",
    help=f"The key of the hashes; the same every night. [default: {REDACTION_VARIABLE}]",
)
@framework_option
@audit_options
def export(
    *,
    path: Path,
    target: Path,
    previous: Path | None,
    key: Path | None,
    zipped: bool,
    redact: str | None,
    redaction_key: Path | None,
    frameworks: tuple[str, ...],
    audit: AuditOptions,
) -> None:
    """Write what an audit saw and found as evidence, with a manifest of SHA-256 digests.

    Expiry is judged by the day of the capture unless --as-of or SOURCE_DATE_EPOCH sets another,
    so that the same inputs give the same bytes. Exits with 0 once the evidence is written,
    whatever the audit found, and with 3 if something could not be checked.
    """
    from auditor.cli.evidence_bundle import BundleRequest, export_bundle  # noqa: PLC0415 - if used
    from auditor.evidence.bundle_writing import check_target, write_folder, write_zip  # noqa: PLC0415

    check_target(target, zipped=zipped)
    if redaction_key and not redact:
        raise UsageError(
            "--redaction-key does nothing without --redact.", remedy="Add: --redact people"
        )
    secret = _secret(redaction_key, REDACTION_VARIABLE, "--redaction-key") if redact else None
    if redact and not secret:
        raise UsageError(
            "--redact needs a key.",
            remedy=f"Name a file: --redaction-key, or set {REDACTION_VARIABLE}.",
        )
    request = BundleRequest(
        snapshot=path,
        previous=previous,
        key=_signing_key(key),
        redaction_key=secret,
        frameworks=frameworks,
    )
    bundle = export_bundle(request, replace(audit, output=()))
    (write_zip if zipped else write_folder)(bundle.files, target)
    print_line(f"{target} written; its manifest has the SHA-256 {bundle.digest}")
    if bundle.incomplete:
        print_line("warning: something could not be checked; the evidence says so", err=True)
        click.get_current_context().exit(ExitCode.INCOMPLETE)


@command.command("verify")
@click.argument("paths", metavar="DIR|ZIP…", type=FILE, nargs=-1, required=True)
@click.option(
    "--public-key", type=FILE, metavar="FILE", help="Demand this key's signature on each bundle."
)
@click.option(
    "--after",
    metavar="SHA256",
    callback=_digest,
    help="The digest of the manifest before the oldest, if only a part of a series is given.",
)
@click.option(
    "--max-hours",
    type=click.IntRange(min=0),
    default=36,
    show_default=True,
    metavar="N",
    help="How far apart the captures of a series may be; 0 for any distance.",
)
def verify(
    paths: tuple[Path, ...], public_key: Path | None, after: str | None, max_hours: int
) -> None:
    """Check that evidence is whole, unaltered and without gaps. Needs no network.

    Takes the bundles of a series in any order. Exits with 1 and names what is wrong.
    """
    from auditor.evidence.chain import (  # noqa: PLC0415 - only this needs it
        ChainProblem,
        chain_problems,
    )
    from auditor.evidence.signing import read_public  # noqa: PLC0415
    from auditor.evidence.verify import check_bundle  # noqa: PLC0415

    key = read_public(_contents(public_key), str(public_key)) if public_key else None
    checked = [check_bundle(path, key) for path in paths]
    problems = [ChainProblem(item.path, what) for item in checked for what in item.problems]
    apart = timedelta(hours=max_hours) if max_hours else None
    problems += chain_problems(checked, after=after, apart=apart)
    for problem in problems:
        print_line(f"{problem.path}: {problem.what}.")
    if problems:
        print_line(f"{counted(len(problems), 'problem')} in {counted(len(paths), 'bundle')}")
        click.get_current_context().exit(ExitCode.FINDINGS)
    series = sorted(
        (item.statement.predicate.captured_at, item.digest, item.statement.predicate.signer)
        for item in checked
        if item.statement
    )
    first, last = series[0][0].isoformat(), series[-1][0].isoformat()
    print_line(f"{counted(len(paths), 'bundle')} whole and unaltered, {first} to {last}")
    print_line(f"the latest manifest has the SHA-256 {series[-1][1]}")
    if key is None:
        signed = any(signer for _, _, signer in series)
        what = "who signed them was not checked" if signed else "nobody signed them"
        print_line(f"note: {what}; name the key to demand: --public-key FILE", err=True)


@command.command("keygen")
@click.option("-o", "target", type=FILE, metavar="FILE", required=True, help="The private key.")
def keygen(target: Path) -> None:
    """Make a key for signing: the private one in FILE (0600), the public one in FILE.pub."""
    from auditor.evidence.signing import new_key  # noqa: PLC0415 - only this needs it
    from auditor.files import PRIVATE, check_writable, write_file  # noqa: PLC0415

    public = target.with_name(target.name + ".pub")
    for path in (target, public):
        if path.is_symlink() or path.exists():
            raise UsageError(f"{path} is there already.", remedy="Name another file: -o.")
        check_writable(path)
    private_pem, public_pem = new_key()
    write_file(target, private_pem, PRIVATE)
    write_file(public, public_pem)
    print_line(f"{target} written: keep it secret")
    print_line(f"{public} written: give it to auditors")


def _signing_key(path: Path | None) -> Ed25519PrivateKey | None:
    from auditor.evidence.signing import read_private  # noqa: PLC0415 - only this needs it

    pem = _secret(path, KEY_VARIABLE, "--key")
    return read_private(pem, str(path) if path else KEY_VARIABLE) if pem else None


def _secret(path: Path | None, variable: str, option: str) -> bytes | None:
    """A key from a file or a variable; None if neither is named."""
    if path:
        return _contents(path)
    text = os.environ.get(variable, "").strip()
    if text and "\n" not in text and Path(text).is_file():
        raise UsageError(
            f"{variable} holds the name of a file; it must hold the key itself.",
            remedy=f"Name the file with {option}.",
        )
    return text.encode() or None


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_KEY)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", remedy="Name a file that holds a key."
        ) from error
