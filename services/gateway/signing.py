"""The last step of publishing: records are signed as they are sent."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.gateway.publish import Sink
from services.runtime.codec import Codec
from services.runtime.records import OutputRecord
from services.runtime.signing import Signer


class Broker(Sink, Protocol):
    """A sink that knows the broker's time and how records are encoded."""

    @property
    def codec(self) -> Codec:
        """Agreed with the registry."""

    @property
    def broker_now(self) -> datetime:
        """The instant with which the broker stamps what is appended now."""


class SigningSink:
    """A sink that signs what upstream systems say."""

    def __init__(self, broker: Broker, signer: Callable[[], Signer]) -> None:
        """`signer` is asked for when the first records come: a file without a good row needs no key."""
        self._broker, self._make_signer = broker, signer
        self._signer: Signer | None = None

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Sign records, write them and wait until they are safe."""
        self._signer = self._signer or self._make_signer()
        at = self._broker.broker_now
        await self._broker.append([self._signer.signed(self._broker.codec, record, at) for record in records])
