"""What a notice names, and the fact that says where it stands."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from schemas.decision import Context
from schemas.document_terms import DocumentLine, NoticeGround
from schemas.payment_notices import PaymentNoticeChanged, ServiceMethod
from schemas.vocabulary import Insurance
from services.arrears import law, law_notice
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import Line, UnitCase


class Named(NamedTuple):
    """Lines as a notice names them on a day, and their sums. `growth_units`: see `PaymentNoticeChanged`."""

    lines: tuple[DocumentLine, ...]
    principal_fen: int
    late_fee_fen: int
    growth_units: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the lines, in their order: what a notice does not name it does not order."""
        return tuple(f"{line.month}/{line.insurance.value}" for line in self.lines)


def is_owed(line: Line) -> bool:
    """Tell whether principal of a line is owed: a late fee alone may keep it open, and is no line of a notice."""
    return line.found_on is not None and line.owed_fen > 0


def named(
    case: UnitCase, keys: Iterable[str], as_of: date, context: Context, *, also_late_fee_alone: bool = False
) -> Named:
    """Give the lines of these keys as they stood on a day, those owed then, in the order of the keys.

    `also_late_fee_alone`: those too of which nothing but late fee is left.
    """
    lines: list[DocumentLine] = []
    growth, capped = 0, cap_is_on(context)
    for key in sorted(keys):
        line = case.lines.get(key)
        if line is None:
            continue
        stood = line if as_of == context.today else as_it_stood(line, case.reversals, as_of)
        is_fee_left = also_late_fee_alone and not stood.owed_fen and late_fee(stood, as_of, capped=capped).fen > 0
        if not is_owed(stood) and not is_fee_left:
            continue
        lines.append(_named_line(key, stood, as_of, capped=capped))
        growth += law.late_fee_units(stood.owed_fen, as_of, as_of + timedelta(days=1))
    return Named(
        tuple(lines),
        sum(line.owed_fen for line in lines),
        sum(line.late_fee_fen for line in lines),
        growth,
    )


def _named_line(key: str, line: Line, as_of: date, *, capped: bool) -> DocumentLine:
    month, _, insurance = key.partition("/")
    assert line.due_on is not None
    return DocumentLine(
        month=month,
        insurance=Insurance(insurance),
        due_on=line.due_on,
        due_fen=line.assessed_fen - line.written_off_fen,
        paid_fen=line.paid_fen,
        owed_fen=line.owed_fen,
        late_fee_fen=late_fee(line, as_of, capped=capped).fen,
    )


def open_fen(case: UnitCase, keys: Iterable[str]) -> int:
    """What of the principal of these lines is owed today."""
    return sum(line.owed_fen for key in keys if (line := case.lines.get(key)) is not None and is_owed(line))


def said(
    case: UnitCase, notice: Notice, reason_code: str, context: Context, content: Named | None = None
) -> PaymentNoticeChanged:
    """Say where a notice stands; with the lines where they are new or newly counted."""
    registration = case.registration
    assert registration is not None
    return PaymentNoticeChanged(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        ordinal=notice.ordinal,
        stage=notice.stage,
        reason_code=reason_code,
        number=notice.number or None,
        authority=notice.authority,
        authority_name=law_notice.authority_of(notice.authority).name,
        circumstance=circumstance_of(notice),
        as_of=notice.counted_to,
        lines=() if content is None else content.lines,
        principal_fen=notice.principal_fen,
        late_fee_fen=notice.late_fee_fen,
        late_fee_growth_units=0 if content is None else content.growth_units,
        open_fen=notice.open_fen,
        term_working_days=law_notice.TERM_WORKING_DAYS.value,
        method=ServiceMethod(notice.method) if notice.method else None,
        receipt_reference=notice.receipt_reference or None,
        served_on=notice.served_on,
        deadline_on=notice.deadline_on,
        deadline_is_provisional=notice.deadline_is_provisional,
        extended_until=notice.extended_to,
        document_sha256=notice.document_sha256 or None,
    )


def circumstance_of(notice: Notice) -> NoticeGround:
    """Why the unit is ordered to pay; as the mesh knows no declarations, (二) unless the desk says otherwise."""
    return NoticeGround(notice.circumstance) if notice.circumstance else NoticeGround.NOT_PAID
