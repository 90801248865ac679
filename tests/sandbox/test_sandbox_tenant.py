from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.errors import UsageError
from auditor.sandbox import TenantFile
from auditor.sandbox.schema import tenant_schema


def test_a_tenant_file_is_read(tmp_path: Path):
    file = tmp_path / "tenant.json"
    file.write_text('{"/api/v1/groups": [{"id": "00g1"}], "@latency_ms": 50}')
    tenant = TenantFile.load(file)

    assert tenant.records("/api/v1/groups") == [{"id": "00g1"}]
    assert tenant.records("/api/v1/users") == []
    assert tenant.latency_ms == 50


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "a tenant file is one JSON object"),
        ({"@fault": []}, "@fault is no directive"),
        ({"@resources": {}}, "@resources is no directive"),
        ({"api/v1/apps": []}, "api/v1/apps is not a path"),
        ({"/api/v1/apps?limit=1": []}, "/api/v1/apps?limit=1 is not a path"),
        ({"/api/v1/apps": "none"}, "/api/v1/apps must be a list or an object"),
        ({"/api/v1/apps": None}, "/api/v1/apps must be a list or an object"),
        ({"@latency_ms": -1}, "@latency_ms: Input should be greater than or equal to 0"),
        ({"@latency_ms": "slow"}, "@latency_ms: Input should be a valid number"),
        ({"@tokens": "secret"}, "@tokens: "),
        ({"@faults": {}}, "@faults: "),
        ({"@faults": [{"status": 500}]}, "@faults[0].path: Field required"),
        (
            {"@faults": [{"path": "("}]},
            "@faults[0].path: Input should be a valid regular expression",
        ),
        ({"@faults": [{"path": "x"}]}, "@faults[0]: has no effect"),
        ({"@faults": [{"path": "x", "stauts": 500}]}, "@faults[0].stauts: Extra inputs"),
        ({"@faults": [{"path": "x", "status": 42}]}, "@faults[0].status: "),
        ({"@faults": [{"path": "x", "status": 500, "times": 0}]}, "@faults[0].times: "),
        ({"@rate_limits": [{"path": "x", "limit": 0}]}, "@rate_limits[0].limit: "),
        ({"@rate_limits": [{"path": "x"}]}, "@rate_limits[0].limit: Field required"),
    ],
)
def test_a_malformed_tenant_is_refused(document: Any, message: str):
    with pytest.raises(UsageError) as caught:
        TenantFile.from_document(document, source="northwind.json")

    assert caught.value.message.startswith(f"northwind.json: {message}")


def test_broken_json_is_refused_with_its_place(tmp_path: Path):
    file = tmp_path / "broken.json"
    file.write_text('{\n  "/api/v1/apps": [,]\n}')

    with pytest.raises(UsageError, match=r"broken\.json: line 2, column 20: "):
        TenantFile.load(file)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"There is no file .*absent\.json"):
        TenantFile.load(tmp_path / "absent.json")


def test_the_schema_accepts_what_the_sandbox_accepts_and_refuses_what_it_refuses():
    schema = tenant_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    fault = {"path": "^/api/v1/apps", "query": "after=", "extra_page": "same", "times": 3}

    good = {"/api/v1/apps": [], "@faults": [fault], "@latency_ms": 5, "@tokens": ["t"]}
    TenantFile.from_document(good)
    assert validator.is_valid(good)

    for change in (
        {"@faults": [{**fault, "extra_page": "other"}]},
        {"@faults": [{**fault, "stauts": 500}]},
        {"@rate_limits": [{"path": "x"}]},
        {"@fault": []},
        {"/api/v1/apps?limit=1": []},
    ):
        with pytest.raises(UsageError):
            TenantFile.from_document(good | change)
        assert not validator.is_valid(good | change), change


def test_the_schema_says_what_every_directive_and_every_member_of_a_fault_means():
    schema = tenant_schema()
    fault = schema["$defs"]["Fault"]["properties"]

    assert {f"@{name}" for name in TenantFile.model_fields} - {"@resources"} == set(
        schema["properties"]
    )
    assert all(member.get("description") for member in fault.values()), fault
