"""The work all contenders do, as a deciding service of ours: validate a payment, count it for its unit, say so."""

from typing import Any

import msgspec

from schemas.arrears import ArrearsChanged
from schemas.contributions import ContributionPaid
from schemas.decision import Context, Decision, decided
from schemas.decision_records import DecisionBatch
from schemas.mesh import CommandIssued
from schemas.topics import commands_topic, decisions_topic
from services.runtime.codec import Codec, local_codec
from services.runtime.service import Service

FIRST_ID = 10_000
"""Schema ids of a service's own topics, well above those of the inventory."""


class Count(msgspec.Struct, frozen=True, gc=False):
    """How many payments of a unit were seen, and how much they were."""

    payments: int = 0
    total_fen: int = 0


def decide(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    """Count one payment and say where the unit stands."""
    before = state or Count()
    after = Count(before.payments + 1, before.total_fen + fact.paid_fen)
    changed = ArrearsChanged(
        district=fact.district,
        agency=fact.agency,
        occurred_on=fact.occurred_on,
        unit_code=fact.unit_code,
        unit_name="文登试验厂",
        as_of=fact.occurred_on,
        line_count=after.payments,
        principal_fen=after.total_fen,
        late_fee_fen=0,
        stock_principal_fen=0,
    )
    return decided(after, "counted", changed, paragraphs=("社会保险法 60",), payments=after.payments)


def counting_service(name: str) -> Service:
    """The counting service under a name of its own, so that each run begins without state and positions."""
    return Service(
        name=name,
        release="bench-1",
        hears=(ContributionPaid,),
        says=(ArrearsChanged,),
        state=Count,
        decide=decide,
    )


def bench_codec(service: str) -> Codec:
    """A codec that knows the inventory and the topics of a service that is not in it; needs no registry."""
    codec = local_codec()
    codec.agree(commands_topic(service), CommandIssued, FIRST_ID)
    codec.agree(decisions_topic(service), DecisionBatch, FIRST_ID + 1)
    return codec
