"""What was done to a task's records, once it is known that something was: read again, whole, and compared. Pure.

Every record claims a span of entry numbers. Of all ways to go through the records from number to number the likeliest is
taken for the log as it was: it passes the sealed records, keeps as many hash links as can be, and leaves out as
little as can be. What lies beside it was inserted; where it jumps, something was removed; where a hash does not fit, a
record was changed; where it goes back in the topic, records were reordered. It needs some 400 bytes a record.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.topics import decisions_topic
from services.audit.chain import BEGINNING, Link
from services.audit.findings import Finding, Kind
from services.audit.seals import Sealed, Task

SEALED_WEIGHT, LINKED_WEIGHT, RECORD_WEIGHT = 1 << 40, 2, 1
"""A seal outweighs every chain that was made up; a kept link outweighs a record more."""
PERHAPS_BEFORE = "perhaps-the-one-before-too"

OFFSET_MAX = (1 << 63) - 1

Score = tuple[int, int]
"""Weight of the best way to a record, and the place of the record before it on this way (-1: none)."""


def diagnosed(
    task: Task, links: Sequence[Link], unreadable: Mapping[int, str], seals: Sequence[Sealed]
) -> list[Finding]:
    """Say what was done to the records of a task.

    `links` and `unreadable` (reasons by offset) are all the topic holds, in its order; `seals` are those that count.
    """
    return _Diagnosis(task, links, unreadable, seals).findings()


class _Diagnosis:
    def __init__(
        self, task: Task, links: Sequence[Link], unreadable: Mapping[int, str], seals: Sequence[Sealed]
    ) -> None:
        self._topic, self._partition = decisions_topic(task[0]), task[1]
        self._links, self._unreadable = links, unreadable
        self._seals = sorted(seals, key=lambda seal: seal.last_number)
        self._sealed = {(seal.last_number, seal.head_hash) for seal in seals}
        self._way = _likeliest_way(links, self._sealed)
        self._explained: set[int] = set()
        """Unreadable offsets that stand in place of a record."""
        self._changed: set[int] = set()
        self._missing: list[range] = []
        """Numbers that nobody claims."""

    def findings(self) -> list[Finding]:
        """Give everything, by offset."""
        found = [*self._gaps(), *self._breaks(), *self._beside(), *self._backwards(), *self._against_seals()]
        return sorted(found, key=lambda finding: (finding.offset < 0, finding.offset, finding.first_number))

    def _found(self, kind: Kind, offset: int, first: int, last: int, detail: str = "") -> Finding:
        return Finding(kind, self._topic, self._partition, offset, first, last, detail)

    def _of(self, kind: Kind, link: Link, detail: str = "") -> Finding:
        return self._found(kind, link.offset, link.first_number, link.last_number, detail)

    def _gaps(self) -> Iterator[Finding]:
        """Numbers nobody claims: a record that cannot be read any more where one stands between, else removed."""
        before_offset, expected = -1, 0
        for link in self._way:
            if link.first_number > expected:
                yield from self._gap(Kind.REMOVED, (before_offset, link.offset), expected, link.first_number - 1)
            before_offset, expected = link.offset, link.last_number + 1
        end = max((seal.last_number for seal in self._seals), default=-1)
        if end >= expected:
            yield from self._gap(Kind.TAIL_CUT, (before_offset, OFFSET_MAX), expected, end)

    def _gap(self, kind: Kind, between: tuple[int, int], first: int, last: int) -> Iterator[Finding]:
        self._missing.append(range(first, last + 1))
        after, before = between
        unreadable = [offset for offset in self._unreadable if after < offset < before]
        self._explained.update(unreadable)
        for offset in unreadable:
            yield self._found(Kind.CHANGED, offset, first, last, self._unreadable[offset])
        if not unreadable:
            yield self._found(kind, -1 if before == OFFSET_MAX else before, first, last)

    def _breaks(self) -> Iterator[Finding]:
        """Neighbours whose hashes do not fit: one of the two was changed."""
        way = self._way
        for place, link in enumerate(way):
            if not self._is_broken(place):
                continue
            before = way[place - 1] if place else None
            is_broken_twice = self._is_broken(place + 1)
            if before is None or self._is_sealed(before) or is_broken_twice:
                changed, detail = link, PERHAPS_BEFORE if before and not self._is_sealed(before) else ""
            else:
                changed, detail = before, ""
            if changed.offset not in self._changed:
                self._changed.add(changed.offset)
                yield self._of(Kind.CHANGED, changed, detail)

    def _is_broken(self, place: int) -> bool:
        """Tell whether a record carries another hash than that of the record right before it."""
        if not 0 <= place < len(self._way):
            return False
        link = self._way[place]
        before = self._way[place - 1] if place else None
        end = BEGINNING if before is None else BEGINNING.after(before)
        return link.first_number == end.next_number and link.previous_hash != end.head

    def _is_sealed(self, link: Link) -> bool:
        return (link.last_number, link.own_hash) in self._sealed

    def _beside(self) -> Iterator[Finding]:
        """Records that are no part of the way."""
        taken = {link.offset for link in self._way}
        for link in self._links:
            if link.offset not in taken:
                yield self._of(Kind.INSERTED, link)
        for offset, reason in self._unreadable.items():
            if offset not in self._explained:
                yield self._found(Kind.INSERTED, offset, -1, -1, reason)

    def _backwards(self) -> Iterator[Finding]:
        """Records that stand elsewhere than their numbers say: the fewest whose removal leaves an order."""
        in_order = _longest_rising([link.offset for link in self._way])
        for link in self._way:
            if link.offset not in in_order:
                yield self._of(Kind.REORDERED, link)

    def _against_seals(self) -> Iterator[Finding]:
        """Seals that name another record for their entry than the one that stands there, where nothing else tells why."""
        by_last = {link.last_number: link for link in self._way}
        agreed = -1
        for seal in self._seals:
            link = by_last.get(seal.last_number)
            if link is not None and link.own_hash == seal.head_hash:
                agreed = seal.last_number
                if link.offset != seal.offset:
                    yield self._of(Kind.MOVED, link, str(seal.offset))
            elif not self._changed and not any(seal.last_number in numbers for numbers in self._missing):
                offset = link.offset if link is not None else -1
                yield self._found(Kind.REWRITTEN, offset, agreed + 1, seal.last_number, seal.head_hash.hex())
                return


def _likeliest_way(links: Sequence[Link], sealed: set[tuple[int, bytes]]) -> list[Link]:
    """Give the records of the log as it most likely was, by their numbers."""
    order = sorted(range(len(links)), key=lambda place: (links[place].first_number, links[place].offset))
    scores: dict[int, Score] = {}
    ending: dict[int, list[int]] = defaultdict(list)
    """Places of records by the number they end with."""
    best_until: list[tuple[int, int, int]] = []
    """(last number, weight, place) of ever better ways, by rising numbers: what a gap may be jumped from."""
    for place in order:
        link = links[place]
        own = SEALED_WEIGHT if (link.last_number, link.own_hash) in sealed else 0
        weight, before = _best_before(link, links, scores, ending, best_until)
        scores[place] = weight + own + RECORD_WEIGHT, before
        ending[link.last_number].append(place)
        _keep(best_until, (link.last_number, scores[place][0], place))
    way: list[Link] = []
    place = max(scores, key=lambda place: (scores[place][0], -links[place].offset), default=-1)
    while place >= 0:
        way.append(links[place])
        place = scores[place][1]
    return way[::-1]


def _best_before(
    link: Link,
    links: Sequence[Link],
    scores: Mapping[int, Score],
    ending: Mapping[int, Sequence[int]],
    best_until: Sequence[tuple[int, int, int]],
) -> Score:
    """Weigh the ways to a record: from the record that ends right before it, over a gap, or from nothing."""
    if link.first_number == 0:
        return LINKED_WEIGHT if link.previous_hash == BEGINNING.head else 0, -1
    ways: list[Score] = [(0, -1)]
    for place in ending.get(link.first_number - 1, ()):
        linked = LINKED_WEIGHT if links[place].own_hash == link.previous_hash else 0
        ways.append((scores[place][0] + linked, place))
    jump = bisect_left(best_until, link.first_number - 1, key=_last_number) - 1
    if jump >= 0:
        _, weight, place = best_until[jump]
        ways.append((weight, place))
    return max(ways, key=lambda way: (way[0], -way[1]))  # of equal ways, that over the record that came first


def _keep(best_until: list[tuple[int, int, int]], found: tuple[int, int, int]) -> None:
    """Keep a way if it is better than all that end no later; forget those that end no earlier and are no better."""
    at = bisect_left(best_until, found[0], key=_last_number)
    if at and best_until[at - 1][1] >= found[1]:
        return
    end = at
    while end < len(best_until) and best_until[end][1] <= found[1]:
        end += 1
    best_until[at:end] = [found]


def _last_number(way: tuple[int, int, int]) -> int:
    return way[0]


def _longest_rising(offsets: Iterable[int]) -> set[int]:
    """Give the members of the longest rising subsequence."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for offset in offsets:
        at = bisect_left(tails, offset)
        before[offset] = tails[at - 1] if at else None
        tails[at : at + 1] = [offset]
    found: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
