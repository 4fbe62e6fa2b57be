"""The same facts in any order, with repeats, end in the same notices; nothing is lost and nothing is without bound."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.decision import TimerDue
from schemas.fact import Fact
from schemas.notifications import DeliveryRequested, NotificationDelivered, NotificationFailed
from services.notifications.rules import NotificationCase, decide, next_timer
from services.notifications.rules.state import CLOSED_MAX, WITHDRAWN_MAX
from services.notifications.texts import REASON_TEXTS
from tests.services.notifications.samples import SEALED_EMAIL, answer, cancellation, context, reminder

NIGHT, MORNING = "2024-01-08 22:00", "2024-01-09 09:00"
FACTS: list[Fact] = [
    reminder("a"),
    reminder("b", email=SEALED_EMAIL),
    reminder("c", phone=None),
    reminder("d"),
    cancellation("b"),
    cancellation("d"),
    cancellation("e"),
]


def taken(facts: list[Fact], at: str = NIGHT) -> NotificationCase | None:
    case: NotificationCase | None = None
    for fact in facts:
        case = decide(case, fact, context(at)).state
    return case


@given(st.permutations(FACTS), st.lists(st.sampled_from(FACTS), max_size=8), st.randoms(use_true_random=False))
def test_requests_and_withdrawals_at_night_end_the_same_in_any_order_with_repeats(
    order: list[Fact], repeats: list[Fact], chance: Random
) -> None:
    """`a` waits, `b` and `d` are withdrawn, `c` has no contact, `e` was never asked for."""
    mixed = [*order, *repeats]
    chance.shuffle(mixed)

    assert taken(mixed) == taken(FACTS)


ANSWERS = st.sampled_from(
    [
        ("done", "answered"),
        ("failed", "no-answer"),
        ("failed", "busy"),
        ("failed", "wrong-number"),
        ("failed", "provider-unreachable"),
        ("failed", "outside-window"),
        ("unknown", "answer-lost"),
    ]
)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("abc"), ANSWERS, st.integers(1, 2)), max_size=60))
def test_every_notice_ends_delivered_or_failed_exactly_once_whatever_the_channel_answers(
    answers: list[tuple[str, tuple[str, str], int]],
) -> None:
    """Answers drawn for each delivery, perhaps repeated; a channel with nothing left to say answers `done`."""
    notices = {"a": reminder("a"), "b": reminder("b", email=SEALED_EMAIL), "c": reminder("c")}
    case = taken(list(notices.values()), MORNING)
    now = context(MORNING).now
    ended: list[str] = []
    effect_ids: list[str] = []
    script = list(answers)
    for _ in range(500):
        assert case is not None
        sending = [notice_id for notice_id, notice in case.open.items() if notice.due_at is None]
        if sending:
            place = next((i for i, (notice_id, _, _) in enumerate(script) if notice_id in sending), None)
            notice_id, (outcome, detail), times = (
                script.pop(place) if place is not None else (sending[0], ("done", "x"), 1)
            )
            facts: list[object] = [answer(case.open[notice_id].effect_id, outcome, detail)] * times
        else:
            timer = next_timer(case)
            assert timer is not None
            if timer.name == "forget":
                break
            now = max(now, timer.due_at)
            facts = [TimerDue(timer.name, timer.due_at)]
        for fact in facts:
            decision = decide(case, fact, context(now))
            assert decision.reason.code in REASON_TEXTS
            assert "{" not in REASON_TEXTS[decision.reason.code].format(**decision.reason.values)
            case = decision.state
            ended += [f.notice_id for f in decision.facts if isinstance(f, NotificationDelivered | NotificationFailed)]
            effect_ids += [f.effect_id for f in decision.facts if isinstance(f, DeliveryRequested)]

    assert sorted(ended) == ["a", "b", "c"]
    assert len(effect_ids) == len(set(effect_ids))


WITHDRAWAL, WAKING = "withdrawal", "waking"
ACTS = st.one_of(st.sampled_from([WITHDRAWAL, WAKING]), ANSWERS, st.just(("failed", "withdrawn")))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from("abc"), ACTS), max_size=30))
def test_a_notice_withdrawn_at_any_moment_is_sent_no_more_and_told_of_at_most_once(
    acts: list[tuple[str, str | tuple[str, str]]],
) -> None:
    case = taken([reminder("a"), reminder("b", email=SEALED_EMAIL), reminder("c")], "2024-01-08 20:59")
    now = context("2024-01-08 20:59").now
    withdrawn: set[str] = set()
    ended: list[str] = []
    for notice_id, act in acts:
        assert case is not None
        fact: object
        if act == WITHDRAWAL:
            withdrawn.add(notice_id)
            fact = cancellation(notice_id)
        elif act == WAKING:
            timer = next_timer(case)
            if timer is None or timer.name == "forget":
                continue
            now = max(now, timer.due_at)
            fact = TimerDue(timer.name, timer.due_at)
        elif notice_id in case.open and case.open[notice_id].due_at is None:
            fact = answer(case.open[notice_id].effect_id, *act)
        else:
            continue
        decision = decide(case, fact, context(now))
        case = decision.state
        ended += [f.notice_id for f in decision.facts if isinstance(f, NotificationDelivered | NotificationFailed)]
        assert not withdrawn & {f.notice_id for f in decision.facts if isinstance(f, DeliveryRequested)}

    assert len(ended) == len(set(ended))


def test_a_bounded_number_of_ended_notices_and_of_withdrawals_is_remembered() -> None:
    facts: list[Fact] = [reminder(f"n-{number:04}", phone=None) for number in range(CLOSED_MAX + 1)]
    facts += [cancellation(f"w-{number:04}") for number in range(WITHDRAWN_MAX + 1)]
    case = taken(facts)

    assert case is not None
    assert (len(case.closed), len(case.withdrawn)) == (CLOSED_MAX, WITHDRAWN_MAX)
    assert "n-0000" not in case.closed
    assert "w-0000" not in case.withdrawn
