"""Bank outlets (网点) that make cards while you wait: particulars and stock of blank cards."""

from schemas.fact import Fact

TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ()
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
