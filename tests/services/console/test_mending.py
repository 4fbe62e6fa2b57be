"""`shebao dead`, `parked`, `resume`, `reconcile`: dry run first, then a recorded order."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas.mesh import CommandIssued
from schemas.topics import RECORD_BYTES_MAX, commands_topic
from services.console.all_services import BY_NAME
from services.console.dead_letters import PLACE
from services.console.memory_mesh import PORTS
from services.runtime import door
from services.runtime.deciding import REFUSALS_MAX
from services.runtime.effects import UNKNOWN, Attempt
from tests.services.console.towns import UNIT, Town, sentence_of

BECAUSE = ("--because", "更正后重投", "--by", "李爱华")


def orders(town: Town, service: str) -> Sequence[CommandIssued]:
    topic = commands_topic(service)
    return [town.mesh.codec.decode(topic, record.value or b"") for record in town.twin.records(topic)]


def unregistered(town: Town) -> None:
    """A unit that never registers: its records are refused once the holding is over."""
    town.owe()
    town.twin.run()
    town.pass_days(120)


def test_refused_records_are_listed_with_their_reason(town: Town) -> None:
    town.spoil()
    town.twin.run()
    shown = town.shebao("dead", "list")

    assert shown.exit_code == 0
    assert "arrears/0/0" in shown.output
    assert "undecodable" in shown.output


def test_what_a_sender_writes_moves_no_terminal(town: Town) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\u202e"
    headers = (("ce_source", f"urn:weihai:tax{hostile}".encode()), (f"x{hostile}", hostile.encode()))
    town.twin.append_raw("contribution-paid", 0, hostile.encode(), hostile.encode(), headers)
    town.twin.run()
    listed, shown = town.shebao("dead", "list").output, town.shebao("dead", "show", "arrears/0/0").output

    assert [] == [sign for sign in "\x1b\x07\u202e" if sign in listed + shown]
    assert "报头      x\\u001b]0;owned\\u0007\\u001b[2J\\u202e" in shown


def test_a_reason_whose_values_are_not_kept_shows_no_empty_form() -> None:
    """A dead letter has the code; `shebao explain` has the values."""
    text = BY_NAME["arrears"].text_of("notice-act-impossible")

    assert text is not None
    assert "不能办理“…”：…" == PLACE.sub("…", text)


def test_a_refused_record_is_shown_whole(town: Town) -> None:
    town.spoil()
    town.twin.run()
    shown = town.shebao("dead", "show", "arrears/0/0")

    assert shown.exit_code == 0
    for words in ("undecodable", "记录内容无法解码", "contribution-paid 分区 0 位移 0", "urn:weihai:tax", "6e 6f"):
        assert words in shown.output


def test_a_redrive_is_first_only_told(town: Town) -> None:
    unregistered(town)
    shown = town.shebao("dead", "redrive", "--code", "unit-unknown")

    assert shown.exit_code == 0
    assert "仅为预演" in shown.output
    assert orders(town, "arrears") == []


def test_a_redriven_record_is_decided_again_with_its_own_id(town: Town) -> None:
    unregistered(town)
    (original,) = town.twin.records("contribution-assessed")
    town.register()
    town.twin.run()
    shown = town.shebao("dead", "redrive", "--code", "unit-unknown", "--apply", *BECAUSE)

    (order,) = orders(town, "arrears")
    assert shown.exit_code == 0
    assert (order.action, order.subject, order.issued_by, order.explanation) == (
        "redrive",
        UNIT,
        "李爱华",
        "更正后重投",
    )
    assert order.original is not None
    assert (order.original.value, order.original.offset) == (original.value, original.offset)
    assert "arrears-opened" in town.twin.codes("arrears", UNIT)
    assert town.shebao("dead", "list", "--open").output.strip() == "没有被拒收的记录。"
    assert "1 次" in town.shebao("dead", "list").output


def test_a_number_of_a_person_in_the_reason_of_an_order_is_not_kept(town: Town) -> None:
    unregistered(town)
    town.register()
    town.twin.run()
    because = ("--because", "王某 370602199001011235 来电 138-1234-5678 更正", "--by", "李爱华")
    town.shebao("dead", "redrive", "--code", "unit-unknown", "--apply", *because)

    assert ["王某 [已隐去] 来电 [已隐去] 更正"] == [order.explanation for order in orders(town, "arrears")]


def test_the_story_of_a_redriven_record_tells_who_ordered_it(town: Town) -> None:
    unregistered(town)
    town.register()
    town.twin.run()
    town.shebao("dead", "redrive", "--code", "unit-unknown", "--apply", *BECAUSE)

    assert "操作指令 redrive（李爱华：更正后重投）" in town.shebao("explain", UNIT).output


def test_what_no_case_could_have_said_cannot_be_redriven(town: Town) -> None:
    town.twin.append_raw("contribution-paid", 0, None, b"x")
    town.twin.run()
    shown = town.shebao("dead", "redrive", "arrears/0/0", "--apply", *BECAUSE)

    assert shown.exit_code == 2
    assert "arrears/0/0 would be refused again (key-foreign)" in sentence_of(shown)


def too_large(town: Town) -> None:
    """A record of two mebibytes arrives, more than the door lets in."""
    town.twin.append_raw("contribution-paid", 0, UNIT.encode(), b"x" * 2 * 1024 * 1024)
    town.twin.run()


def test_what_the_door_would_refuse_again_is_not_offered(town: Town) -> None:
    too_large(town)
    shown = town.shebao("dead", "show", "arrears/0/0")
    told = town.shebao("dead", "redrive", "--code", "record-too-large")

    assert "不能重投：record-too-large" in shown.output
    assert "略过 arrears/0/0" in told.output
    assert "没有需要处理的" in told.output


def test_a_record_that_fits_but_not_inside_an_order_is_not_offered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order that gives it back is a record itself, and has more around it. No contract of today allows one so large."""
    monkeypatch.setattr(door, "HEADERS_BYTES_MAX", 2 * RECORD_BYTES_MAX)
    town.owe()
    (known,) = town.twin.records("contribution-assessed")
    padded = (*known.headers, ("padding", b"x" * (RECORD_BYTES_MAX - 650)))
    town.twin.log[known.topic][known.partition][known.offset] = replace(known, headers=padded)
    town.twin.run()
    town.pass_days(120)
    (name,) = [word for word in town.shebao("dead", "list").output.split() if word.startswith("arrears/")]

    assert "unit-unknown" in town.shebao("dead", "show", name).output
    assert "不能重投：record-too-large" in town.shebao("dead", "show", name).output


