"""Where a task goes on reading: the positions are kept twice, in the group and in the changelog, by one transaction. Pure."""

from services.runtime.errors import PositionsDisagree
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
                f"{service.name}: {topic} stands at {committed} in the group and at {kept} in the changelog; "
                "find out who moved it before starting again."
            )
        positions[topic] = 0 if kept is None else kept
    return positions
