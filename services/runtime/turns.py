"""What the tasks of one process take turns at, so that what they have in memory at once is not everything."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turns:
    """One for each process.

    `deciding`: the floor; whoever decides holds it. `restoring`: whoever reads its changelog holds it; each fetch of
    one takes some ten mebibytes until it is decoded, and twelve at once stay with the process for good.
    """

    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    restoring: asyncio.Lock = field(default_factory=asyncio.Lock)
