"""The document of a notice: what is to be printed is said as data when it has its number; the hash that comes back is kept."""

from datetime import date

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.document_terms import IssuingOffice, LateFeeRate, OwedAmounts, PaymentNoticeTerms, Remedies
from schemas.documents import DocumentCompleted, DocumentKind, DocumentRequested
from services.arrears import law, law_notice, texts_notice
from services.arrears.rules_notice_content import Named, circumstance_of, said
from services.arrears.rules_notice_drawing import put
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase

TEMPLATE_VERSION = 1
DONE = "done"
DOCUMENT_MADE = "document-made"
"""Why a notice is said to have changed."""


def with_document(case: UnitCase, notice: Notice) -> Notice:
    """The notice with an id for the document that is asked for now: another one each time."""
    number = int(notice.document_id.rpartition("-")[2]) + 1 if notice.document_id else 1
    document_id = f"{case.unit_code}-notice-{notice.ordinal}-{number}"
    return replace(notice, document_id=document_id, document_sha256="")


def request(case: UnitCase, notice: Notice, content: Named, context: Context) -> DocumentRequested:
    """Ask for the document of a notice, with all that law.md's list of contents wants of it."""
    registration = case.registration
    assert registration is not None
    assert notice.issued_on is not None
    agency = registration.agency
    office = texts_notice.OFFICES[notice.authority][agency]
    owed = owed_amounts(content, notice.counted_to)
    return DocumentRequested(
        district=registration.district,
        agency=agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        effect_id=notice.document_id,
        kind=DocumentKind.PAYMENT_NOTICE,
        template_version=TEMPLATE_VERSION,
        document_number=notice.number,
        dated_on=notice.issued_on,
        office=IssuingOffice(
            name=office.name,
            desk=texts_notice.DESK,
            address=texts_notice.ADDRESS,
            telephone=office.telephone,
        ),
        owed=owed,
        payment_notice=PaymentNoticeTerms(
            grounds=(circumstance_of(notice),),
            legal_basis=texts_notice.BASIS_WITH_OLD_RATE if _has_old_rate(owed) else (),
            found_on=_found_on(case, notice),
            term_working_days=law_notice.TERM_WORKING_DAYS.value,
            payment_channels=(texts_notice.channel(notice.authority),),
            remedies=Remedies(
                reconsideration_authority=office.reviewed_by,
                reconsideration_days=law_notice.REVIEW_DAYS.value,
                court=office.court,
                lawsuit_months=law_notice.LAWSUIT_MONTHS.value,
            ),
        ),
    )


def notice_made(case: UnitCase, fact: DocumentCompleted, context: Context) -> Decision[UnitCase] | None:
    """Keep the hash of a notice's document, or say that it could not be made; None where it is no notice's."""
    state = case.notice
    asked = None if state is None else next((one for one in state.notices if one.document_id == fact.effect_id), None)
    if asked is None or case.registration is None:
        return None
    if fact.outcome != DONE:
        return decided(case, "notice-document-failed", detail=fact.detail_code, ordinal=asked.ordinal)
    made = replace(asked, document_sha256=fact.sha256)
    change = said(case, made, DOCUMENT_MADE, context)
    return decided(put(case, made), "notice-document-made", change, ordinal=made.ordinal, sha256=fact.sha256)


def owed_amounts(content: Named, as_of: date) -> OwedAmounts:
    """What the lines named owe, as a document tells it: late fee to `as_of`."""
    return OwedAmounts(
        lines=content.lines,
        principal_fen=content.principal_fen,
        late_fee_fen=content.late_fee_fen,
        late_fee_as_of=as_of,
        late_fee_growth_units=content.growth_units,
        rates=rates(min(line.due_on for line in content.lines), as_of),
    )


def rates(first_due_on: date, as_of: date) -> tuple[LateFeeRate, ...]:
    """Give the rates of the days after the first due date: the old one too, where some lie before 2011-07-01."""
    now = LateFeeRate(
        ten_thousandths=law.RATE_SINCE_2011.ten_thousandths,
        from_on=law.RATE_SINCE_2011.in_force_from,
        paragraph=law.LATE_FEE,
    )
    if law.OLD_LATE_FEE not in law.late_fee_paragraphs(first_due_on, as_of):
        return (now.model_copy(update={"from_on": None}),)
    old = LateFeeRate(
        ten_thousandths=law.RATE_BEFORE.ten_thousandths, until_on=law.LAST_DAY_BEFORE, paragraph=law.OLD_LATE_FEE
    )
    return (old, now)


def _has_old_rate(owed: OwedAmounts) -> bool:
    """Tell whether some late fee is of days before 2011-07-01: the paper then cites what its rate rests on."""
    return any(rate.paragraph == law.OLD_LATE_FEE for rate in owed.rates)


def _found_on(case: UnitCase, notice: Notice) -> date:
    found = [line.found_on for key in notice.lines if (line := case.lines.get(key)) is not None and line.found_on]
    return min(found, default=notice.drawn_up_on)
