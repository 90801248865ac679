"""What a report gets: the parts of an `AuditResult`, from findings to pictures of access."""

from auditor.access_overview.model import (
    MOST_LOGINS,
    AccessOverview,
    ClientAccess,
    ClientServerAccess,
    Obtains,
    PolicyAccess,
    RuleAccess,
    RuleUse,
    ScopeAccess,
    ScopePath,
    ServerAccess,
)
from auditor.controls.assessed_framework import AssessedFramework, assessed_frameworks
from auditor.controls.assessment import Assessment, ControlStatus, MappedOutcome
from auditor.controls.wording import status_reasons
from auditor.lint.acceptance.expiry import SOON_DAYS, ends_soon
from auditor.lint.carried_over import carried_over
from auditor.lint.causes import Cause, causes
from auditor.lint.completeness import (
    NO_RULES,
    Completeness,
    incomplete_rules,
    incompleteness,
    unread_collections,
    unread_share,
)
from auditor.lint.deleted_objects import deleted_objects
from auditor.lint.deselection import deselected_words, evaluated_words
from auditor.lint.empty_org import empty_org
from auditor.lint.framework import Control, Framework, Mapped
from auditor.lint.log_summary import LogSummary, UnusedObject, UsageUnknown
from auditor.lint.object_types import counted_objects, type_name
from auditor.lint.planned import planned
from auditor.lint.presentation import Presentation
from auditor.lint.report import Saved
from auditor.lint.reported_finding import (
    Acceptance,
    AcceptedBy,
    FindingStatus,
    Rejections,
    RelatedObject,
    Witness,
)
from auditor.lint.result import (
    AcceptedGap,
    Crashed,
    Deselection,
    EarlierKind,
    Fixed,
    NotEvaluated,
    Notice,
    Run,
    Since,
    Tenant,
)
from auditor.lint.rule_outcomes import RuleOutcome, RuleOutcomes
from auditor.lint.rule_page import RulePage, markdown
from auditor.lint.shown_gaps import ShownGap, gaps_by_rule, shown_gaps
from auditor.lint.weakening import Weakening
from auditor.log_commands import workflow_command
from auditor.snapshot.collections import BY_NAME, lineage
from auditor.snapshot.document import Capture
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.snapshot.resource_text import TextRegion

__all__ = [
    "BY_NAME",
    "MOST_LOGINS",
    "NO_RULES",
    "SOON_DAYS",
    "Acceptance",
    "AcceptedBy",
    "AcceptedGap",
    "AccessOverview",
    "AssessedFramework",
    "Assessment",
    "Capture",
    "Cause",
    "ClientAccess",
    "ClientServerAccess",
    "CollectionStatus",
    "Completeness",
    "Control",
    "ControlStatus",
    "Crashed",
    "Deselection",
    "EarlierKind",
    "FindingStatus",
    "Fixed",
    "Framework",
    "LedgerEntry",
    "LogSummary",
    "Mapped",
    "MappedOutcome",
    "NotEvaluated",
    "Notice",
    "Obtains",
    "PolicyAccess",
    "Presentation",
    "Rejections",
    "RelatedObject",
    "RuleAccess",
    "RuleOutcome",
    "RuleOutcomes",
    "RulePage",
    "RuleUse",
    "Run",
    "Saved",
    "ScopeAccess",
    "ScopePath",
    "ServerAccess",
    "ShownGap",
    "Since",
    "Tenant",
    "TextRegion",
    "UnusedObject",
    "UsageUnknown",
    "Weakening",
    "Witness",
    "assessed_frameworks",
    "carried_over",
    "causes",
    "counted_objects",
    "deleted_objects",
    "deselected_words",
    "empty_org",
    "ends_soon",
    "evaluated_words",
    "gaps_by_rule",
    "incomplete_rules",
    "incompleteness",
    "lineage",
    "markdown",
    "planned",
    "shown_gaps",
    "status_reasons",
    "type_name",
    "unread_collections",
    "unread_share",
    "workflow_command",
]
