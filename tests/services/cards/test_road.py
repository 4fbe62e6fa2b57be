"""The road of a card in the memory twin, with the effect shell and a printer that can be made to fail or to keep silent."""

from datetime import date, datetime, timedelta

from schemas.cards import (
    CardCancelled,
    CardIssuanceAbandoned,
    CardIssuanceRequested,
    CardIssued,
    CardNoticeRequested,
    CardSuspended,
)
from schemas.effects import EffectRequest
from schemas.mesh import CommandIssued, ParameterPublished
from schemas.outlets import CardReservationReleased, CardReservationUsed, CardReserved
from schemas.topics import commands_topic
from services.cards.worker import SERVICES as CARDS
from services.clock.calendars import published_calendars
from services.outlets.directory import OUTLETS, initial_stock, published_outlets
from services.outlets.rules_state import OutletCase, blanks_on_hand
from services.outlets.worker import SERVICES as STOCKS
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from tests.services.cards.samples import PERSON, WRITTEN, local, lost, outlet
from tests.services.outlets.samples import stocked

WENDENG, GONGYEYUAN = "outlet-wendeng", "outlet-gongyeyuan"
BEGIN = "2024-01-08 09:00"
DAY = timedelta(days=1)


class Printer:
    """A printer whose next answers can be set; it prints whatever it does not refuse."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.printed: dict[str, str] = {}
        self.asked: list[str] = []

    def __call__(self, request: EffectRequest, is_lookup: bool) -> Attempt:
        assert isinstance(request, CardIssuanceRequested)
        if is_lookup:
            serial = self.printed.get(request.effect_id)
            return Attempt(FAILED, "never-reached-provider") if serial is None else Attempt(DONE, "printed", serial)
        self.asked.append(request.outlet_key)
        answer = self.answers.pop(0) if self.answers else DONE
        if answer == "lost-before-printing":
            return Attempt(UNKNOWN, "ReadTimeout")
        if answer == FAILED:
            return Attempt(FAILED, "ConnectError")
        self.printed[request.effect_id] = f"WH{len(self.printed):012}"
        if answer == "lost-after-printing":
            return Attempt(UNKNOWN, "ReadError")
        return Attempt(DONE, "printed", self.printed[request.effect_id])


def mesh_with(printer: Printer, blanks: int = 5, begin: str = BEGIN) -> MemoryMesh:
    """Cards and outlets with the 13 outlets of the pilot, so many blanks at each."""
    mesh = MemoryMesh([*CARDS, *STOCKS], local(begin), {"card-printer": printer})
    mesh.tick(mesh.clock)
    for fact in (*published_calendars(), *published_outlets(), *initial_stock(date(2024, 1, 2), blanks)):
        mesh.publish(fact)
    mesh.run()
    return mesh


def on_hand(mesh: MemoryMesh, outlet_key: str) -> int:
    case = mesh.state("outlets", outlet_key)
    assert isinstance(case, OutletCase)
    return blanks_on_hand(case)


def report(mesh: MemoryMesh, reference: str = "report-1", source: str = "urn:hotline", person: str = PERSON) -> None:
    mesh.publish(lost(WRITTEN, reference, mesh.clock, person_key=person), source=source)


def test_a_lost_card_becomes_a_new_one_at_the_nearest_outlet() -> None:
    mesh = mesh_with(printer := Printer())
    report(mesh)
    mesh.run()

    assert mesh.codes("cards", PERSON) == ["suspended-written-blank-requested", "printing-requested", "card-issued"]
    assert mesh.codes("card-printing", PERSON) == ["effect-claimed", "effect-done"]
    assert (printer.asked, on_hand(mesh, WENDENG)) == ([WENDENG], 4)
    assert len(mesh.facts(CardSuspended, PERSON)) == len(mesh.facts(CardCancelled, PERSON)) == 1
    assert len(mesh.facts(CardNoticeRequested, PERSON)) == 2


def test_two_reports_at_once_make_one_card() -> None:
    mesh = mesh_with(printer := Printer())
    report(mesh, "hotline/1", "urn:hotline")
    report(mesh, "terminal/1", "urn:terminal")
    mesh.run()

    assert len(printer.printed) == len(mesh.facts(CardIssued, PERSON)) == 1
    assert "loss-known" in mesh.codes("cards", PERSON)
    assert on_hand(mesh, WENDENG) == 4


def test_an_answer_lost_after_printing_is_looked_up_and_nothing_is_printed_twice() -> None:
    mesh = mesh_with(printer := Printer())
    printer.answers = ["lost-after-printing"]
    report(mesh)
    mesh.run()
    assert mesh.codes("cards", PERSON)[-1] == "printing-unclear"
    assert mesh.facts(CardIssued, PERSON) == []

    mesh.run_timers_until(mesh.clock + DAY)

    assert mesh.codes("cards", PERSON)[-1] == "card-issued"
    assert (printer.asked, len(printer.printed), on_hand(mesh, WENDENG)) == ([WENDENG], 1, 4)


def test_a_job_that_never_arrived_is_looked_up_and_then_tried_elsewhere() -> None:
    mesh = mesh_with(printer := Printer())
    printer.answers = ["lost-before-printing"]
    report(mesh)
    mesh.run_timers_until(mesh.clock + DAY)

    (issued,) = mesh.facts(CardIssued, PERSON)
    assert (issued.outlet_key, len(printer.printed)) == (GONGYEYUAN, 1)
    assert (on_hand(mesh, WENDENG), on_hand(mesh, GONGYEYUAN)) == (5, 4)


def test_an_operator_can_have_an_unclear_printing_looked_up() -> None:
    mesh = mesh_with(printer := Printer())
    printer.answers = ["lost-after-printing"]
    report(mesh)
    mesh.run()
    mesh.tick(mesh.clock + timedelta(minutes=5))
    order = CommandIssued(subject=PERSON, action="reconcile", issued_by="operator", explanation="the printer is back")
    _command(mesh, "card-printing", order)

    assert mesh.codes("cards", PERSON)[-1] == "card-issued"


def _command(mesh: MemoryMesh, service: str, order: CommandIssued) -> None:
    topic = commands_topic(service)
    mesh.append(published(mesh.codec, order, "order-1", "/operators", mesh.clock, mesh.partitions, topic=topic))
    mesh.run()


def test_a_printer_that_fails_everywhere_is_left_alone_until_the_next_working_day() -> None:
    mesh = mesh_with(printer := Printer())
    printer.answers = [FAILED] * 3
    report(mesh)
    mesh.run()
    assert len(printer.asked) == len(set(printer.asked)) == 3
    assert len(mesh.facts(CardReservationReleased)) == 3
    assert mesh.codes("cards", PERSON)[-1] == "printing-failed-no-blank-anywhere"

    mesh.run_timers_until(local("2024-01-09 09:00"))

    (issued,) = mesh.facts(CardIssued, PERSON)
    assert issued.outlet_key == WENDENG
    assert sum(on_hand(mesh, each.key) for each in OUTLETS) == 13 * 5 - 1


def test_when_stock_runs_out_the_next_outlet_is_asked_and_nobody_gets_the_same_blank() -> None:
    mesh = mesh_with(Printer(), blanks=1)
    people = [f"p1-{number:032x}" for number in range(3)]
    for number, person in enumerate(people):
        report(mesh, f"report-{number}", person=person)
    mesh.run()

    places = [fact.outlet_key for person in people for fact in mesh.facts(CardIssued, person)]
    assert len(places) == len(set(places)) == 3
    assert set(places) >= {WENDENG, GONGYEYUAN}
    assert len({fact.reservation_id for fact in mesh.facts(CardReservationUsed)}) == 3


def test_with_no_blank_anywhere_it_waits_until_blanks_come() -> None:
    mesh = mesh_with(Printer(), blanks=0)
    report(mesh)
    mesh.run()
    assert mesh.codes("cards", PERSON)[-1] == "refused-no-blank-anywhere"
    mesh.publish(stocked(1, "delivery-1", on="2024-01-08"))
    mesh.run_timers_until(local("2024-01-09 09:00"))

    assert [fact.outlet_key for fact in mesh.facts(CardIssued, PERSON)] == [WENDENG]


def test_with_no_blank_for_days_the_holder_is_sent_to_the_centre() -> None:
    mesh = mesh_with(Printer(), blanks=0)
    report(mesh)
    mesh.run_timers_until(mesh.clock + 14 * DAY)

    assert [fact.reason_code for fact in mesh.facts(CardIssuanceAbandoned, PERSON)] == ["tried-too-often"]
    assert mesh.facts(CardIssued, PERSON) == []


def test_a_report_at_night_is_printed_when_the_outlet_opens() -> None:
    mesh = mesh_with(printer := Printer(), begin="2024-01-08 20:00")
    report(mesh)
    mesh.run()
    assert printer.asked == []
    assert len(mesh.facts(CardReserved, PERSON)) == 1

    mesh.run_timers_until(local("2024-01-09 08:30"))

    assert [fact.issued_at for fact in mesh.facts(CardIssued, PERSON)] == [local("2024-01-09 08:30")]


def test_an_outlet_not_known_yet_is_asked_once_it_is_published() -> None:
    mesh = MemoryMesh([*CARDS, *STOCKS], local(BEGIN), {"card-printer": Printer()})
    mesh.tick(mesh.clock)
    report(mesh)
    mesh.run()
    assert mesh.codes("cards", PERSON) == ["suspended-written-no-blank-anywhere"]
    mesh.publish(outlet("wendeng"))
    mesh.publish(stocked(1))
    mesh.run_timers_until(local("2024-01-09 09:00"))

    assert len(mesh.facts(CardIssued, PERSON)) == 1


def test_before_the_day_from_which_effects_leave_nothing_is_printed_and_the_blank_is_kept() -> None:
    mesh = mesh_with(printer := Printer())
    mesh.publish(ParameterPublished(name="effects-from", value="2030-01-01", effective_on=date(2023, 1, 1)))
    mesh.run()
    report(mesh)
    mesh.run()

    assert printer.asked == []
    assert mesh.codes("cards", PERSON)[-1] == "printing-withheld"
    assert on_hand(mesh, WENDENG) == 5


def test_a_reservation_is_not_let_go_while_nobody_knows_whether_the_card_was_printed() -> None:
    """The printer cannot even be asked for days: the blank stays promised, and nothing else is printed."""
    mesh = mesh_with(printer := Printer(), blanks=1)
    mesh.ports["card-printer"] = lambda request, is_lookup: Attempt(UNKNOWN, "ConnectTimeout")
    report(mesh)
    mesh.run_timers_until(mesh.clock + 10 * DAY)
    assert "reservations-expired" in mesh.codes("outlets", WENDENG)
    assert "reservation-held-for-printing" in mesh.codes("cards", PERSON)

    report(mesh, "report-2", person="p1-" + "b" * 32)
    mesh.run()

    assert printer.printed == {}
    assert "reservation-refused-no-blank" in mesh.codes("outlets", WENDENG)


def test_what_is_decided_does_not_depend_on_the_clock_of_the_machine() -> None:
    def run() -> list[tuple[str, bytes, datetime]]:
        mesh = mesh_with(Printer())
        report(mesh)
        mesh.run()
        return [(entry.code, entry.state_after, entry.now) for entry in mesh.decisions("cards", PERSON)]

    assert run() == run()
