"""Which saying of a report holds: repeats, corrections, reversals, and what cannot stand whatever the card."""

import hashlib

from msgspec import structs

from schemas.cards import CardFound, CardLost
from schemas.decision import Context, Decision, already_known, refused
from services.cards import law
from services.cards.rules.state import CardCase, Report, Word

Said = CardLost | CardFound


def name_of(fact: Said) -> str:
    """Name a report within its case; what was lost and what was found have numbers of their own."""
    return f"{fact.topic}:{fact.business_reference}"


def with_report(case: CardCase, name: str, report: Report) -> CardCase:
    """The case with this report."""
    return structs.replace(case, reports={**case.reports, name: report})


def taken_in(state: CardCase | None, case: CardCase, fact: Said, context: Context) -> Report | Decision[CardCase]:
    """Give the report that holds with this saying of it, or the decision where it changes nothing or cannot stand."""
    at = fact.found_at if isinstance(fact, CardFound) else fact.reported_at
    if at > context.now + law.REPORT_AHEAD_MAX:
        return refused(state, "report-in-the-future", at=at.isoformat())
    known = case.reports.get(name_of(fact))
    is_one_too_many = known is None and len(case.reports) >= law.LINES_MAX
    if is_one_too_many or (fact.card_key not in case.cards and len(case.cards) >= law.LINES_MAX):
        return refused(state, "too-many-reports", lines=law.LINES_MAX)
    said = _report(fact)
    report = _merged(known, said)
    if report is None:
        assert known is not None
        return _unchanged(state, known, said, fact)
    if known is not None and known.revision > 0 and known.card_key != fact.card_key:
        return refused(state, "other-card-in-correction", reference=fact.business_reference)
    return report


def placeholder(context: Context) -> Report:
    """What stands for a report that was taken back before it arrived."""
    return Report(0, "", "", Word.TEMPORARY, context.now, wants_card=False, reversed=True)


def _report(fact: Said) -> Report:
    digest = hashlib.blake2b(fact.content().encode(), digest_size=16).hexdigest()
    if isinstance(fact, CardFound):
        return Report(fact.revision, digest, fact.card_key, Word.FOUND, fact.found_at, wants_card=False)
    word = Word(fact.report_kind.value)
    return Report(fact.revision, digest, fact.card_key, word, fact.reported_at, fact.wants_instant_card)


def _merged(known: Report | None, said: Report) -> Report | None:
    """The report that holds after another revision of it; None where nothing changes.

    The highest revision holds; but what was once reported in writing, and the wish for a card made then, stays.
    """
    if known is None:
        return said
    holder, other = (said, known) if said.revision > known.revision else (known, said)
    merged = structs.replace(holder, reversed=known.reversed)
    is_same_card = holder.card_key == (other.card_key or holder.card_key)
    if said.revision != known.revision and is_same_card and Word.WRITTEN in (holder.word, other.word):
        merged = structs.replace(merged, word=Word.WRITTEN, wants_card=holder.wants_card or other.wants_card)
    return None if merged == known else merged


def _unchanged(state: CardCase | None, known: Report, said: Report, fact: Said) -> Decision[CardCase]:
    if said.revision < known.revision:
        return already_known(state, "older-revision")
    if said.digest != known.digest:
        return refused(state, "revision-conflict", reference=fact.business_reference, revision=fact.revision)
    return already_known(state, "report-known")
