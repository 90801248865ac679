"""Every type of object has a name in sentences."""

from collections.abc import Iterator

from auditor import models
from auditor.lint.object_types import counted_objects, type_name
from auditor.lint.reported_finding import ObjectRef
from auditor.snapshot.models.base import Record


def kinds(record: type[Record] = Record) -> Iterator[str]:
    yield record.kind
    for child in record.__subclasses__():
        yield from kinds(child)


def test_every_kind_of_record_has_a_name() -> None:
    assert models.App.kind in set(kinds())
    for kind in kinds():
        assert "_" not in type_name(kind), kind
        assert counted_objects(1, kind) == f"1 {type_name(kind)}"
        assert counted_objects(2, kind) != f"2 {type_name(kind)}", kind


def test_a_type_of_another_version_stands_as_it_is() -> None:
    assert type_name("agent_identity") == "agent_identity"


def test_a_name_is_described_with_its_type_and_quoted() -> None:
    ref = ObjectRef(type="policy_rule", id="r1", name="Brand and\n Legal")
    assert ref.described == 'policy rule "Brand and\ufffd Legal"'
