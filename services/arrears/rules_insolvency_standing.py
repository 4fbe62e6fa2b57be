"""What the desk's acts amount to: claims, distributions, objections. Everything here is a function of the acts and the unit's status."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from schemas.insolvency_acts import InsolvencyAct
from services.arrears.rules_insolvency_state import ActRecord, Insolvency, WriteOff
from services.arrears.rules_status_standing import Position, Proceeding
from services.arrears.rules_status_state import StatusRecord


class Amounts(NamedTuple):
    """Fen by the class in which they are paid (企业破产法 113): first, second, ordinary."""

    listed_fen: int = 0
    declared_fen: int = 0
    late_fee_fen: int = 0

    @property
    def principal_fen(self) -> int:
        """Contributions of both classes."""
        return self.listed_fen + self.declared_fen

    def plus(self, other: "Amounts") -> "Amounts":
        """Add class by class."""
        return Amounts(
            self.listed_fen + other.listed_fen,
            self.declared_fen + other.declared_fen,
            self.late_fee_fen + other.late_fee_fen,
        )


class Done(NamedTuple):
    """What was done on the road that the unit is on now; None or nothing where it was not.

    `listed`: what the administrator's list (债权表) has of the claim; `confirmed`: what the court confirmed of it.
    """

    claim_count: int = 0
    claimed: Amounts = Amounts()
    listed: Amounts | None = None
    disputed_on: date | None = None
    confirmed: Amounts | None = None
    received: Amounts = Amounts()
    last_distribution_on: date | None = None
    closed_on: date | None = None
    plan_fen: int | None = None
    objected_on: date | None = None
    told_liquidators: Amounts = Amounts()
    applied_on: date | None = None
    pursued_on: date | None = None

    @property
    def entitled(self) -> Amounts:
        """What may be paid out at most: what the court confirmed, else what was claimed."""
        return self.claimed if self.confirmed is None else self.confirmed


CLAIMS = (InsolvencyAct.CLAIM_FILED, InsolvencyAct.CLAIM_SUPPLEMENTED)
"""The acts that claim, each in writing."""
_ADMISSION = (InsolvencyAct.CLAIM_LIST_RECEIVED, InsolvencyAct.CLAIM_LIST_DISPUTED, InsolvencyAct.CLAIM_CONFIRMED)


def standing_acts(acts: Iterable[ActRecord]) -> list[ActRecord]:
    """The acts that count, in the order in which they were done: a reversal takes one back, and is none itself."""
    known = tuple(acts)
    taken_back = {act.reverses for act in known}
    counting = [act for act in known if act.reverses is None and act.reference not in taken_back]
    return sorted(counting, key=lambda act: (act.occurred_on, act.reference))


def amounts(act: ActRecord) -> Amounts:
    """The amounts of an act by class."""
    return Amounts(act.listed_fen or 0, act.declared_fen or 0, act.late_fee_fen or 0)


def last_proceeding(now: Position) -> Proceeding | None:
    """The bankruptcy to which acts belong: the open one, or the one after which the unit was deregistered."""
    if now.proceeding is not None:
        return now.proceeding
    last = now.proceedings[-1] if now.proceedings else None
    return last if last is not None and last.ended_with_unit else None


def done(acts: Iterable[ActRecord], now: Position) -> Done:
    """Sum up the acts that belong to what holds of the unit now: those of an earlier bankruptcy are history."""
    found = Done()
    proceeding = last_proceeding(now)
    for act in standing_acts(acts):
        if proceeding is not None and act.occurred_on >= proceeding.accepted_on:
            found = _with_act_in_court(found, act)
        match act.act:
            case InsolvencyAct.OBJECTION_FILED if _since(now.announced, act):
                found = found._replace(objected_on=act.occurred_on)
            case InsolvencyAct.LIQUIDATION_APPLIED if _since(now.revoked, act):
                found = found._replace(applied_on=act.occurred_on)
            case InsolvencyAct.LIQUIDATION_CLAIMED if _since(now.liquidating, act):
                found = found._replace(told_liquidators=found.told_liquidators.plus(amounts(act)))
            case InsolvencyAct.OBLIGORS_CLAIMED if _since(now.deregistered, act):
                found = found._replace(pursued_on=act.occurred_on)
            case _:
                pass
    return found


def _with_act_in_court(found: Done, act: ActRecord) -> Done:
    if act.act in CLAIMS:  # what is added is to be listed and confirmed in its turn
        claimed = found.claimed.plus(amounts(act))
        return found._replace(
            claim_count=found.claim_count + 1, claimed=claimed, listed=None, disputed_on=None, confirmed=None
        )
    if act.act in _ADMISSION:
        return _with_admission(found, act)
    match act.act:
        case InsolvencyAct.DISTRIBUTION_RECEIVED:
            last_on = act.occurred_on if act.is_last_distribution else found.last_distribution_on
            return found._replace(received=found.received.plus(amounts(act)), last_distribution_on=last_on)
        case InsolvencyAct.PLAN_EXAMINED:
            return found._replace(plan_fen=act.plan_fen)
        case InsolvencyAct.PROCEEDING_CLOSED:
            return found._replace(closed_on=act.occurred_on)
        case _:
            return found


def _with_admission(found: Done, act: ActRecord) -> Done:
    """What the administrator listed, the office disputed, the court confirmed (企业破产法 57, 58)."""
    match act.act:
        case InsolvencyAct.CLAIM_LIST_RECEIVED:
            return found._replace(listed=amounts(act), disputed_on=None)
        case InsolvencyAct.CLAIM_LIST_DISPUTED:
            return found._replace(disputed_on=act.occurred_on)
        case _:
            return found._replace(confirmed=amounts(act))


def _since(record: StatusRecord | None, act: ActRecord) -> bool:
    return record is not None and act.occurred_on >= record.occurred_on


def write_offs(acts: Iterable[ActRecord]) -> dict[str, tuple[WriteOff, ...]]:
    """What the standing decisions write off, by line."""
    found: dict[str, tuple[WriteOff, ...]] = {}
    for act in standing_acts(acts):
        for cut in act.cuts:
            one = WriteOff(act.occurred_on, cut.principal_fen, cut.late_fee_fen, act.reference)
            found[cut.key] = (*found.get(cut.key, ()), one)
    return dict(sorted(found.items()))


def acts_of(insolvency: Insolvency | None) -> tuple[ActRecord, ...]:
    """All acts of a case."""
    return () if insolvency is None else insolvency.acts
