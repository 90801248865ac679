"""The results as JSON, for programs.

The shape is versioned by `schema`. Within a version keys may be added; none is removed,
renamed or given another meaning. Names and messages are exact: characters that could
trick a terminal stand there as JSON escapes. It holds all that another format shows, so that
it can be read back and rendered again. Each finding is a line.
"""

from __future__ import annotations

from typing import Any

from auditor import AuditResult, report

from ._output import line_document
from ._results_model import VERSION, Results
from ._results_reader import read
from ._results_writer import results_of


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{VERSION.replace('/', ':')}",
        **_with_optional_log(Results.model_json_schema(mode="serialization")),
    }


@report("json", filename="results.json", schema=json_schema, read=read)
def render(result: AuditResult) -> str:
    """Everything the audit found out, as JSON."""
    document = results_of(result).model_dump(mode="json", by_alias=True)
    # Audits without a log have the bytes that they had when there was none.
    if result.log is None:
        del document["log"]
    for finding in (*document["findings"], *document["accepted"]):
        if finding["rejections"] is None:
            del finding["rejections"]
    return line_document(document)


def _with_optional_log(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, in which what only a log brings may be left out."""
    finding = schema["$defs"]["FindingInfo"]
    schema["required"] = [name for name in schema["required"] if name != "log"]
    finding["required"] = [name for name in finding["required"] if name != "rejections"]
    return schema
