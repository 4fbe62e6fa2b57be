"""Whose signature counts, when, and over what: told on the memory twin, at the door every worker has."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import avro_schema
from schemas.contributions import ContributionPaid
from schemas.mesh import EarlierValue
from schemas.producers import ProducerKeyPublished
from schemas.signing import COVERED_HEADERS, SIGNATURE_HEADERS
from services.outlets import directory
from services.outlets.worker import SERVICE as OUTLETS
from services.runtime.codec import PREFIX_BYTES, local_codec
from services.runtime.door import admit
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusals import CODES, RefusedAtDoor
from services.runtime.replay import TaskReplay
from services.runtime.signatures import AHEAD_MAX, STALE_AFTER, Producers
from services.runtime.signing import Signer, development_key, development_published, development_signer
from tests.harness.bad_records import with_headers
from tests.harness.counting import COUNTING, NOON
from tests.services.runtime.signed_records import KEY, PLACE, TAX, Office

MOMENT = timedelta(microseconds=1)
COMMITTED_TO = (*COVERED_HEADERS, *SIGNATURE_HEADERS)


@pytest.fixture
def office() -> Office:
    office = Office()
    office.publish_key()
    return office


# --- who has to sign ------------------------------------------------------------------------------


def test_nobody_has_to_sign_where_no_key_was_ever_published() -> None:
    office = Office()
    office.say(office.payment())

    assert ["counted"] == office.codes()


def test_a_system_has_to_sign_from_the_beginning_of_its_first_key() -> None:
    office = Office()
    office.publish_key(begins_at=NOON + timedelta(hours=1))
    office.mesh.clock = NOON + timedelta(hours=1) - timedelta(milliseconds=1)
    office.say(office.payment("before"))
    office.mesh.clock = NOON + timedelta(hours=1)
    office.say(office.payment("at"))

    assert ["counted", "signature-missing"] == office.codes()


def test_programs_of_a_system_can_change_over_one_by_one_until_signatures_are_demanded() -> None:
    office = Office()
    office.publish_key(demanded_since=NOON + timedelta(hours=1))
    office.say(office.signed(reference="changed"), office.payment("not-yet"))
    office.mesh.clock = NOON + timedelta(hours=1)
    office.say(office.signed(reference="changed-too"), office.payment("forgotten"))

    assert ["counted", "counted", "counted", "signature-missing"] == office.codes()


def test_the_end_of_a_key_does_not_allow_unsigned_records_again(office: Office) -> None:
    office.publish_key(ends_at=NOON, ended_because="stolen", revision=2)
    office.say(office.payment())

    assert ["signature-missing"] == office.codes()


def test_the_key_of_one_system_does_not_oblige_another() -> None:
    office = Office()
    office.publish_key(development_key("card-hotline"))
    office.say(office.payment())

    assert ["counted"] == office.codes()


@pytest.mark.parametrize(
    ("value", "after", "code"),
    [
        ("required", timedelta(0), "signature-missing"),
        ("required", timedelta(days=1), "counted"),
        ("accepted", timedelta(0), "counted"),
        ("requierd", timedelta(0), "signature-missing"),
    ],
)
def test_the_parameter_demands_signatures_from_its_day_on(value: str, after: timedelta, code: str) -> None:
    office = Office()
    office.demand(value, NOON + after)
    office.say(office.payment())

    assert [code] == office.codes()


@pytest.mark.parametrize(("after", "code"), [(timedelta(days=1), "signature-missing"), (timedelta(0), "counted")])
def test_what_will_not_be_demanded_any_more_is_demanded_until_then(after: timedelta, code: str) -> None:
    office = Office()
    office.demand("accepted", NOON + after, EarlierValue(value="required", effective_on=date(2020, 1, 1)))
    office.say(office.payment())

    assert [code] == office.codes()


def test_a_signature_is_verified_also_where_none_is_demanded() -> None:
    office = Office()
    office.say(office.signed())

    assert ["signing-key-unknown"] == office.codes()


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (-STALE_AFTER, "counted"),
        (-STALE_AFTER - MOMENT, "signature-stale"),
        (AHEAD_MAX, "counted"),
        (AHEAD_MAX + MOMENT, "signature-ahead"),
    ],
)
def test_a_record_arrives_within_a_quarter_of_an_hour_of_its_signature(
    office: Office, after: timedelta, code: str
) -> None:
    office.say(office.signed(NOON + after))

    assert [code] == office.codes()


def test_a_record_said_again_within_the_window_is_known(office: Office) -> None:
    record = office.signed()
    office.say(record)
    office.mesh.clock += STALE_AFTER
    office.say(record)

    assert ["counted", "repeat"] == office.codes()


def test_a_record_said_again_after_the_window_is_refused(office: Office) -> None:
    record = office.signed()
    office.say(record)
    office.mesh.clock += STALE_AFTER + timedelta(milliseconds=1)
    office.say(record)

    assert ["counted", "signature-stale"] == office.codes()


def test_a_file_published_again_a_year_later_is_signed_anew_and_known(office: Office) -> None:
    office.say(office.signed())
    office.mesh.clock += timedelta(days=365)
    office.say(office.signed())

    assert ["counted", "repeat"] == office.codes()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON - MOMENT, "signing-key-not-in-force"),
        (NOON, "counted"),
        (NOON + timedelta(minutes=1) - MOMENT, "counted"),
        (NOON + timedelta(minutes=1), "signing-key-not-in-force"),
    ],
)
def test_a_key_signs_from_its_first_instant_up_to_its_end(at: timedelta, code: str) -> None:
    office = Office()
    office.publish_key(begins_at=NOON, ends_at=NOON + timedelta(minutes=1))
    office.say(office.signed(at))  # type: ignore[arg-type]

    assert [code] == office.codes()


def test_a_rotation_has_both_keys_in_force_for_a_while_and_then_the_new_one(office: Office) -> None:
    following = development_key("tax", number=2)
    overlap = NOON + timedelta(hours=1)
    office.publish_key(following, begins_at=NOON)
    office.publish_key(ends_at=overlap, ended_because="更换密钥", revision=2)
    office.say(office.signed(key=KEY, reference="a"), office.signed(key=following, reference="b"))
    office.mesh.clock = overlap
    office.say(office.signed(key=KEY, reference="c"), office.signed(key=following, reference="d"))

    assert ["counted", "counted", "signing-key-not-in-force", "counted"] == office.codes()


def test_a_stolen_key_is_of_no_use_once_its_end_has_passed_by_the_window(office: Office) -> None:
    office.publish_key(ends_at=NOON, ended_because="stolen", revision=2)
    office.say(office.signed(NOON - MOMENT, reference="dated-back"))
    office.mesh.clock = NOON + STALE_AFTER
    office.say(office.signed(NOON - MOMENT, reference="dated-back-later"))

    assert ["counted", "signature-stale"] == office.codes()


def test_two_words_about_a_key_under_one_revision_are_not_passed_over_in_silence(office: Office) -> None:
    """Two people end it at once, one of them because it was stolen; which word comes first may differ from task to task."""
    office.publish_key(revision=2)
    office.publish_key(revision=2)
    office.publish_key(revision=2, ends_at=NOON - timedelta(hours=1), ended_because="stolen")

    said = [entry.code for entry in office.mesh.decisions("arrears") if entry.topic == ProducerKeyPublished.topic]
    assert {"reference-kept": 24, "reference-not-newer": 12, "reference-conflict": 12} == Counter(said)
    assert 12 == len(office.mesh.dead("arrears"))


def test_an_earlier_word_about_a_key_does_not_undo_a_later_one(office: Office) -> None:
    office.publish_key(ends_at=NOON, ended_because="stolen", revision=2)
    office.mesh.publish(office.publish_key(), source="/console", event_id="the-first-word-again")
    office.say(office.signed())

    assert ["signing-key-not-in-force"] == office.codes()


# --- who ------------------------------------------------------------------------------------------


def test_another_systems_key_signs_nothing_here(office: Office) -> None:
    hotline = development_key("card-hotline", TAX)
    office.publish_key(hotline)
    office.say(office.signed(key=hotline))

    assert ["signing-key-of-another-producer"] == office.codes()


def test_another_sources_key_of_the_same_system_signs_nothing_here(office: Office) -> None:
    branch = development_key("tax", "urn:weihai:tax:wendeng")
    office.publish_key(branch)
    named_so = with_headers(office.payment(), ce_source=b"urn:weihai:tax:wendeng")
    signed = Signer([branch]).signed(office.mesh.codec, named_so, NOON)
    office.say(with_headers(signed, ce_source=TAX.encode()))

    assert ["signing-key-of-another-producer"] == office.codes()


# --- over what ------------------------------------------------------------------------------------


class KnownKey:
    """The door's view of a mesh that knows one key."""

    def __init__(self) -> None:
        self._word = Office().publish_key()

    def reference(self, topic: str, key: str) -> object:
        return self._word if (topic, key) == (self._word.topic, self._word.key_id) else None

    def references(self, topic: str) -> list[object]:
        return [self._word] if topic == self._word.topic else []


