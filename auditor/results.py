"""What a report gets: the parts of an `AuditResult`, from findings to pictures of access."""

from auditor.lint.acceptance.expiry import SOON_DAYS, ends_soon
from auditor.lint.access import (
    MOST_LOGINS,
    Access,
    Cell,
    ClientAccess,
    Obtains,
    PolicyAccess,
    RuleAccess,
    ScopeAccess,
    ServerAccess,
    Standing,
    Way,
)
from auditor.lint.report import Saved
from auditor.lint.result import (
    Acceptance,
    AcceptedBy,
    Crashed,
    FindingStatus,
    Fixed,
    NotEvaluated,
    Notice,
    RelatedObject,
    Run,
    Tenant,
    Witness,
)
from auditor.lint.rule_page import RulePage, markdown
from auditor.snapshot.collections import BY_NAME, lineage
from auditor.snapshot.document import Capture
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.snapshot.resource_text import TextRegion

__all__ = [
    "BY_NAME",
    "MOST_LOGINS",
    "SOON_DAYS",
    "Acceptance",
    "AcceptedBy",
    "Access",
    "Capture",
    "Cell",
    "ClientAccess",
    "CollectionStatus",
    "Crashed",
    "FindingStatus",
    "Fixed",
    "LedgerEntry",
    "NotEvaluated",
    "Notice",
    "Obtains",
    "PolicyAccess",
    "RelatedObject",
    "RuleAccess",
    "RulePage",
    "Run",
    "Saved",
    "ScopeAccess",
    "ServerAccess",
    "Standing",
    "Tenant",
    "TextRegion",
    "Way",
    "Witness",
    "ends_soon",
    "lineage",
    "markdown",
]
