"""What holds of a unit by what was said of its status. Everything here is a function of the records, whatever their order."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from schemas.unit_status import IN_COURT, DeregistrationWay, LegalForm, ProprietorProperty, UnitStanding
from services.arrears import law_status, law_status_days
from services.arrears.rules_status_state import FeePause, StatusRecord

_ORDER = {standing: place for place, standing in enumerate(UnitStanding)}
"""Of two records of one day the one that presupposes the other comes later."""
_ACCEPTING = (UnitStanding.BANKRUPTCY_ACCEPTED, UnitStanding.REORGANISING)


class Proceeding(NamedTuple):
    """A bankruptcy (破产程序): accepted, perhaps turned into a reorganisation, perhaps declared, perhaps ended.

    A court may order a reorganisation at once (企业破产法 70): then that ruling is the acceptance. `announced_on`,
    `declare_by` and `administrator` are the latest that was said.
    """

    accepted: StatusRecord
    declared_on: date | None = None
    ended_on: date | None = None
    is_reorganising: bool = False
    announced_on: date | None = None
    declare_by: date | None = None
    ended_with_unit: bool = False
    """The unit was deregistered out of it; one that ended before is history, whatever became of the unit later."""

    @property
    def accepted_on(self) -> date:
        """The day of acceptance (受理日)."""
        return self.accepted.occurred_on


class Position(NamedTuple):
    """All that holds of a unit now, each by the record that says so."""

    latest: StatusRecord | None = None
    said_form: LegalForm | None = None
    said_property: ProprietorProperty | None = None
    """By which property a sole proprietor answers, as was said last: a report that is silent about it changes nothing."""
    proceedings: tuple[Proceeding, ...] = ()
    revoked: StatusRecord | None = None
    liquidating: StatusRecord | None = None
    announced: StatusRecord | None = None
    deregistered: StatusRecord | None = None
    unreachable: StatusRecord | None = None

    @property
    def legal_form(self) -> LegalForm:
        """What kind of debtor the unit is; an enterprise while nobody has said otherwise."""
        return self.said_form or LegalForm.ENTERPRISE

    @property
    def proceeding(self) -> Proceeding | None:
        """The bankruptcy that has not ended."""
        last = self.proceedings[-1] if self.proceedings else None
        return last if last is not None and last.ended_on is None else None

    @property
    def standings(self) -> tuple[UnitStanding, ...]:
        """All that holds, in the vocabulary's order."""
        found = []
        if (proceeding := self.proceeding) is not None:
            found.append(_stage_of(proceeding))
        held = (self.revoked, self.liquidating, self.announced, self.deregistered, self.unreachable)
        found += [record.status for record in held if record is not None]
        if not found and self.latest is not None:
            found.append(UnitStanding.OPERATING)
        return tuple(sorted(found, key=_ORDER.__getitem__))


def _stage_of(proceeding: Proceeding) -> UnitStanding:
    if proceeding.declared_on is not None:
        return UnitStanding.BANKRUPT
    return UnitStanding.REORGANISING if proceeding.is_reorganising else UnitStanding.BANKRUPTCY_ACCEPTED


def successors_of(now: Position) -> tuple[str, ...]:
    """Who has a unit's debts after its merger or division (承继单位), by their codes; nobody of a unit that is not gone so."""
    return () if now.deregistered is None else tuple(sorted(now.deregistered.successors))


def standing_records(records: Sequence[StatusRecord]) -> list[StatusRecord]:
    """The records that count, in the order of what they say: a reversal takes back, and may be taken back itself."""
    by_target: dict[str, list[str]] = {}
    for record in records:
        if record.reverses is not None:
            by_target.setdefault(record.reverses, []).append(record.reference)
    counting = [record for record in records if record.reverses is None and _counts(record.reference, by_target, ())]
    return sorted(counting, key=lambda one: (one.occurred_on, _ORDER[one.status], one.reference))


def _counts(reference: str, by_target: dict[str, list[str]], path: tuple[str, ...]) -> bool:
    path = (*path, reference)
    return not any(one not in path and _counts(one, by_target, path) for one in by_target.get(reference, ()))


@lru_cache(maxsize=10_000)
def position(records: tuple[StatusRecord, ...]) -> Position:
    """What holds of a unit by its records; remembered, for every contribution of the unit asks."""
    found = Position()
    for record in standing_records(records):
        found = _after(found, record)
    return found