CODEC = local_codec()
PRODUCERS = Producers(KnownKey())  # type: ignore[arg-type]
SIGNED = Office().signed()


def let_in(record: OutputRecord) -> str:
    """What the door says: empty, or the code of the refusal."""
    read = InputRecord(
        record.topic, record.partition, 0, int(NOON.timestamp() * 1000), record.key, record.value, record.headers
    )
    try:
        admit(read, CODEC, NOON, 0, PRODUCERS)
    except RefusedAtDoor as refused:
        return refused.refusal.code
    return ""


def flipped(content: bytes | None, bit: int) -> bytes:
    changed = bytearray(content or b"")
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def test_a_signed_record_is_let_in() -> None:
    assert "" == let_in(SIGNED)


@given(st.sampled_from(sorted(set(COMMITTED_TO))), st.integers(0, 10_000))
def test_any_bit_of_a_signed_header_matters(name: str, bit: int) -> None:
    changed = with_headers(SIGNED, **{name: flipped(dict(SIGNED.headers)[name], bit)})

    assert "" != let_in(changed)


@given(st.sampled_from(SIGNATURE_HEADERS), st.binary(max_size=150))
def test_whatever_stands_in_a_signatures_header_is_refused_with_a_code(name: str, content: bytes) -> None:
    assert let_in(with_headers(SIGNED, **{name: content})) in CODES


