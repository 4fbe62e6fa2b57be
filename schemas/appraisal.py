"""Labour-capacity appraisal (劳动能力鉴定): applications, panels of experts, dates."""

from schemas.fact import Fact

TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ()
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
