"""Sessions: named by a token nobody else keeps, ending by themselves, with a new token now and then."""

from datetime import UTC, datetime, timedelta

import pytest

from services.page.store.answers import EVERY_DISTRICT
from services.page.web.limits import Limits
from services.page.web.people import Person, Right, Role, person_of
from services.page.web.sessions import GRACE, ROTATE_AFTER, SESSIONS_OF_A_PERSON_MAX, Sessions

IDLE, WHOLE = timedelta(minutes=20), timedelta(hours=10)
LI = Person("YW-001", "李爱华", frozenset({Role.OPERATOR}), EVERY_DISTRICT)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock, IDLE, WHOLE)


def test_a_token_names_its_session_and_another_does_not(sessions: Sessions) -> None:
    token = sessions.begin(LI)
    found = sessions.of(token)

    assert found is not None
    assert LI == found.person
    assert sessions.of(token + "x") is None
    assert sessions.of("") is None


def test_an_idle_session_ends(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin(LI)
    clock.at += IDLE - timedelta(seconds=1)
    assert sessions.of(token) is not None

    clock.at += IDLE

    assert sessions.of(token) is None


def test_what_a_page_asks_by_itself_keeps_no_session_awake(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin(LI)
    for _ in range(4):
        clock.at += IDLE / 4
        sessions.of(token, is_asked_by_hand=False)

    assert sessions.of(token) is None


def test_a_busy_session_ends_all_the_same(sessions: Sessions, clock: Clock) -> None:
    token, began = sessions.begin(LI), clock.at
    while clock.at < began + WHOLE - IDLE / 2:
        assert sessions.of(token) is not None
        clock.at += IDLE / 2

    clock.at = began + WHOLE

    assert sessions.of(token) is None


def test_an_old_token_is_replaced_and_counts_for_a_moment_only(sessions: Sessions, clock: Clock) -> None:
    old = sessions.begin(LI)
    assert sessions.rotated(old) == ""

    clock.at += ROTATE_AFTER
    fresh = sessions.rotated(old)

    assert fresh not in ("", old)
    assert sessions.of(old) is sessions.of(fresh)
    assert sessions.rotated(old) == ""
    clock.at += GRACE
    assert sessions.of(old) is None
    assert sessions.of(fresh) is not None


def test_a_session_lives_on_under_another_token_and_not_beyond_its_end(sessions: Sessions, clock: Clock) -> None:
    old = sessions.begin(LI)
    session = sessions.of(old)
    assert session is not None

    clock.at += ROTATE_AFTER
    fresh = sessions.rotated(old)
    clock.at += GRACE
    lives_under_another = sessions.lives(session)
    sessions.end(fresh)

    assert (True, False) == (lives_under_another, sessions.lives(session))


def test_the_oldest_session_of_a_person_gives_way(sessions: Sessions) -> None:
    tokens = [sessions.begin(LI) for _ in range(SESSIONS_OF_A_PERSON_MAX + 1)]

    assert [False, *[True] * SESSIONS_OF_A_PERSON_MAX] == [sessions.of(token) is not None for token in tokens]


def test_so_many_a_minute_and_no_more(clock: Clock) -> None:
    limits = Limits(clock, 3)

    assert [True, True, True, False] == [limits.take("a") for _ in range(4)]
    assert limits.take("b")
    clock.at += timedelta(minutes=1)
    assert limits.take("a", 3)
    assert not limits.take("a")


def test_claims_name_a_person_with_roles_and_districts() -> None:
    claims = {"sub": "1", "preferred_username": "WD-0001", "name": "王芳", "shebao_roles": ["officer"]}
    found = person_of(claims | {"shebao_districts": ["371003"]})

    assert found is not None
    assert ("WD-0001", frozenset({"371003"})) == (found.number, found.districts)
    assert (True, False) == (found.may(Right.SEE_ARREARS), found.may(Right.MEND))


@pytest.mark.parametrize("number", ["ＷＤ-0001", " WD-0001 ", "WD－0001"])
def test_a_staff_number_is_one_however_wide_it_was_typed(number: str) -> None:
    found = person_of({"sub": "1", "preferred_username": number})

    assert found is not None
    assert "WD-0001" == found.number


@pytest.mark.parametrize(
    "broken",
    [
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "Anonymous"},
        {"sub": "\u3000"},
        {"sub": "1", "shebao_roles": ["king"]},
        {"sub": "1", "shebao_roles": "operator"},
        {"sub": "1", "shebao_roles": ["officer"], "shebao_districts": ["110000"]},
        {"sub": "1", "shebao_roles": ["officer"], "shebao_districts": {"all": True}},
    ],
)
def test_claims_that_cannot_be_name_nobody(broken: dict[str, object]) -> None:
    assert person_of(broken) is None


def test_an_auditor_sees_everything_and_changes_nothing() -> None:
    auditor = Person("SJ-001", "", frozenset({Role.AUDITOR}), EVERY_DISTRICT)

    assert [Right.MEND] == [right for right in Right if not auditor.may(right)]