def test_what_rules_refused_may_be_redriven(town: Town) -> None:
    unregistered(town)
    (name,) = [word for word in town.shebao("dead", "list").output.split() if word.startswith("arrears/")]

    assert "次；可以重投" in town.shebao("dead", "show", name).output


def test_nothing_unclear_is_nothing_to_reconcile(town: Town) -> None:
    shown = town.shebao("reconcile", "deliveries", "nobody")

    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "Nothing is unclear in the case nobody of deliveries" in sentence_of(shown)


def test_what_is_unclear_is_asked_about(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PORTS, "deliveries", lambda request, is_lookup: Attempt(UNKNOWN, "no-answer"))
    unclear = Town()
    unclear.register()
    unclear.twin.run()
    unclear.owe()
    unclear.twin.run()
    unclear.pass_days(1)
    unclear.twin.tick(unclear.twin.clock + timedelta(minutes=3))
    told = unclear.shebao("reconcile", "deliveries", UNIT)
    unclear.shebao("reconcile", "deliveries", UNIT, "--apply", *BECAUSE)

    assert "结果不明的事项：1 项" in told.output
    assert "仅为预演" in told.output
    assert "effect-reconciling" in unclear.twin.codes("deliveries", UNIT)


def test_parked_cases_are_listed_and_released(town: Town) -> None:
    town.register()
    town.twin.run()
    rules = BY_NAME["arrears"].decide

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    object.__setattr__(BY_NAME["arrears"], "decide", broken)  # the service is frozen; a bug is put in on purpose
    try:
        town.owe()
        town.twin.run()
    finally:
        object.__setattr__(BY_NAME["arrears"], "decide", rules)
    listed = town.shebao("parked", "list")
    told = town.shebao("parked", "release", "arrears")
    released = town.shebao("parked", "release", "arrears", UNIT, "--yes", *BECAUSE)

    assert UNIT in listed.output
    assert "仅为预演" in told.output
    assert released.exit_code == 0
    assert "arrears-opened" in town.twin.codes("arrears", UNIT)
    assert town.shebao("parked", "list").output.strip() == "没有暂停的案件。"


def test_a_halted_task_is_resumed(town: Town) -> None:
    for _ in range(REFUSALS_MAX + 1):
        town.spoil()
    town.twin.run()
    told = town.shebao("resume", "arrears")
    town.shebao("resume", "arrears", "--apply", *BECAUSE)

    assert "contribution-paid，urn:weihai:tax" in told.output
    assert town.twin.shard("arrears", 0).meta.halted is None
    assert "没有需要处理的" in town.shebao("resume", "arrears").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dead", "redrive"), "Say which"),
        (("dead", "show", "arrears/9/9"), "There is no dead letter arrears/9/9"),
        (("dead", "list", "--service", "taxes"), "There is no service taxes"),
        (("dead", "list", "--topic", "taxes-paid"), "There is no topic taxes-paid"),
        (("dead", "list", "--code", "nonsense"), "Nothing is refused with the code nonsense"),
        (("parked", "release", "arrears", UNIT), "is parked"),
        (("resume", "arrears", "--apply"), "--because"),
        (("reconcile", "arrears", UNIT), "these have: card-printing, deliveries, documents."),
    ],
)
def test_a_mistake_ends_in_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    shown = town.shebao(*words)

    assert shown.exit_code == 2
    assert said in sentence_of(shown)


@pytest.mark.parametrize("words", [("--topic", "contribution-paid"), ("--code", "unit-unknown")])
def test_where_nothing_fits_it_is_said_of_what_was_asked(town: Town, words: tuple[str, str]) -> None:
    shown = town.shebao("dead", "list", *words)

    assert (0, "没有符合所给条件的被拒收记录。") == (shown.exit_code, shown.output.strip())
