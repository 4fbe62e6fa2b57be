"""Hostile records that once broke something, each by the name of the hole it went through."""

import asyncio
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas import vocabulary
from schemas.calendar import WorkingCalendar
from schemas.cards import CardLost, ReportKind
from schemas.contributions import ContributionPaid
from schemas.decision import Context, Decision, Outcome, decided
from schemas.fact import SEALED_BYTES_MAX, Fact, Sealed
from schemas.mesh import CalendarPublished, CommandIssued, ParameterPublished
from schemas.notifications import DeliveryRequested
from schemas.topics import commands_topic
from schemas.vocabulary import Agency, District
from services.appraisal.law import office_on
from services.appraisal.rules_sittings import SEARCH_DAYS_MAX, sitting_days
from services.arrears.worker import SERVICE as ARREARS
from services.console.all_services import ALL_SERVICES
from services.notifications.worker import DELIVERIES
from services.runtime.codec import Codec, local_codec
from services.runtime.dead import split_dead
from services.runtime.deciding import CASE_BYTES_MAX
from services.runtime.door import HEADER_BYTES, HEADERS_BYTES_MAX
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import Header, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.registry import RegistryClient, resolve
from services.runtime.replay import spoken_index
from services.runtime.service import Service
from tests.fuzz.others_schemas import BAD, GOOD, MODEL
from tests.harness.counting import COUNTING, NOON, Count, paid, unit_code

SCHEMA_ID = 900_001
UNIT = unit_code(1)
PERSON = "p1-" + "0" * 32


def refusals(mesh: MemoryMesh, service: str) -> list[str]:
    return [split_dead(letter.headers)[1]["code"] for letter in mesh.dead(service)]


# --- schemas that others register -------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in BAD if name.startswith(("recursive", "an array"))])
def test_a_few_bytes_that_would_be_read_for_ever_are_refused_unread(name: str) -> None:
    schema, content = BAD[name]
    codec = local_codec()
    codec.learn(SCHEMA_ID, schema)

    with pytest.raises(RefusedAtDoor, match="schema-unbounded"):
        codec.decode(MODEL.topic, b"\x00" + SCHEMA_ID.to_bytes(4, "big") + content)