def _after(now: Position, record: StatusRecord) -> Position:
    """What holds once a record is added that nothing speaks against."""
    match record.status:
        case UnitStanding.BANKRUPTCY_ACCEPTED | UnitStanding.REORGANISING | UnitStanding.BANKRUPT:
            then = now._replace(proceedings=_in_court(now, record), unreachable=None, liquidating=None)
        case UnitStanding.REVOKED:
            then = now._replace(revoked=record, announced=None)
        case UnitStanding.LIQUIDATING:
            then = now._replace(liquidating=_liquidation(now, record), unreachable=None)
        case UnitStanding.DEREGISTRATION_ANNOUNCED:
            then = now._replace(announced=record)
        case UnitStanding.UNREACHABLE:
            then = now._replace(unreachable=record)
        case UnitStanding.DEREGISTERED:
            ended = _ended(now.proceedings, record.occurred_on, with_unit=True)
            then = now._replace(
                deregistered=record, announced=None, unreachable=None, liquidating=None, proceedings=ended
            )
        case UnitStanding.OPERATING:
            then = _operating(now, record)
    return then._replace(
        latest=record,
        said_form=record.legal_form or now.said_form,
        said_property=record.proprietor_property or now.said_property,
    )


def _operating(now: Position, record: StatusRecord) -> Position:
    """What a unit that operates leaves behind; that it announced its simple deregistration, or has a liquidation group, only where the report says so.

    A registrar calls such a unit operating (存续) all the time, and the days to object and to claim would be lost on a routine report. An announcement
    on which nobody applied in time has come to nothing.
    """
    announced = None if record.ended is UnitStanding.DEREGISTRATION_ANNOUNCED else now.announced
    if announced is not None:
        is_proprietor = (record.legal_form or now.said_form) is LegalForm.SOLE_PROPRIETOR
        until = law_status_days.last_day_to_apply(announced.occurred_on, is_proprietor=is_proprietor)
        announced = announced if record.occurred_on <= until else None
    liquidating = None if record.ended is UnitStanding.LIQUIDATING else now.liquidating
    ended = _ended(now.proceedings, record.occurred_on)
    return now._replace(announced=announced, unreachable=None, liquidating=liquidating, proceedings=ended)


def _liquidation(now: Position, record: StatusRecord) -> StatusRecord:
    """The liquidation under way: begun when its group was first told of; announcement and notice are the latest that was said."""
    begun = now.liquidating
    if begun is None:
        return record
    return replace(
        begun,
        announced_on=record.announced_on or begun.announced_on,
        notified_on=record.notified_on or begun.notified_on,
    )


def _in_court(now: Position, record: StatusRecord) -> tuple[Proceeding, ...]:
    opened = now.proceeding
    earlier = now.proceedings if opened is None else now.proceedings[:-1]
    known = opened or Proceeding(record)
    later = known._replace(
        announced_on=record.announced_on or known.announced_on, declare_by=record.declare_by or known.declare_by
    )
    if record.status is UnitStanding.BANKRUPT:
        later = later._replace(declared_on=record.occurred_on, is_reorganising=False)
    elif record.status is UnitStanding.REORGANISING:
        later = later._replace(is_reorganising=True)
    return (*earlier, later)


def _ended(proceedings: tuple[Proceeding, ...], on: date, *, with_unit: bool = False) -> tuple[Proceeding, ...]:
    if not proceedings or proceedings[-1].ended_on is not None:
        return proceedings
    return (*proceedings[:-1], proceedings[-1]._replace(ended_on=on, ended_with_unit=with_unit))


def contradictions(records: Sequence[StatusRecord]) -> tuple[str, ...]:
    """Everything that cannot be true at once, as codes, each once, in the order of the records."""
    found: list[str] = []
    now = Position()
    for record in standing_records(records):
        found += _objections(now, record)
        now = _after(now, record)
    return tuple(dict.fromkeys(found))


