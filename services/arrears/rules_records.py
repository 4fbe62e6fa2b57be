"""Taking upstream records into lines: business references, revisions and reversals.

The highest revision of a business reference holds, whenever it came; a reversal takes back the record it names,
whichever came first.
"""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, LineFact
from services.arrears.rules_memory import one_day
from services.arrears.rules_state import NO_LINE, Kind, Line, Record, UnitCase


class Place(NamedTuple):
    """Where a record stands."""

    line_key: str
    record: Record


def line_key(fact: LineFact) -> str:
    """Name of a line in its case: `<month>/<insurance>`."""
    return f"{fact.month}/{fact.insurance.value}"


def record_of(fact: LineFact) -> Record:
    """Give the record a fact is kept as; TypeError for a fact that is about no line."""
    if type(fact) is ContributionPaid:
        kind, amount_fen, on = Kind.PAID, fact.paid_fen, fact.paid_on
    elif type(fact) is ContributionAssessed:
        kind, amount_fen, on = Kind.ASSESSED, fact.assessed_fen, fact.due_on
    elif type(fact) is ContributionMissed:
        kind, amount_fen, on = Kind.MISSED, fact.assessed_fen, fact.due_on
    else:
        raise TypeError(f"{type(fact).__name__} says nothing of a line")
    return Record(
        kind,
        fact.business_reference,
        fact.revision,
        amount_fen,
        one_day(on),
        one_day(fact.occurred_on),
        fact.district,
        fact.agency,
        fact.effective_on,
        fact.reverses,
    )


def find(case: UnitCase, kind: Kind, reference: str) -> Place | None:
    """Find a record by its business reference; nearly every record is new, so all lines are looked through."""
    for key, line in case.lines.items():
        for record in line.records:
            if record.reference == reference and record.kind is kind:
                return Place(key, record)
    return None


def put(case: UnitCase, key: str, record: Record, known: Place | None) -> tuple[UnitCase, tuple[str, ...]]:
    """Put a record in place of the lower revision `known`, if any; it may have moved to another line.

    Gives the case and the keys of the lines that have to be computed anew.
    """
    lines = dict(case.lines)
    if known is None and record.reverses is None:
        lines[key] = _with(lines.get(key, NO_LINE), record)
        return replace(case, lines=lines, record_count=case.record_count + 1), (key,)
    touched = {key}
    before = None
    if known is not None:
        before = known.record.reverses
        lines[known.line_key] = _without(lines[known.line_key], known.record)
        touched.add(known.line_key)
    lines[key] = _with(lines.get(key, NO_LINE), record)
    for target in (before, record.reverses):
        touched |= _lines_taken_back(case, record.kind, target, set())
    put_in = replace(
        case,
        lines=lines,
        reversals=_renamed(case.reversals, record.kind, record.reference, before, record.reverses),
        record_count=case.record_count + (known is None),
    )
    return put_in, tuple(sorted(touched))


def _with(line: Line, record: Record) -> Line:
    records = (*line.records, record)
    if line.records and _order(line.records[-1]) > _order(record):
        records = tuple(sorted(records, key=_order))
    return Line(records, found_on=line.found_on, allotments=line.allotments)


def _order(record: Record) -> tuple[Kind, str]:
    return (record.kind, record.reference)


def _without(line: Line, record: Record) -> Line:
    left = tuple(one for one in line.records if one is not record)
    return Line(left, found_on=line.found_on, allotments=line.allotments)


def _renamed(
    reversals: dict[str, tuple[str, ...]] | None, kind: Kind, reference: str, before: str | None, after: str | None
) -> dict[str, tuple[str, ...]] | None:
    if before == after:
        return reversals
    changed = dict(reversals or {})
    if before is not None:
        name = f"{kind}/{before}"
        left = tuple(one for one in changed[name] if one != reference)
        if left:
            changed[name] = left
        else:
            del changed[name]
    if after is not None:
        name = f"{kind}/{after}"
        changed[name] = tuple(sorted((*changed.get(name, ()), reference)))
    return changed or None


def _lines_taken_back(case: UnitCase, kind: Kind, target: str | None, seen: set[str]) -> set[str]:
    """The line of a record taken back and, where that is itself a reversal, of what it takes back."""
    if target is None or target in seen:
        return set()
    place = find(case, kind, target)
    if place is None:
        return set()
    return {place.line_key} | _lines_taken_back(case, kind, place.record.reverses, seen | {target})
