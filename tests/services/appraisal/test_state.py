"""Cases of both kinds survive the changelog."""

from datetime import date

from services.appraisal.rules import decide
from services.appraisal.rules_state import AppraisalCase, PersonCase, PoolCase
from services.appraisal.worker import SERVICE
from services.runtime.cases import Case, CaseFormat
from tests.services.appraisal.samples import application, context_on, expert, request, withdrawal

TODAY = date(2024, 3, 4)


def test_a_case_read_from_the_changelog_is_the_case_written() -> None:
    stored = CaseFormat(SERVICE)

    for state in (_person(), _pool()):
        again = stored.decode(stored.encode(Case(state)))
        assert again.state == state
        assert stored.encode(again) == stored.encode(Case(state))


def _person() -> AppraisalCase:
    state: AppraisalCase | None = None
    for fact in (
        application(),
        withdrawal(reverses="LD-2"),
        application(business_reference="LD-3", city_code="370600"),
    ):
        state = decide(state, fact, context_on(TODAY)).state
    assert isinstance(state, PersonCase)
    return state


def _pool() -> AppraisalCase:
    state: AppraisalCase | None = None
    waiting = request(application_reference="LD-2", specialties=("burns",))
    for fact in (expert(1), expert(2), expert(3), request(), waiting):
        state = decide(state, fact, context_on(TODAY)).state
    assert isinstance(state, PoolCase)
    assert state.bookings
    assert state.waiting
    return state