def _objections(now: Position, record: StatusRecord) -> list[str]:
    """Why a record cannot follow upon what held before it."""
    found, opened = [], now.proceeding
    if now.deregistered is not None:
        found.append("in-court-after-deregistration" if record.status in IN_COURT else "status-after-deregistration")
    if None not in (now.said_form, record.legal_form) and now.said_form is not record.legal_form:
        found.append("legal-form-differs")
    if record.status in IN_COURT:
        found += _objections_in_court(record, record.legal_form or now.said_form, opened)
    if record.status is UnitStanding.OPERATING:
        found += ["operating-after-revocation"] if now.revoked is not None else []
        is_declared = opened is not None and opened.declared_on is not None
        found += ["operating-after-declaration"] if is_declared else []
        is_without_ruling = opened is not None and not is_declared and record.court is None
        found += ["operating-without-ruling"] if is_without_ruling else []
    if record.status is UnitStanding.DEREGISTRATION_ANNOUNCED:
        found += _objections_to_announcement(now)
    if record.deregistration_way is not None:
        found += _objections_to_deregistration(now, record)
    if (
        record.status is UnitStanding.REVOKED
        and now.revoked is not None
        and now.revoked.occurred_on != record.occurred_on
    ):
        found.append("revoked-twice")
    if record.status is UnitStanding.LIQUIDATING:
        found += ["liquidation-in-bankruptcy"] if opened is not None else []
        is_proprietor = (record.legal_form or now.said_form) is LegalForm.SOLE_PROPRIETOR
        found += ["sole-proprietor-has-no-liquidation"] if is_proprietor else []
    return found


def _objections_to_announcement(now: Position) -> list[str]:
    """Whom the simple way is closed to (市场主体登记管理条例 33)."""
    barred = (
        ("simple-deregistration-of-revoked-unit", now.revoked),
        ("simple-deregistration-of-unreachable-unit", now.unreachable),
        ("simple-deregistration-in-bankruptcy", now.proceeding),
    )
    return [code for code, what in barred if what is not None]


def _objections_to_deregistration(now: Position, record: StatusRecord) -> list[str]:
    """A bankruptcy that has not ended ends by its own deregistration (企业破产法 121); the simple way is closed to a revoked unit."""
    found = []
    if now.proceeding is not None and record.deregistration_way is not DeregistrationWay.AFTER_BANKRUPTCY:
        found.append("deregistered-otherwise-in-bankruptcy")
    if now.revoked is not None and record.deregistration_way is DeregistrationWay.SIMPLE:
        found.append("simple-deregistration-of-revoked-unit")
    if record.deregistration_way is DeregistrationWay.BY_REGISTRAR:
        found += _objections_to_force(now, record)
    return found


def _objections_to_force(now: Position, record: StatusRecord) -> list[str]:
    """三年 since the licence was revoked, then 六十日 of announcement; since 2024-07-01 (公司法 241). A revocation nobody told is not missed."""
    found = [] if record.occurred_on >= law_status.BY_REGISTRAR_FROM else ["forced-deregistration-before-law"]
    revoked = now.revoked
    if revoked is not None and record.occurred_on <= law_status_days.last_day_before_force(revoked.occurred_on):
        found.append("forced-deregistration-too-early")
    return found


def _objections_in_court(record: StatusRecord, form: LegalForm | None, opened: Proceeding | None) -> list[str]:
    """Two that say the same ruling of the same day, the registrar and the desk, agree."""
    found, on = [], record.occurred_on
    if form is LegalForm.SOLE_PROPRIETOR:
        found.append("sole-proprietor-in-bankruptcy")
    if record.status is UnitStanding.BANKRUPT and opened is None:
        found.append("declared-before-acceptance")
    if record.status is UnitStanding.BANKRUPTCY_ACCEPTED and opened is not None and opened.accepted_on != on:
        found.append("accepted-twice")
    declared_on = None if opened is None else opened.declared_on
    if record.status in _ACCEPTING and declared_on is not None:
        found.append("accepted-after-declaration")
    if record.status is UnitStanding.BANKRUPT and declared_on not in (None, on):
        found.append("declared-twice")
    return found


def fee_pauses(records: tuple[StatusRecord, ...], *, acceptance_day_counts: bool) -> tuple[FeePause, ...]:
    """The days on which nothing of the unit bears a late fee: after the acceptance (破产法司法解释（三） 3).

    For good once declared bankrupt, or deregistered out of it; where a bankruptcy ended otherwise, up to and with the day it ended.
    """
    now = position(records)
    pauses = []
    for proceeding in now.proceedings:
        last_with_fee = proceeding.accepted_on if acceptance_day_counts else day_before(proceeding.accepted_on)
        for_good = proceeding.declared_on is not None or proceeding.ended_with_unit
        pauses.append(FeePause(last_with_fee, None if for_good else proceeding.ended_on))
    return tuple(pauses)


def day_before(day: date) -> date:
    """Give the day before: a pause begins after it."""
    return date.fromordinal(day.toordinal() - 1)