@given(st.integers(0, 10_000))
def test_any_bit_of_the_key_matters(bit: int) -> None:
    assert "" != let_in(SIGNED._replace(key=flipped(SIGNED.key, bit)))


@given(st.integers(0, 10_000))
def test_any_bit_of_the_content_matters_and_is_seen_before_it_is_read(bit: int) -> None:
    value = SIGNED.value or b""
    changed = value[:PREFIX_BYTES] + flipped(value[PREFIX_BYTES:], bit)

    assert "signature-wrong" == let_in(SIGNED._replace(value=changed))


@given(st.binary(max_size=40), st.integers(0, 9))
def test_trace_headers_may_change(text: bytes, number: int) -> None:
    changed = with_headers(
        SIGNED, traceparent=text.hex().encode(), ce_correlationid=b"other", ce_sequence=str(number).encode()
    )

    assert "" == let_in(changed._replace(headers=(*changed.headers, ("tracestate", text))))


def test_the_schema_may_have_another_number_in_another_registry() -> None:
    CODEC.learn(77_777, avro_schema(ContributionPaid))
    moved = b"\x00" + (77_777).to_bytes(4, "big") + (SIGNED.value or b"")[PREFIX_BYTES:]

    assert "" == let_in(SIGNED._replace(value=moved))


def test_the_same_bytes_read_by_another_schema_are_refused() -> None:
    schema = avro_schema(ContributionPaid)
    district, agency, *others = schema["fields"]
    CODEC.learn(88_888, {**schema, "fields": [agency, district, *others]})
    turned = b"\x00" + (88_888).to_bytes(4, "big") + (SIGNED.value or b"")[PREFIX_BYTES:]

    assert "signature-wrong" == let_in(SIGNED._replace(value=turned))


def test_what_a_stranger_made_is_not_even_decoded() -> None:
    value = (SIGNED.value or b"")[:PREFIX_BYTES] + b"\xff" * 40

    assert "signature-wrong" == let_in(SIGNED._replace(value=value))


def test_an_outlet_that_is_read_with_its_key_in_one_batch_is_kept() -> None:
    mesh = MemoryMesh([OUTLETS], NOON)
    for word in development_published([development_key("outlet-ledger")]):
        mesh.publish(word, source="/console")
    mesh.signer = development_signer()
    for outlet in directory.published_outlets():
        mesh.publish(outlet, source=directory.SOURCE)
    mesh.run()

    assert {"reference-kept"} == set(mesh.codes("outlets"))


def test_a_replay_years_later_decides_the_same(office: Office) -> None:
    office.say(
        office.signed(reference="a"), office.payment("b"), office.signed(NOON - timedelta(hours=1), reference="c")
    )
    office.publish_key(ends_at=NOON, ended_because="x", revision=2)
    office.say(office.signed(reference="d"))
    mesh: MemoryMesh = office.mesh
    inputs = {topic: mesh.log.get(topic, [[]] * 12)[PLACE] for topic in COUNTING.inputs}
    replay = TaskReplay(COUNTING, PLACE, mesh.codec, inputs, None)
    report = replay.run(mesh.log["arrears-decisions"][PLACE])

    assert ["counted", "signature-missing", "signature-stale", "signing-key-not-in-force"] == office.codes()
    assert [] == report.differences
    assert [] == replay.unread()
