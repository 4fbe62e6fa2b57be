"""How indicators are chosen and called: words in both languages, spans that begin with the legal day, choices that do not mix."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.ops import SETTLED_WITHIN_DAYS, Indicator
from services.page.store.answers_indicators import Split
from services.page.web import texts
from services.page.web.measures import MEASURES
from services.page.web.views_indicators import SPANS, Span, Wanted, begins_at

MINUTE = timedelta(minutes=1)


def test_every_indicator_has_its_measure() -> None:
    assert set(Indicator) == set(MEASURES)


def test_every_word_of_a_measure_has_its_english() -> None:
    said = {measure.title for measure in MEASURES.values()} | {span.title for span in SPANS.values()}
    for measure in MEASURES.values():
        said |= {share.title for share in measure.shares}
        for chart in measure.charts:
            said |= {chart.title, chart.unit, *(line.title for line in chart.lines)}

    assert set() == said - set(texts.ENGLISH)
    assert SETTLED_WITHIN_DAYS == 7


def test_what_was_chosen_for_one_indicator_does_not_narrow_another() -> None:
    chosen = {"service": "arrears", "kind": "telephone", "by": "kind"}
    same = Wanted(indicator=Indicator.DELIVERIES, of="deliveries", **chosen).settled()
    other = Wanted(indicator=Indicator.REASONS, of="deliveries", **chosen).settled()

    assert ("", "telephone", Split.KIND) == (same.service, same.kind, same.split)
    assert ("arrears", "", Split.KIND) == (other.service, other.kind, other.split)


@pytest.mark.parametrize("span", Span)
def test_steps_begin_with_the_legal_day_and_the_last_is_now(span: Span) -> None:
    now, steps = datetime(2026, 11, 3, 16, 7, 30, tzinfo=UTC), SPANS[span]
    begins = begins_at(steps, now)
    last = begins + steps.step * (steps.steps - 1)

    assert last <= now < last + steps.step
    assert 0 == (begins.hour * 60 + begins.minute) % max(1, min(1_440, steps.step // MINUTE))
