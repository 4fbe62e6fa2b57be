"""What monitoring measured, in steps and by scope: corrected windows at their later value, and the same from either database."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.ops import Indicator, OpsIndicator, series_of
from schemas.vocabulary import District
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import WHOLE, Access
from services.page.store.answers_indicators import IndicatorFilter, Measured, Split
from services.page.store.database import Database
from services.page.store.port import NotTheirs
from services.page.store.projection_ops import VALUE_MAX
from services.page.store.reading_access import NUMBER_MAX
from services.page.store.store import Store
from services.runtime.records import InputRecord
from tests.harness.page_store import fed, sqlite_url
from tests.services.page.store.test_bad_questions import HOSTILE
from tests.services.page.store.test_ops import CODEC, junk, log_of

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HUANCUI = Access(frozenset({District.HUANCUI.value}))
WANTED = IndicatorFilter(Indicator.DECISIONS, NOON, 5 * MINUTE, 3)


def window(
    indicator: Indicator,
    minute: int,
    values: Mapping[str, int],
    *,
    revision: int = 1,
    service: str | None = None,
    district: District | None = None,
    kind: str | None = None,
) -> OpsIndicator:
    series = series_of(indicator, service, district, kind)
    return OpsIndicator(
        series=series,
        service=service,
        district=district,
        kind=kind,
        revision=revision,
        indicator_id=f"{series} {minute} {revision}",
        indicator=indicator,
        window_starts_at=NOON + minute * MINUTE,
        window_ends_at=NOON + (minute + 1) * MINUTE,
        values=dict(values),
    )


def deciding(minute: int, decided: int, service: str = "arrears", revision: int = 1) -> OpsIndicator:
    return window(Indicator.DECISIONS, minute, {"decided": decided}, service=service, revision=revision)


def waiting(minute: int, records: int, age_s: int, service: str) -> OpsIndicator:
    return window(Indicator.BACKLOG, minute, {"records": records, "oldest_age_s": age_s}, service=service)


def delivering(minute: int, delivered: int, district: District, kind: str) -> OpsIndicator:
    return window(Indicator.DELIVERIES, minute, {"delivered": delivered}, district=district, kind=kind)


SAID = [
    deciding(0, 5, revision=3),
    deciding(0, 4, revision=2),
    deciding(4, 1),
    deciding(4, 10, "cards"),
    deciding(5, 7),
    deciding(-1, 100),
    deciding(15, 100),
    waiting(0, 3, 40, "arrears"),
    waiting(0, 2, 90, "cards"),
    waiting(1, 4, 100, "arrears"),
    delivering(0, 6, District.HUANCUI, "telephone"),
    delivering(0, 9, District.WENDENG, "telephone"),
    delivering(6, 1, District.HUANCUI, "email"),
    window(Indicator.CARDS, 0, {"issued": 1, "minutes_max": 30}, district=District.HUANCUI, kind="rs-1"),
    window(Indicator.CARDS, 0, {"issued": 2, "minutes_max": 20}, district=District.HUANCUI, kind="hc-2"),
    window(Indicator.REASONS, 0, {"entries": 2}, service="arrears", kind="arrears-opened"),
    window(Indicator.DEAD_LETTERS, 0, {"records": NUMBER_MAX}, service="arrears", kind="broken"),
    window(Indicator.DEAD_LETTERS, 1, {"records": NUMBER_MAX}, service="arrears", kind="broken"),
]


Ask = Callable[..., Measured]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks a store of each kind in which all that was said stands."""
    is_file = request.param == "sqlite"
    url = sqlite_url(tmp_path_factory.mktemp("said")) if is_file else request.getfixturevalue("postgresql")()

    async def answer(access: Access, wanted: IndicatorFilter, records: Sequence[InputRecord]) -> Measured:
        async with Database(url) as database:
            if records:
                await fed(database, CODEC, records, portion=5)
            return await Store(database, ALL_SERVICES).measured(access, wanted)

    def asked(wanted: IndicatorFilter, access: Access = WHOLE, records: Sequence[InputRecord] = ()) -> Measured:
        return asyncio.run(answer(access, wanted, records))

    asked(WANTED, records=[*junk(), *log_of(SAID)])
    return asked


def values(found: Measured) -> list[Mapping[str, Mapping[str, int]]]:
    return [step.values for step in found.steps]


def test_windows_are_added_up_in_steps_each_at_its_latest_revision(ask: Ask) -> None:
    found = ask(WANTED)

    assert [{"": {"decided": 16}}, {"": {"decided": 7}}, {}] == values(found)
    assert [1, 0, 0] == [step.corrected for step in found.steps]
    assert ({"decided": 23}, {}) == (found.whole, found.latest)
    assert found.measured_until == NOON + 16 * MINUTE


def test_a_broken_number_keeps_nobody_from_what_else_was_measured(ask: Ask) -> None:
    found = ask(replace(WANTED, indicator=Indicator.DEAD_LETTERS))

    assert {"records": 2 * VALUE_MAX} == found.whole


def test_what_is_narrowed_and_split_still_offers_all_that_was_met(ask: Ask) -> None:
    narrowed = replace(WANTED, service="cards", split=Split.SERVICE)
    found = ask(narrowed)

    assert [{"cards": {"decided": 10}}, {}, {}] == values(found)
    assert {"arrears": "欠费", "cards": "社保卡"} == found.services
    assert [("cards", {"decided": 10})] == [(scope.service, scope.values) for scope in found.scopes]


def test_what_stands_is_the_highest_of_a_window_and_never_the_sum_of_windows(ask: Ask) -> None:
    found = ask(replace(WANTED, indicator=Indicator.BACKLOG))
    split = ask(replace(WANTED, indicator=Indicator.BACKLOG, split=Split.SERVICE))

    assert [{"": {"records": 5, "oldest_age_s": 100}}, {}, {}] == values(found)
    assert {"records": 4, "oldest_age_s": 100} == split.steps[0].values["arrears"]
    assert {"records": 5, "oldest_age_s": 100} == split.whole
    assert {} == found.latest  # decisions were measured later, and nothing waited then


def test_the_largest_of_several_scopes_counts_once(ask: Ask) -> None:
    found = ask(replace(WANTED, indicator=Indicator.CARDS))

    assert {"": {"issued": 3, "minutes_max": 30}} == found.steps[0].values


def test_only_the_own_districts_are_counted_and_what_has_none(ask: Ask) -> None:
    deliveries = ask(replace(WANTED, indicator=Indicator.DELIVERIES), HUANCUI)
    services = ask(WANTED, HUANCUI)

    assert [{"": {"delivered": 6}}, {"": {"delivered": 1}}, {}] == values(deliveries)
    assert {"email": "电子邮件", "telephone": "电话"} == deliveries.kinds
    assert {"decided": 23} == services.whole


def test_another_district_is_refused(ask: Ask) -> None:
    with pytest.raises(NotTheirs):
        ask(replace(WANTED, indicator=Indicator.DELIVERIES, district=District.WENDENG.value), HUANCUI)


def test_a_reason_is_told_in_the_words_of_its_service_without_what_a_case_fills_in(ask: Ask) -> None:
    (scope,) = ask(replace(WANTED, indicator=Indicator.REASONS)).scopes

    assert ("arrears-opened", "发现欠费，立案") == (scope.kind, scope.kind_zh)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_scope_finds_nothing_and_breaks_nothing(ask: Ask, text: str) -> None:
    found = ask(replace(WANTED, indicator=text, service=text, kind=text, split=Split.KIND))

    assert ({}, ()) == (found.whole, found.scopes)
    assert {"decided": 23} == ask(WANTED).whole