def test_read_as_its_schema_says_a_recursive_value_ends_the_process() -> None:
    program = """
import io, fastavro
from tests.fuzz.others_schemas import BAD
schema, content = BAD["recursive"]
fastavro.schemaless_reader(io.BytesIO(content), fastavro.parse_schema(schema), None)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False, capture_output=True)

    assert -11 == done.returncode  # where it is not any more, fastavro has mended it


@pytest.mark.parametrize("schema", GOOD.values(), ids=GOOD)
def test_a_later_schema_of_our_shape_is_read(schema: dict[str, Any]) -> None:
    codec = local_codec()
    codec.learn(SCHEMA_ID, schema)
    later = Codec()
    later.agree(MODEL.topic, MODEL, SCHEMA_ID)
    later.contracts[MODEL.topic].reader = codec.writers[SCHEMA_ID].schema or {}
    fact = paid(1, 100, "later")

    assert fact == codec.decode(MODEL.topic, later.encode(MODEL.topic, fact))


@pytest.mark.parametrize("schema", [{"type": "record"}, {"type": "record", "name": 7, "fields": None}, {}])
def test_a_schema_over_which_the_reader_breaks_is_nobodys_contract(schema: dict[str, Any]) -> None:
    registry, codec = RegistryClient("http://127.0.0.1:1"), local_codec()
    registry._by_id[SCHEMA_ID] = schema

    asyncio.run(resolve(registry, codec, [SCHEMA_ID]))

    with pytest.raises(RefusedAtDoor, match="schema-of-another-subject"):
        codec.decode(MODEL.topic, b"\x00" + SCHEMA_ID.to_bytes(4, "big"))


# --- memory and time -----------------------------------------------------------------------------------------


def test_texts_in_place_of_a_unit_code_are_not_remembered() -> None:
    tracemalloc.start()
    for number in range(50):
        assert not vocabulary.unit_code_is_valid(f"{number}".rjust(1_000_000, "9"))
    _, most = tracemalloc.get_traced_memory()
    current, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert current < 1_000_000 < most


@pytest.mark.parametrize(("size", "code"), [(SEALED_BYTES_MAX, ""), (SEALED_BYTES_MAX + 1, "value-invalid")])
def test_a_sealed_value_has_a_bound(size: int, code: str) -> None:
    mesh = MemoryMesh(ALL_SERVICES, NOON)
    fact = CardLost(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 11, 2),
        business_reference="lost-1",
        person_key=PERSON,
        card_key="c1-" + "0" * 32,
        report_kind=ReportKind.WRITTEN,
        reported_at=NOON,
        holder_name=Sealed.model_construct(key_reference="k1", ciphertext=b"x" * size),
    )
    mesh.publish(fact)
    mesh.run()

    assert ([code] if code else []) == refusals(mesh, "cards")


@pytest.mark.parametrize(("more", "codes"), [(0, ["counted"]), (1, [])])
def test_headers_have_a_bound(more: int, codes: list[str]) -> None:
    mesh = MemoryMesh([COUNTING], NOON)
    record = published(mesh.codec, paid(1, 100, "pay-1"), "id-1", "urn:hostile", NOON, 12)
    taken = sum(len(name) + len(value or b"") + HEADER_BYTES for name, value in record.headers)
    padding = b"x" * (HEADERS_BYTES_MAX - taken - HEADER_BYTES - 1 + more)
    mesh.append(record._replace(headers=(*record.headers, ("x", padding))))
    mesh.run()

    assert codes == mesh.codes("arrears", UNIT)


def test_headers_that_hold_nothing_are_counted_too() -> None:
    """Two million of them fit into a record that the broker takes: kept whole it would be twenty mebibytes, which no changelog takes."""
    mesh = MemoryMesh([COUNTING], NOON)
    record = published(mesh.codec, paid(1, 100, "pay-1"), "id-1", "urn:hostile", NOON, 12)
    empty: Header = ("", None)
    mesh.append(record._replace(headers=(*record.headers, *[empty] * (HEADERS_BYTES_MAX // HEADER_BYTES))))
    mesh.run()

    assert ["record-too-large"] == refusals(mesh, "arrears")


def growing(state: Count | None, fact: Any, context: Context) -> Decision[Any]:
    return decided(f"{state or ''}{'x' * 1_000_000}", "counted")


def test_a_case_that_the_changelog_would_not_take_refuses_the_record_and_goes_on() -> None:
    service = Service("arrears", "growing", hears=(ContributionPaid,), says=(), state=str, decide=growing)
    mesh = MemoryMesh([service], NOON)
    for number in range(CASE_BYTES_MAX // 1_000_000 + 2):
        mesh.publish(paid(1, 100, f"pay-{number}"))
    mesh.run()

    assert ["counted"] * 4 + ["case-too-large"] * 2 == mesh.codes("arrears", UNIT)
    assert ["case-too-large"] * 2 == refusals(mesh, "arrears")


def test_a_panel_is_not_looked_for_through_two_centuries() -> None:
    office = office_on(NOON.date())

    days = list(sitting_days(WorkingCalendar(), NOON.date(), office, vocabulary.DATE_LAST))

    assert timedelta(days=SEARCH_DAYS_MAX) >= days[-1].on - days[0].on > timedelta(days=office.horizon_days)


def test_a_simulated_clock_before_1970_parks_nobody() -> None:
    mesh = MemoryMesh([COUNTING], NOON)
    mesh.tick(datetime(1949, 12, 1, tzinfo=UTC))
    mesh.publish(paid(1, 100, "pay-1"), time=datetime(1949, 12, 1, tzinfo=UTC))
    mesh.publish(paid(1, 100, "pay-1"), time=datetime(1949, 12, 1, tzinfo=UTC))
    mesh.run()

    assert ["counted", "repeat"] == mesh.codes("arrears", UNIT)


# --- reference facts and orders on which every case rests -------------------------------------------


def test_a_parameter_that_rules_cannot_read_is_refused_and_parks_nobody() -> None:
    mesh = MemoryMesh([DELIVERIES], NOON)
    mesh.publish(ParameterPublished.model_construct(name="effects-from", value="banana", effective_on=NOON.date()))
    mesh.publish(
        DeliveryRequested(
            district=District.WENDENG,
            agency=Agency.WENDENG,
            occurred_on=NOON.date(),
            effect_id="effect-1",
            recipient_key=UNIT,
            notice_id="notice-1",
            channel=vocabulary.Channel.EMAIL,
            title="x",
            text="x",
            recipient_name="x",
        )
    )
    mesh.run()

    assert ["parameter-value-invalid"] * 12 == refusals(mesh, "deliveries")
    assert ["effect-claimed", "effect-done"] == mesh.codes("deliveries", UNIT)


def test_a_year_without_working_days_is_refused() -> None:
    mesh = MemoryMesh([COUNTING], NOON)
    days = tuple(date.fromordinal(date(2027, 1, 1).toordinal() + number) for number in range(365))
    mesh.publish(CalendarPublished.model_construct(year=2027, days_off=days, make_up_days=(), authority="x"))
    mesh.run()

    assert ["value-invalid"] * 12 == refusals(mesh, "arrears")


def test_a_service_without_effects_refuses_to_reconcile_and_parks_nobody() -> None:
    mesh = MemoryMesh([ARREARS], NOON)
    order = CommandIssued(subject=UNIT, action="reconcile", issued_by="wang", explanation="x")
    place, topic = partition_of(UNIT.encode(), 12), commands_topic("arrears")
    mesh.append(published(mesh.codec, order, "order-1", "/console", NOON, 12, place, topic))
    mesh.run()

    assert ["command-of-another-task"] == refusals(mesh, "arrears")
    assert [Outcome.REFUSED] == [entry.outcome for entry in mesh.decisions("arrears")]


# --- the edges --------------------------------------------------------------------------------------


def test_a_header_named_as_a_dead_letters_own_does_not_stop_a_replay() -> None:
    mesh = MemoryMesh([COUNTING], NOON)
    fact: Fact = paid(1, 100, "pay-1")
    record = published(mesh.codec, fact, "id-1", "urn:hostile", NOON, 12)
    stored = mesh.append(record._replace(headers=(*record.headers, ("dead_topic", b"x"))))

    assert {b"id-1"} == set(spoken_index([stored])[stored.topic, stored.partition])
