"""What speaks against a claim in a bankruptcy (债权申报), its paper, and what becomes of it: the list, a dispute, the confirmation. Pure."""

from services.arrears import law_status_days
from services.arrears.rules_insolvency_seen import Seen
from services.arrears.rules_insolvency_standing import CLAIMS, Amounts, Done, acts_of, amounts, standing_acts
from services.arrears.rules_insolvency_state import ActRecord, ClaimPaper


def in_court(seen: Seen) -> list[str]:
    """There is a bankruptcy, and the act is not of a day before it."""
    if seen.proceeding is None:
        return ["no-bankruptcy"]
    return ["before-acceptance"] if seen.act.occurred_on < seen.proceeding.accepted_on else []


def _against_books(seen: Seen) -> list[str]:
    if seen.proceeding is None:
        return []
    claimed, found = seen.done.claimed.plus(amounts(seen.act)), []
    if claimed.principal_fen != seen.books.principal_fen:
        found.append("claim-principal-differs")
    if claimed.late_fee_fen != seen.books.late_fee_fen:
        found.append("claim-late-fee-differs")
    if claimed.listed_fen > seen.books.account_kinds_fen:
        found.append("listed-beyond-account-kinds")
    return found


def _is_too_late(seen: Seen) -> bool:
    """Tell whether the time to declare was over on the day of the act, whatever day the court set (企业破产法 45; 民法典 203)."""
    proceeding = seen.proceeding
    if proceeding is None or proceeding.announced_on is None:
        return False
    last_day = law_status_days.last_day_in_time(proceeding.announced_on, proceeding.declare_by)
    return seen.act.occurred_on > seen.context.calendar.roll_forward(last_day).on


def _is_surely_in_time(seen: Seen) -> bool:
    """Tell whether the time to declare was still running on the day of the act, whatever day the court set."""
    proceeding = seen.proceeding
    if proceeding is None or proceeding.announced_on is None:
        return True
    last_day = law_status_days.last_day_to_declare(proceeding.announced_on, proceeding.declare_by)
    return seen.act.occurred_on <= last_day


def _without_paper(seen: Seen) -> list[str]:
    """书面说明债权的数额 (企业破产法 49): each claim has one of its amounts made out for it, or by hand under its number."""
    papers = () if seen.case.insolvency is None else seen.case.insolvency.papers
    others = [act for act in standing_acts(acts_of(seen.case.insolvency)) if _is_of_these(act, seen.act)]
    by_hand = tuple(act.decision_number for act in (seen.act, *others))
    serving = [paper for paper in papers if _may_serve(paper, seen.act, by_hand)]
    return [] if len(serving) > len(others) else ["claim-document-missing"]


def _is_of_these(other: ActRecord, act: ActRecord) -> bool:
    """Tell whether another act up to this one's day claims the same amounts, and so has taken one of their papers."""
    is_other = other.reference != act.reference and other.occurred_on <= act.occurred_on
    return is_other and other.act in CLAIMS and amounts(other) == amounts(act)


def _may_serve(paper: ClaimPaper, act: ActRecord, by_hand: tuple[str | None, ...]) -> bool:
    is_made = paper.sha256 or (paper.failed and paper.number in by_hand)
    is_same = (paper.listed_fen, paper.declared_fen, paper.late_fee_fen) == amounts(act)
    return bool(is_made) and is_same and paper.dated_on <= act.occurred_on


def claim_document(seen: Seen) -> list[str]:
    """The paper may be ordered of what a claim could say: what is claimed with it is what the books say, or it says all itself."""
    found = in_court(seen)
    awaited = () if seen.case.insolvency is None else seen.case.insolvency.papers
    if any(paper.is_awaited for paper in awaited):
        found.append("claim-document-in-the-making")
    alone = seen._replace(on=seen.on._replace(done=Done()))
    differs = _against_books(seen)
    return found + (differs if _against_books(alone) else [])


def claim(seen: Seen) -> list[str]:
    """申报债权: once, in time, by the books, in writing (企业破产法 45, 48, 49)."""
    found = in_court(seen)
    if seen.done.claim_count:
        found.append("claim-already-filed")
    elif _is_too_late(seen):
        found.append("declaration-period-over")
    return found + _against_books(seen) + _without_paper(seen)


def supplement(seen: Seen) -> list[str]:
    """补充申报: before the last distribution, and not while a claim in time is possible (企业破产法 56)."""
    found = in_court(seen)
    last = seen.done.last_distribution_on
    if last is not None and seen.act.occurred_on >= last:
        found.append("final-distribution-over")
    if seen.proceeding is not None and not seen.done.claim_count and _is_surely_in_time(seen):
        found.append("declaration-period-open")
    return found + _against_books(seen) + _without_paper(seen)


def claim_list(seen: Seen) -> list[str]:
    """债权表 (企业破产法 57): of what was claimed, class by class."""
    found = in_court(seen) + ([] if seen.done.claim_count else ["no-claim"])
    if seen.done.confirmed is not None:
        found.append("claim-confirmed-already")
    return found + _beyond(amounts(seen.act), seen.done.claimed, "list-beyond-claim")


def dispute(seen: Seen) -> list[str]:
    """异议 (企业破产法 58(3)): against a list that says less than was claimed, before the court has confirmed it."""
    listed, found = seen.done.listed, in_court(seen)
    if listed is None:
        return [*found, "no-claim-list"]
    if listed == seen.done.claimed:
        found.append("nothing-to-dispute")
    if seen.done.disputed_on is not None:
        found.append("list-disputed-already")
    return [*found, "claim-confirmed-already"] if seen.done.confirmed is not None else found


def confirmation(seen: Seen) -> list[str]:
    """确认 (企业破产法 58(2)): without objection what the list says; after one, no less than it and no more than was claimed."""
    listed, said, found = seen.done.listed, amounts(seen.act), in_court(seen)
    if listed is None:
        return [*found, "no-claim-list"]
    if seen.done.disputed_on is None:
        return [*found, "confirmed-other-than-list"] if said != listed else found
    return (
        found
        + _beyond(listed, said, "confirmed-below-list")
        + _beyond(said, seen.done.claimed, "confirmed-beyond-claim")
    )


def _beyond(said: Amounts, most: Amounts, code: str) -> list[str]:
    return [code] if any(one > limit for one, limit in zip(said, most, strict=True)) else []
