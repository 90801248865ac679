"""The kinds of files that are spoiled, and the commands that read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mutations import Mutation, spoiled_bytes, spoiled_json, spoiled_text

Command = tuple[str, ...]
Spoil = Callable[[bytes, Sequence[Mutation]], bytes]

_JSON: tuple[Spoil, ...] = (*(spoiled_json,) * 6, spoiled_text, spoiled_bytes)
_LINES: tuple[Spoil, ...] = (*(spoiled_text,) * 5, spoiled_bytes)

_READS_SNAPSHOT: tuple[Command, ...] = (
    ("audit", "snapshot.json", "--no-config", "-O", "json"),
    ("audit", "snapshot.json", "--no-config", "--strict"),
    ("audit", "snapshot.json", "--no-config", "-O", "html=r.html", "-O", "sarif=r.sarif"),
    ("audit", "snapshot.json", "--no-config", "-O", "markdown", "-O", "csv=r.csv"),
    ("audit", "snapshot.json", "--no-config", "-O", "junit=r.xml", "-O", "gitlab=r.json"),
    (
        *("explain", "snapshot.json", "--server", "Billing", "--client", "Invoices"),
        *("--grant", "authorization_code", "--user", "ada", "--scope", "openid"),
    ),
    ("access", "snapshot.json", "--format", "json"),
    ("diff", "sound.json", "snapshot.json"),
    ("diff", "snapshot.json", "sound.json", "--format", "json"),
    ("baseline", "snapshot.json", "-o", "new.json"),
    ("controls", "snapshot.json", "--format", "csv"),
    ("test", "snapshot.json", "expectations.yaml"),
    ("evidence", "export", "snapshot.json", "-o", "new", "--no-config"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    Attributes:
        name: what it is called in the table.
        files: those that may be spoiled, one in each case; none for answers of a server.
        spoils: how; one is drawn for each case.
        commands: one is drawn for each case.
        proves: exit code 0 is a claim about the file, so it must not come of one that says
            something else than before.
    """

    name: str
    files: tuple[str, ...]
    spoils: tuple[Spoil, ...]
    commands: tuple[Command, ...]
    proves: bool = False


KINDS = (
    Kind("snapshots", ("snapshot.json",), _JSON, _READS_SNAPSHOT, proves=True),
    Kind(
        "ledgers",
        ("snapshot.json",),
        (partial(spoiled_json, under="ledger"),),
        _READS_SNAPSHOT,
        proves=True,
    ),
    Kind(
        "results",
        ("results.json",),
        _JSON,
        (
            ("report", "results.json"),
            ("report", "results.json", "-O", "html=r.html", "-O", "sarif=r.sarif"),
            ("report", "results.json", "-O", "json", "-O", "junit=r.xml", "-O", "csv=r.csv"),
            ("report", "results.json", "-O", "markdown", "-O", "gitlab=r.json"),
            ("report", "results.json", "--snapshot", "sound.json", "-O", "html=r.html"),
            ("report", "results.json", "--template", "template.j2"),
            ("controls", "results.json"),
        ),
    ),
    Kind(
        "configurations",
        ("full.toml",),
        _LINES,
        (
            ("config", "--config", "full.toml"),
            ("config", "--config", "full.toml", "--format", "json"),
            ("snapshot", "--config", "full.toml", "--tenant", "dev"),
            ("audit", "sound.json", "--config", "full.toml", "--no-local-rules"),
            ("controls", "sound.json", "--config", "full.toml"),
            ("diff", "sound.json", "sound.json", "--config", "full.toml"),
        ),
    ),
    Kind(
        "suppressions",
        ("suppressions.toml",),
        _LINES,
        (
            ("audit", "sound.json", "--no-config", "--suppressions", "suppressions.toml"),
            (
                *("suppress", "sound.json", "--rule", "OAM502", "--target", "0oa2", "--reason"),
                *("Why not.", "--owner", "x", "--suppressions", "suppressions.toml", "--force"),
            ),
            ("baseline", "sound.json", "-o", "new.json", "--suppressions", "suppressions.toml"),
        ),
    ),
    Kind(
        "baselines",
        ("baseline.json",),
        _JSON,
        (
            ("audit", "sound.json", "--no-config", "--baseline", "baseline.json"),
            ("baseline", "sound.json", "-o", "baseline.json", "--update"),
        ),
    ),
    Kind(
        "expectations",
        ("expectations.yaml",),
        _LINES,
        (
            ("test", "sound.json", "expectations.yaml"),
            ("test", "sound.json", "expectations.yaml", "--format", "json"),
            ("test", "sound.json", "expectations.yaml", "--format", "junit"),
        ),
    ),
    Kind(
        "frameworks",
        ("framework.yaml",),
        _LINES,
        (
            ("controls", "sound.json", "--framework", "framework.yaml"),
            ("controls", "sound.json", "--framework", "framework.yaml", "--format", "json"),
        ),
    ),
    Kind(
        "bundles",
        (
            *("bundle/manifest.json", "bundle/manifest.dsse.json", "bundle/results.json"),
            *("bundle/ledger.json", "bundle/settings.json", "bundle/tool.json"),
            *("bundle/snapshot.json", "bundle/controls.csv", "bundle/assessment-results.json"),
            *("bundle/results.sarif", "bundle/findings.ocsf.jsonl", "bundle/report.html"),
        ),
        (spoiled_text, spoiled_bytes, spoiled_json, spoiled_json),
        (
            ("evidence", "verify", "bundle"),
            ("evidence", "verify", "bundle", "--public-key", "key.pub"),
            ("evidence", "verify", "bundle", "--replay"),
            ("evidence", "export", "next.json", "-o", "new", "--previous", "bundle"),
        ),
    ),
    Kind(
        "zips",
        ("bundle.zip",),
        (spoiled_bytes,),
        (
            ("evidence", "verify", "bundle.zip"),
            ("evidence", "verify", "bundle.zip", "--public-key", "key.pub"),
        ),
        proves=True,
    ),
    Kind(
        "keys",
        ("keys.toml", "key.pub", "key"),
        _LINES,
        (
            ("evidence", "verify", "bundle", "--keys", "keys.toml"),
            ("evidence", "verify", "bundle", "--public-key", "key.pub"),
            ("evidence", "export", "sound.json", "-o", "new", "--key", "key"),
        ),
    ),
    Kind(
        "templates",
        ("template.j2",),
        _LINES,
        (("report", "results.json", "--template", "template.j2"),),
    ),
    Kind(
        "records of runs",
        ("history/record.json",),
        _JSON,
        (("audit", "sound.json", "--no-config", "--history", "history"),),
    ),
    Kind(
        "answers",
        (),
        _JSON,
        (
            ("snapshot", "-o", "new.json", "--attempts", "1", "--max-time", "3s"),
            ("snapshot", "--plan", "--attempts", "1", "--max-time", "3s"),
            ("doctor",),
            ("run", "--no-config", "--attempts", "1", "--max-time", "3s"),
        ),
    ),
)
