"""`okta-auditor evidence`: bundles for auditors; making them, and checking them offline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor import exact_json
from auditor.cli.options import (
    FILE,
    AuditOptions,
    audit_options,
    format_option,
    framework_option,
)
from auditor.cli.printing import print_document, print_line
from auditor.cli.redaction_option import key_in, key_of, redaction_key_of, redaction_options
from auditor.config.model import OCSF_VERSIONS
from auditor.errors import ExitCode, UsageError
from auditor.text import counted, escaped

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from auditor.evidence.chain import ChainProblem
    from auditor.evidence.trusted_keys import TrustedKeys
    from auditor.evidence.verify import CheckedBundle

KEY_VARIABLE = "OKTA_AUDITOR_EVIDENCE_KEY"
_TO_ROTATE = (
    "To rotate: sign the next night with the new key and go on with --previous. In keys.toml, give "
    "the old key not_after, the day of its last night, and keep it there, or the nights before "
    "cannot be checked. If others may know the old key, give it revoked = true instead."
)


def _digest(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    del ctx, option
    if value is not None and not re.fullmatch("[0-9a-f]{64}", value):
        raise click.BadParameter("a SHA-256 has 64 hexadecimal digits.")
    return value


@click.group("evidence")
def command() -> None:
    """Export evidence of an audit for auditors, and verify it offline."""


@command.command("export")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "-o", "--output", "target", type=FILE, metavar="DIR", required=True, help="A new folder."
)
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
@redaction_options("Replace ids and logins of people by keyed hashes, in everything.")
@click.option(
    "--ocsf-version",
    type=click.Choice(OCSF_VERSIONS),
    help="The version of OCSF that findings.ocsf.jsonl is written in. [default: 1.5.0]",
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
    whatever the audit found, and with 3 if something could not be checked that no gap accepts.
    """
    from auditor.cli.evidence_bundle import BundleRequest, export_bundle  # noqa: PLC0415 - if used
    from auditor.evidence.bundle_writing import check_target, write_folder, write_zip  # noqa: PLC0415

    check_target(target, zipped=zipped)
    request = BundleRequest(
        snapshot=path,
        previous=previous,
        key=_signing_key(key),
        redaction_key=redaction_key_of(redact, redaction_key),
        frameworks=frameworks,
        zipped=zipped,
    )
    bundle = export_bundle(request, replace(audit, output=()))
    made = bundle.files
    if made.packed:
        write_zip(made.files, made.packed, target)
    else:
        write_folder(made.files, target)
    print_line(f"{target} written; its manifest has the SHA-256 {made.digest}")
    if bundle.incomplete:
        if bundle.unaccepted:
            print_line("warning: something could not be checked; the evidence says so", err=True)
            click.get_current_context().exit(ExitCode.INCOMPLETE)
        print_line("note: what could not be checked is accepted; the evidence says so", err=True)


