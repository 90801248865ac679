"""What `test --format json` prints: a list of expectations with what they came to."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from auditor.cli.json_documents.decision import DecisionInfo
from auditor.cli.json_documents.part import DocumentPart


class ExpectationResult(DocumentPart):
    """An expectation, and the decision that it was held against."""

    name: str
    passed: bool
    expected: dict[str, Any] = Field(description="The keys that it asserts, with their values.")
    actual: DecisionInfo
