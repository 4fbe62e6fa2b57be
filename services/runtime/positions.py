"""Where a task goes on: one transaction writes positions to the group and to the changelog, and the decisions; all must agree. Pure."""

import hashlib

from services.runtime.codec import PREFIX_BYTES
from services.runtime.errors import DecisionsDisagree, PositionsDisagree
from services.runtime.service import Service


def agreed_positions(service: Service, group: dict[str, int], changelog: dict[str, int]) -> dict[str, int]:
    """Give where each input is to be read from; the group and the changelog must say the same.

    Absent in both is a new input, from 0. `PositionsDisagree` names the topic otherwise.
    """
    positions = {}
    for topic in service.inputs:
        kept, committed = changelog.get(topic), group.get(topic)
        if kept != committed:
            raise PositionsDisagree(
                f"{service.name} 在主题 {topic} 的位置，消费组记为 {committed}，状态主题记为 {kept}，请查明是谁改动后再启动。",
                f"{service.name}: {topic} stands at {committed} in the group and at {kept} in the changelog; "
                "find out who moved it before starting again.",
            )
        positions[topic] = 0 if kept is None else kept
    return positions


def agreed_head(service: Service, partition: int, last_decision: bytes | None, head: bytes) -> None:
    """Check that the last decision record is the one whose hash the state keeps; `DecisionsDisagree` otherwise.

    A third witness: where a transaction was torn, state and positions may both be old and agree (decision 0095).
    """
    found = b"" if last_decision is None else hashlib.sha256(last_decision[PREFIX_BYTES:]).digest()
    if found != head:
        raise DecisionsDisagree(
            f"{service.name} 分区 {partition} 最后一条决定记录的散列与状态所续接的不一致：其中之一已被改动，或有半个事务缺失；请保留这两个主题，比对清楚后再启动。",
            f"{service.name}: the last decision record of partition {partition} has the hash {found.hex()[:16] or 'none'}, "
            f"and the state goes on from {head.hex()[:16] or 'none'}: one of the two was changed, or half a transaction is "
            "missing; keep both topics, and compare them before starting again.",
        )