@command.command("verify")
@click.argument("paths", metavar="DIR|ZIP…", type=FILE, nargs=-1, required=True)
@click.option(
    "--public-key",
    "public_keys",
    type=FILE,
    metavar="FILE",
    multiple=True,
    help="Demand the signature of this key, or of one of these, on each bundle. Repeatable.",
)
@click.option(
    "--keys",
    type=FILE,
    metavar="FILE",
    help="Demand a signature of one of the keys of this TOML file, each in its period.",
)
@click.option(
    "--after",
    metavar="SHA256",
    callback=_digest,
    help="The digest of the manifest before the oldest, if only a part of a series is given.",
)
@click.option(
    "--max-hours",
    type=click.IntRange(min=0, max=24 * 366),
    default=36,
    show_default=True,
    metavar="N",
    help="How far apart the captures of a series may be; 0 for any distance.",
)
@click.option(
    "--replay",
    "replays",
    is_flag=True,
    help="Derive results, reports and controls from the snapshot again, and compare.",
)
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="For --replay: a framework of your own that the evidence names. Repeatable.",
)
@click.option(
    "--rules",
    "folders",
    multiple=True,
    type=FILE,
    metavar="DIR",
    help="For --replay: a folder of local rules that the evidence was made with. Repeatable.",
)
@format_option("text", "json")
def verify(
    *,
    paths: tuple[Path, ...],
    public_keys: tuple[Path, ...],
    keys: Path | None,
    after: str | None,
    max_hours: int,
    replays: bool,
    frameworks: tuple[Path, ...],
    folders: tuple[Path, ...],
    form: str,
) -> None:
    """Check that evidence is whole and without gaps, and with a key that it is unaltered.

    Needs no network. Takes the bundles of a series in any order. Exits with 1 and names what is
    wrong, and with 3 if --replay was asked for and cannot be done.
    """
    from auditor.cli.evidence_replay import ReplayInputs, replay  # noqa: PLC0415 - only here
    from auditor.cli.json_documents.verification import verification  # noqa: PLC0415
    from auditor.evidence.chain import (  # noqa: PLC0415
        ChainProblem,
        chain_problems,
    )
    from auditor.evidence.verdict import verdict  # noqa: PLC0415
    from auditor.evidence.verify import check_bundle  # noqa: PLC0415

    if (frameworks or folders) and not replays:
        raise UsageError(
            "--framework and --rules do nothing without --replay.", remedy="Add: --replay"
        )
    trusted = _trusted_keys(public_keys, keys)
    checked = [check_bundle(path, trusted) for path in paths]
    problems = [ChainProblem(item.path, what) for item in checked for what in item.problems]
    apart = timedelta(hours=max_hours) if max_hours else None
    problems += chain_problems(checked, after=after, apart=apart)
    obstacles: list[ChainProblem] = []
    sound = [item.path for item in checked if not item.problems]
    for path in sound if replays else ():
        replayed = replay(path, ReplayInputs(frameworks, folders))
        problems += [ChainProblem(path, what) for what in replayed.differences]
        obstacles += [ChainProblem(path, what) for what in replayed.obstacles]
    if form == "json":
        shown = verification(
            checked, problems, obstacles, demanded=trusted is not None, replays=replays
        )
        print_document(escaped(exact_json.indented(shown.model_dump(mode="json"))))
        _exit(problems, obstacles)
        return
    for problem in (*problems, *obstacles):
        print_line(f"{problem.path}: {problem.what}.")
    if problems:
        print_line(f"{counted(len(problems), 'problem')} in {counted(len(paths), 'bundle')}")
        _exit(problems, obstacles)
    for line in verdict(checked, trusted):
        print_line(line)
    if trusted is None:
        print_line(f"note: {_unsigned(checked)}", err=True)
    _exit(problems, obstacles)
    if replays:
        print_line("replayed: all that follows from the snapshot is the same, byte for byte")


def _exit(problems: Sequence[ChainProblem], obstacles: Sequence[ChainProblem]) -> None:
    """End with the exit code for what is wrong or could not be checked; go on if nothing is."""
    if problems:
        click.get_current_context().exit(ExitCode.FINDINGS)
    if obstacles:
        click.get_current_context().exit(ExitCode.INCOMPLETE)


def _unsigned(checked: list[CheckedBundle]) -> str:
    signed = any(item.statement and item.statement.predicate.signer for item in checked)
    what = "who signed them was not checked" if signed else "nobody signed them"
    return f"{what}; name the key to demand: --public-key FILE, or --keys FILE"


def _trusted_keys(public_keys: tuple[Path, ...], keys: Path | None) -> TrustedKeys | None:
    """The keys of a call; None if it names none."""
    from auditor.evidence.signing import raw, read_public  # noqa: PLC0415 - only here
    from auditor.evidence.trusted_keys import (  # noqa: PLC0415
        TrustedKey,
        distinct,
        read_trusted_keys,
    )

    if not public_keys and keys is None:
        return None
    named = [TrustedKey(raw=raw(read_public(key_in(path), str(path)))) for path in public_keys]
    return distinct([*(read_trusted_keys(keys) if keys else ()), *named])


@command.command("keygen")
@click.option(
    "-o", "--output", "target", type=FILE, metavar="FILE", required=True, help="The private key."
)
def keygen(target: Path) -> None:
    """Make a key for signing: the private one in FILE (0600), the public one in FILE.pub."""
    from auditor.evidence.signing import new_key, read_public  # noqa: PLC0415 - only here
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
    for line in _rotation(read_public(public_pem, str(public))):
        print_line(line)


def _rotation(key: Ed25519PublicKey) -> tuple[str, ...]:
    """Lines: what to add to the file of keys, and what to do with the key before."""
    from auditor.evidence.signing import raw  # noqa: PLC0415 - only here

    return (
        "",
        "For auditors who verify with --keys keys.toml, append:",
        "",
        "[[key]]",
        f'id = "{raw(key)[:8]}"',
        'owner = "who answers for it"',
        f'public_key = "{raw(key)}"',
        f"not_before = {datetime.now(UTC).date()}",
        "",
        _TO_ROTATE,
    )


def _signing_key(path: Path | None) -> Ed25519PrivateKey | None:
    from auditor.evidence.signing import read_private  # noqa: PLC0415 - only this needs it

    pem = key_of(path, KEY_VARIABLE, "--key")
    return read_private(pem, str(path) if path else KEY_VARIABLE) if pem else None
