"""Every contract by name: what the inventory's topics carry. Several topics may carry one contract."""

import re
from collections.abc import Mapping

from schemas.fact import Wire
from schemas.topics import TOPICS, Topic

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def contract_name(model: type[Wire]) -> str:
    """Name a contract: `ContributionMissed` is `contribution-missed`, which is also its topic."""
    return _WORD_START.sub("-", model.__name__).lower()


def _topics_by_contract() -> dict[str, tuple[Topic, ...]]:
    found: dict[str, tuple[Topic, ...]] = {}
    for topic in TOPICS:
        if topic.fact is not None:
            name = contract_name(topic.fact)
            found[name] = (*found.get(name, ()), topic)
    return found


TOPICS_OF: Mapping[str, tuple[Topic, ...]] = _topics_by_contract()
"""The topics that carry a contract, by the contract's name, in the inventory's order."""

CONTRACTS: Mapping[str, type[Wire]] = {
    name: topic.fact for name, (topic, *_) in TOPICS_OF.items() if topic.fact is not None
}
"""Every contract by name, in the inventory's order."""
