"""An org with neither servers nor apps: every report warns instead of giving a clean bill."""

from __future__ import annotations

import pytest
from audits import SERVERS, rendered
from helpers import tenant

from auditor import AuditResult
from auditor.lint.empty_org import empty_org
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry

FORMS = ("text", "markdown", "html", "controls", "github", "gitlab", "junit", "sarif")
WORDS = "The org has neither authorization servers nor OIDC apps, so an audit proves nothing."


def audited(document: dict[str, object]) -> AuditResult:
    snapshot = example_snapshot(document)
    return audit(snapshot, load_rules(), Source("s.json", dump_snapshot(snapshot)))


@pytest.mark.parametrize("form", FORMS)
def test_every_report_for_people_warns(form: str) -> None:
    nothing = audited({SERVERS: [], "/api/v1/apps": []})

    assert nothing.complete
    assert WORDS in " ".join(rendered(form, nothing).split())
    assert WORDS not in " ".join(rendered(form, audited(tenant())).split())


def test_an_app_alone_is_something_and_so_is_what_was_not_read() -> None:
    servers = LedgerEntry(collection="authorization_servers", status=CollectionStatus.ABSENT)
    apps = LedgerEntry(collection="apps", status=CollectionStatus.COMPLETE)

    assert empty_org([servers, apps])
    assert not empty_org([servers, apps.model_copy(update={"objects": 1})])
    assert not empty_org([servers.model_copy(update={"objects": 1}), apps])
    assert not empty_org([servers, apps.model_copy(update={"status": CollectionStatus.REFUSED})])
    assert not empty_org([])
