"""Findings of the org that lead to an error, of the client and the server in question."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.diagnosis.case import Case
from auditor.diagnosis.known_error import KnownError
from auditor.lint.reported_finding import ReportedFinding


def leading_findings(
    findings: Sequence[ReportedFinding], rows: Sequence[KnownError], case: Case | None
) -> list[ReportedFinding]:
    """The findings whose answer is one of the errors, in their order.

    Args:
        findings: all of the org.
        rows: the errors.
        case: the request as far as it is known; None if nothing is.
    """
    return [
        finding
        for finding in findings
        if any(_leads_to(finding, row) for row in rows)
        and (case is None or _concerns(finding, case))
    ]


def _leads_to(finding: ReportedFinding, row: KnownError) -> bool:
    answer = finding.answer
    if answer is None:
        return False
    if answer.description:
        return row.matches(answer.description)
    return bool(answer.error) and answer.error == row.error


def _concerns(finding: ReportedFinding, case: Case) -> bool:
    """Whether a finding may be about the request: about its client, at its server."""
    return _of_client(finding, case) and _at_server(finding, case)


def _of_client(finding: ReportedFinding, case: Case) -> bool:
    client = case.client
    if client is None:
        return True
    named = {
        ref.id
        for ref in (finding.object, *(one.object for one in finding.related))
        if ref.type == client.kind
    }
    if finding.witness is not None:
        return finding.witness.request.client == client.client_id
    if named:
        return client.id in named
    if finding.server is None:
        return True
    # About a server, a policy or a rule: of those that the client can meet.
    return any(server.id == finding.server.id for server, _ in case.org.covering(client.client_id))


def _at_server(finding: ReportedFinding, case: Case) -> bool:
    if case.at_org:
        return finding.server is None
    if case.server is None or finding.server is None:
        return True
    return finding.server.id == case.server.id
