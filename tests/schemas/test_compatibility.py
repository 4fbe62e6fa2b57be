import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import AvroSchema, avro_schema, parsed
from schemas.compatibility import Change, Side, Weight, check_all, compare
from schemas.contracts import CONTRACTS, TOPICS_OF
from tests.schemas.changes import CASES, NEW, OLD, Case, contract, field


def _reads(written: AvroSchema, value: Any, reader: AvroSchema) -> bool:
    """Tell whether fastavro reads what was written with one schema by another."""
    record = {"unit_code": "u", "x": value} if len(written["fields"]) > 1 else {"unit_code": "u"}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed(written), record)
    buffer.seek(0)
    try:
        fastavro.schemaless_reader(buffer, parsed(written), parsed(reader))
    except (fastavro.read.SchemaResolutionError, ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_change_is_named_with_whom_it_breaks(case: Case) -> None:
    (finding,) = compare(case.old_schema, case.new_schema)

    assert (case.change, case.breaks) == (finding.change, finding.breaks)
    assert finding.place.startswith("x")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said_is_what_avro_does(case: Case) -> None:
    """Every case carries a value that shows it; where we are stricter, Avro reads on and gives something else."""
    new_reads_old = _reads(case.old_schema, case.old_value, case.new_schema)
    old_reads_new = _reads(case.new_schema, case.new_value, case.old_schema)

    if case.is_stricter_than_avro:
        assert (True, True) == (new_reads_old, old_reads_new)
    else:
        assert (Side.NEW_READERS not in case.breaks, Side.OLD_READERS not in case.breaks) == (
            new_reads_old,
            old_reads_new,
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_way_back_breaks_the_other_side(case: Case) -> None:
    mirrored = tuple(
        {Side.NEW_READERS: Side.OLD_READERS, Side.OLD_READERS: Side.NEW_READERS}[side] for side in case.breaks
    )
    (finding,) = compare(case.new_schema, case.old_schema)

    assert set(mirrored) == set(finding.breaks)


_PLAIN = st.sampled_from(["string", "long", "int", "boolean", "double", "bytes"])
_TYPES = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.builds(lambda kind: {"type": "array", "items": kind}, inner),
        st.builds(lambda kind: {"type": "map", "values": kind}, inner),
        st.builds(lambda kind: ["null", kind], inner.filter(lambda kind: not isinstance(kind, list))),
    ),
    max_leaves=3,
)
_DEFAULTS = {"string": "", "long": 0, "int": 0, "boolean": False, "double": 0.0, "bytes": ""}


def _a_field(kind: Any, with_default: bool) -> dict[str, Any]:
    default = None if isinstance(kind, list) else _DEFAULTS.get(kind) if isinstance(kind, str) else None
    has = with_default and (isinstance(kind, list) or default is not None)
    return {"type": kind, **({"default": default} if has else {})}


_SCHEMAS = st.builds(
    lambda fields: contract(*({"name": name, **what} for name, what in fields.items())),
    st.dictionaries(st.sampled_from(["x", "amount_fen", "paid_on"]), st.builds(_a_field, _TYPES, st.booleans())),
)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, list):
        return st.one_of(*(_values(branch) for branch in kind))
    if isinstance(kind, dict):
        inner = _values(kind.get("items", kind.get("values")))
        return st.lists(inner, max_size=2) if kind["type"] == "array" else st.dictionaries(st.text(), inner, max_size=2)
    return {
        "null": st.none(),
        "string": st.text(),
        "long": st.integers(-(2**63), 2**63 - 1),
        "int": st.integers(-(2**31), 2**31 - 1),
        "boolean": st.booleans(),
        "double": st.floats(allow_nan=False),
        "bytes": st.binary().map(lambda data: data.hex().encode()),
    }[kind]


@given(_SCHEMAS, _SCHEMAS, st.data())
def test_what_is_said_to_be_safe_is_read(old: AvroSchema, new: AvroSchema, data: st.DataObject) -> None:
    """Any two schemas: if no finding breaks new readers, a new reader reads whatever an old writer wrote."""
    findings = compare(old, new)
    record = {each["name"]: data.draw(_values(each["type"])) for each in old["fields"]}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed(old), record)
    buffer.seek(0)

    if not any(Side.NEW_READERS in finding.breaks for finding in findings):
        read: Any = fastavro.schemaless_reader(buffer, parsed(old), parsed(new))
        assert {each["name"] for each in new["fields"]} == set(read)


@given(_SCHEMAS)
def test_a_contract_is_compatible_with_itself(schema: AvroSchema) -> None:
    assert () == compare(schema, schema)


@pytest.mark.parametrize("name", CONTRACTS)
def test_docs_are_no_change(name: str) -> None:
    schema = avro_schema(CONTRACTS[name])

    assert () == compare(schema, {**schema, "doc": "Said otherwise."})


