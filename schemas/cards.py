"""Social-security cards (社会保障卡): loss, suspension, instant re-issue."""

from schemas.fact import Fact

TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ()
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
