"""The counting service's next release, whose cases have another format; and `python -m`: its worker."""

import dataclasses
from typing import Any

import msgspec

from schemas.contributions import ContributionPaid
from schemas.decision import Context, Decision, Timer, decided
from services.runtime import worker
from tests.harness.counting import COUNTING, Count, decide


class CountOnCard(msgspec.Struct, frozen=True):
    """The state of the next format: what was `payments` is `count`, and it knows who counted."""

    count: int = 0
    total_fen: int = 0
    counted_by: str = "nobody"


def migrated(plain: dict[str, Any]) -> dict[str, Any]:
    return {"count": plain["payments"], "total_fen": plain["total_fen"], "counted_by": "an earlier release"}


def counted_on_card(state: CountOnCard | None, fact: Any, context: Context) -> Decision[CountOnCard]:
    before = state or CountOnCard()
    if not isinstance(fact, ContributionPaid):
        return decided(before, "nothing-to-count")
    after = CountOnCard(before.count + 1, before.total_fen + fact.paid_fen, before.counted_by)
    said = decide(Count(before.count, before.total_fen), fact, context).facts
    return decided(after, "counted-on-card", *said, count=after.count)


def no_timer(_: CountOnCard) -> Timer | None:
    return None


NEXT_FORMAT = dataclasses.replace(
    COUNTING,
    release="counting-3",
    state=CountOnCard,
    state_version=2,
    decide=counted_on_card,
    next_timer=no_timer,
    migrations={1: migrated},
    earlier=(COUNTING,),
)

if __name__ == "__main__":
    worker.main((NEXT_FORMAT,))