def test_a_renamed_field_is_seen_as_one_change() -> None:
    old = contract({"name": "paid_on", "type": "string"})
    new = contract({"name": "paid_at", "type": "string"})
    (finding,) = compare(old, new)

    assert (Change.FIELD_RENAMED, (Side.NEW_READERS, Side.OLD_READERS)) == (finding.change, finding.breaks)
    assert "paid_at" in finding.english
    assert "paid_at" in finding.chinese


def test_a_renamed_field_with_defaults_fails_nobody_and_loses_the_value() -> None:
    old = contract({"name": "paid_on", "type": "string", "default": ""})
    new = contract({"name": "paid_at", "type": "string", "default": ""})
    (finding,) = compare(old, new)

    assert (Change.FIELD_RENAMED, Weight.CAUTION) == (finding.change, finding.weight)


def test_an_alias_lets_new_readers_read_on() -> None:
    old = contract({"name": "paid_on", "type": "string"})
    new = contract({"name": "paid_at", "type": "string", "aliases": ["paid_on"]})
    (finding,) = compare(old, new)

    assert OLD == finding.breaks


def test_two_fields_of_different_types_are_no_renaming() -> None:
    old = contract({"name": "paid_on", "type": "string", "default": ""})
    new = contract({"name": "paid_at", "type": "long", "default": 0})

    assert [Change.FIELD_REMOVED, Change.FIELD_ADDED] == [finding.change for finding in compare(old, new)]


def test_another_type_inside_a_union_is_one_change() -> None:
    (finding,) = compare(contract(field(["null", "string"])), contract(field(["null", "long"])))

    assert (Change.TYPE_CHANGED, "x changed from string to long") == (finding.change, finding.english.partition(":")[0])


def test_a_default_that_does_not_fit_its_union_is_no_schema() -> None:
    old = contract(field(["null", "string"], default=None))
    new = contract(field(["string", "null"], default=None))

    assert [Change.BRANCHES_REORDERED, Change.DEFAULT_UNFIT] == [finding.change for finding in compare(old, new)]


def test_another_name_of_a_record_breaks_both_sides() -> None:
    old = contract()
    (finding,) = compare(old, {**old, "name": "Unchanged"})

    assert (Change.NAME_CHANGED, "") == (finding.change, finding.place)


def test_a_record_that_holds_itself_is_walked_once() -> None:
    tree = {"type": "record", "name": "Tree", "fields": [{"name": "inner", "type": ["null", "Tree"], "default": None}]}
    grown = {**tree, "fields": [*tree["fields"], {"name": "x", "type": "string"}]}

    assert [("x", NEW)] == [(finding.place, finding.breaks) for finding in compare(tree, grown)]


def test_every_kept_version_counts() -> None:
    """Compatible with the last version, not with the one before: FULL_TRANSITIVE says no."""
    first, second = contract(), contract(field("long", default=0))
    third = contract(field("long"))
    report = check_all({"changed": {1: first, 2: second}}, {"changed": third}, {})

    assert [1] == [finding.version for finding in report.breaking]
    assert not report.is_compatible


def test_the_report_says_whom_a_break_hits() -> None:
    old = avro_schema(CONTRACTS["contribution-missed"])
    without = {**old, "fields": [each for each in old["fields"] if each["name"] != "due_on"]}
    report = check_all({"contribution-missed": {1: old}}, {"contribution-missed": without}, TOPICS_OF)

    in_chinese, breaks, verdict = report.lines()

    assert breaks.startswith("    [breaks] contribution-missed, against v1: due_on was removed and had no default: ")
    assert breaks.endswith("readers of earlier releases cannot read new records; hits arrears, monitoring.")
    assert "due_on 被删除，且原来没有默认值：旧版读者无法读取新写入的记录；影响：arrears、monitoring。" in in_chinese
    assert verdict.startswith("已将 1 个数据契约与保留的 1 个版本比对：有 1 处改动不得作出。 ")
    assert verdict.endswith("1 contracts compared with 1 kept versions: 1 change(s) that may not be made.")


def test_a_contract_on_many_topics_hits_the_consumers_of_all() -> None:
    old = avro_schema(CONTRACTS["command-issued"])
    without = {**old, "fields": old["fields"][1:]}
    (finding,) = check_all({"command-issued": {1: old}}, {"command-issued": without}, TOPICS_OF).breaking

    assert {"arrears", "cards"} <= set(finding.consumers)


def test_a_withdrawn_contract_breaks_whoever_reads_its_records() -> None:
    report = check_all({"gone": {1: contract()}}, {}, {})

    assert not report.is_compatible
    assert "its records could not be read" in list(report.lines())[1]


def test_what_is_safe_is_told_and_forbids_nothing() -> None:
    case = CASES[0]
    report = check_all({"changed": {1: case.old_schema}}, {"changed": case.new_schema}, {})

    assert report.is_compatible
    assert "    [safe] changed, against v1: x was added with a default: it may be made." == list(report.lines())[1]
