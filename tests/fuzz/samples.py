"""Real files of each kind that commands read, made by the commands themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from helpers import okta_auditor, snapshot_file, tenant, write_document

ROOT = Path(__file__).parents[2]

EXPECTATIONS = """\
- &one
  name: readers
  server: Billing
  client: Invoices
  grant: authorization_code
  user: ada@acme.example
  scopes: [openid, "billing:read"]
  expect: minted
  rule: Readers
  access_token_minutes: 60
- <<: *one
  name: with one scope
  scopes: ["billing:read"]
"""
KEYS = '''\
[[key]]
id = "2026"
owner = "Identity team, Acme"
public_key = """{public}"""
not_before = 2025-01-01
not_after = 2026-06-30

[[key]]
id = "2027"
owner = "Identity team, Acme"
public_key = """{later}"""
not_before = 2026-07-01
'''
_FENCED = r"```{}\n(.*?)```"


def write_samples(folder: Path) -> None:
    """Write all of them into a folder, each under the name that the kinds of files use."""
    folder.mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        _write()
    finally:
        os.chdir(before)


def _write() -> None:
    snapshot_file(Path(), tenant()).rename("snapshot.json")
    shutil.copy("snapshot.json", "sound.json")
    document = json.loads(Path("snapshot.json").read_text())
    document["capture"] |= dict.fromkeys(("started_at", "finished_at"), "2026-01-02T00:00:00Z")
    write_document(Path("next.json"), document)
    full = _example("configuration.md", "toml")
    for name in ("suppressions.toml", "baseline.json"):
        full = full.replace(f"okta-auditor-{name}", name)
    Path("full.toml").write_text(full.replace("acme-iam.yaml", "framework.yaml"))
    Path("house-rules").mkdir()
    Path("template.j2").write_text(_example("custom-reports.md", "jinja"))
    Path("expectations.yaml").write_text(EXPECTATIONS)
    framework = (ROOT / "auditor/controls/frameworks/rfc-9700.yaml").read_text()
    Path("framework.yaml").write_text(framework.replace("id: rfc-9700", "id: ours"))
    _made("audit", "snapshot.json", "-O", "json=results.json", "--history", "history")
    _made("baseline", "snapshot.json", "-o", "baseline.json")
    _made(
        *("suppress", "snapshot.json", "--rule", "OAM502", "--target", "0oa2", "--days", "90"),
        *("--ticket", "IAM-1"),
        *("--reason", "Not used with tokens.", "--owner", "identity@acme.example"),
        *("--suppressions", "suppressions.toml", "--as-of", "2026-01-01"),
    )
    _made("evidence", "keygen", "-o", "key")
    _made("evidence", "keygen", "-o", "later")
    _made("evidence", "export", "snapshot.json", "-o", "bundle", "--key", "key")
    _made("evidence", "export", "snapshot.json", "-o", "bundle.zip", "--key", "key", "--zip")
    public, later = (Path(name).read_text() for name in ("key.pub", "later.pub"))
    Path("keys.toml").write_text(KEYS.format(public=public, later=later))
    (record,) = Path("history").iterdir()
    record.rename("history/record.json")


def _made(*words: str) -> None:
    done = okta_auditor(*words)
    assert done.exit_code == 0, done.shown


def _example(page: str, language: str) -> str:
    found = re.search(_FENCED.format(language), (ROOT / "docs" / page).read_text(), re.DOTALL)
    assert found, page
    return found[1]
