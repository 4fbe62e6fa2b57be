"""How a task's last transaction ended, by its coordinator's word, and the markers that a broker left out.

A broker that the controller has fenced, or that has just come back, may count a transaction as ended without having written
its markers (Kafka 4.3, decision 0095). The coordinator remembers how it ended until the transactional id is initialised again;
a transaction without records over the places in question, ended the same way, writes what is missing.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NodeNotReadyError,
    NoError,
    NotCoordinatorForGroupError,
    TransactionalIdAuthorizationFailed,
    for_code,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
    InitProducerIdRequest,
)
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields

from services.runtime.broker import Place
from services.runtime.errors import TaskMustRestart
from services.runtime.settings import MeshSettings

TRANSACTIONAL_ID_NOT_FOUND = 105
"""Nobody has ever begun a transaction under this id, or too long ago; aiokafka 0.14 has no name for the error."""
TRANSACTION_COORDINATOR = 1
"""The type of coordinator in FindCoordinator."""
LOOK_S = 0.02
MOVING = (
    GroupLoadInProgressError,
    GroupCoordinatorNotAvailableError,
    NotCoordinatorForGroupError,
    NodeNotReadyError,
)
"""The coordinator's place is changing, or its broker is not connected yet: it is asked again."""
COMMITTED = frozenset({"PrepareCommit", "CompleteCommit"})
NOT_BEGUN, UNDER_WAY, ENDING = "Empty", "Ongoing", frozenset({"PrepareCommit", "PrepareEpochFence", "PrepareAbort"})
ABORTED = frozenset({UNDER_WAY, "PrepareEpochFence", "PrepareAbort", "CompleteAbort"})
"""States of a transaction by the end that it has or gets: what is under way is aborted as its task is taken over."""
TIMEOUTS_MS = {True: 600_001, False: 600_002}
"""The timeouts of transactions that only write markers, of a commit and of an abort. The coordinator tells them: so whoever comes between knows what this one is,
and which end is being written, and finishes it instead of aborting it. Long, so that the coordinator does not abort it either."""
ENDS_BY_TIMEOUT_MS = {timeout_ms: committed for committed, timeout_ms in TIMEOUTS_MS.items()}

BEGUN_S_MAX = 2.0
"""So long whoever comes between waits for one that has said which end it writes, and has not begun to."""


class _Last(NamedTuple):
    """What the coordinator says of a transactional id."""

    state: str
    timeout_ms: int
    producer_id: int
    producer_epoch: int


# aiokafka ships no types; the names are as it names what Kafka's protocol calls so.
class DescribeTransactionsResponse_v0(Response):  # type: ignore[misc]  # noqa: N801
    """KIP-664: the state of each transactional id."""

    API_KEY = 65
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "transaction_states",
            CompactArray(
                ("error_code", Int16),
                ("transactional_id", CompactString("utf-8")),
                ("transaction_state", CompactString("utf-8")),
                ("transaction_timeout_ms", Int32),
                ("transaction_start_time_ms", Int64),
                ("producer_id", Int64),
                ("producer_epoch", Int16),
                (
                    "topics",
                    CompactArray(
                        ("topic", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class DescribeTransactionsRequest_v0(RequestStruct):  # type: ignore[misc]  # noqa: N801
    """Asks about some transactional ids."""

    FLEXIBLE_VERSION = True
    API_KEY = 65
    API_VERSION = 0
    RESPONSE_TYPE = DescribeTransactionsResponse_v0
    SCHEMA = Schema(("transactional_ids", CompactArray(CompactString("utf-8"))), ("tags", TaggedFields))


class DescribeTransactionsRequest(Request[DescribeTransactionsRequest_v0]):  # type: ignore[misc]
    """Asks about one transactional id; aiokafka 0.14 does not know the request."""

    API_KEY = 65

    def __init__(self, transactional_id: str) -> None:
        self._transactional_id = transactional_id

    def build(self, request_struct_class: type[DescribeTransactionsRequest_v0]) -> DescribeTransactionsRequest_v0:
        """Build the request in the version that the broker knows."""
        return request_struct_class([self._transactional_id], {})


class TransactionEnds:
    """Asks the transaction coordinators about the tasks of one service, over the connections of its admin client."""

    def __init__(self, admin: AIOKafkaAdminClient, group: str, settings: MeshSettings) -> None:
        self._admin, self._group = admin, group
        self._timeout_s = settings.request_timeout_ms / 1000

    async def last(self, partition: int) -> bool | None:
        """Tell whether the last transaction of a task was committed; None where its producer has begun anew since."""
        name = self._name(partition)
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._finished(name)
        except TransactionalIdAuthorizationFailed:
            return None  # opening the writer is refused too, and says what is to be done
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the coordinator of {name} does not say how it ended: {error!r}") from error
        if found.timeout_ms in ENDS_BY_TIMEOUT_MS:
            return ENDS_BY_TIMEOUT_MS[found.timeout_ms]
        return True if found.state in COMMITTED else False if found.state in ABORTED else None

    async def _finished(self, name: str) -> _Last:
        """Let markers that somebody else was writing be written first: whoever opens a writer would abort them."""
        found = await self._last(name)
        until_s = time.monotonic() + BEGUN_S_MAX
        while found.timeout_ms in ENDS_BY_TIMEOUT_MS and found.state == NOT_BEGUN and time.monotonic() < until_s:
            await asyncio.sleep(LOOK_S)
            found = await self._last(name)
        if found.timeout_ms in ENDS_BY_TIMEOUT_MS and found.state == UNDER_WAY:
            committed = ENDS_BY_TIMEOUT_MS[found.timeout_ms]
            await self._asked(name, EndTxnRequest(name, found.producer_id, found.producer_epoch, committed))
            found = await self._last(name)
        while found.state in ENDING:
            await asyncio.sleep(LOOK_S)
            found = await self._last(name)
        return found

    async def end(self, partition: int, places: Iterable[Place], *, committed: bool) -> None:
        """Write, in these places and for the group's positions, the marker of a commit or of an abort.

        Fences the producer of the task. `TaskMustRestart` where somebody else has a transaction under way, or it cannot be done.
        """
        name = self._name(partition)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._end(name, places, committed=committed)
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"what {name} left open could not be ended: {error!r}") from error

    async def _end(self, name: str, places: Iterable[Place], *, committed: bool) -> None:
        if (await self._finished(name)).state == UNDER_WAY:
            raise TaskMustRestart(f"somebody else is at work as {name}")
        begun = await self._asked(name, InitProducerIdRequest(name, TIMEOUTS_MS[committed]))
        producer = name, begun.producer_id, begun.producer_epoch
        partitions = defaultdict[str, list[int]](list)
        for topic, number in places:
            partitions[topic].append(number)
        if partitions:
            added = await self._asked(name, AddPartitionsToTxnRequest(*producer, list(partitions.items())))
            for code in (code for _, numbers in added.errors for _, code in numbers):
                _raise_for(code)
        await self._asked(name, AddOffsetsToTxnRequest(*producer, self._group))
        await self._asked(name, EndTxnRequest(*producer, committed))
        await self._finished(name)

    async def _last(self, name: str) -> _Last:
        answer = await self._asked(name, DescribeTransactionsRequest(name))
        ((code, _, state, timeout_ms, _, producer_id, producer_epoch, *_),) = answer.transaction_states
        if code == TRANSACTIONAL_ID_NOT_FOUND:
            return _Last(NOT_BEGUN, 0, 0, 0)
        return _Last(str(state), timeout_ms, producer_id, producer_epoch)

    async def _asked(self, name: str, request: Request[Any]) -> Any:
        """Ask the coordinator; while it is moving, ask again."""
        while True:
            try:
                coordinator = await self._admin.find_coordinator(name, TRANSACTION_COORDINATOR)
                # aiokafka 0.14 asks coordinators of transactions only as the producer that it is itself.
                answer = await self._admin._send_request(request, coordinator)  # noqa: SLF001
                _raise_for(_code(answer))
            except MOVING:
                await asyncio.sleep(LOOK_S)
            else:
                return answer

    def _name(self, partition: int) -> str:
        return f"{self._group}-{partition}"


def _code(answer: Any) -> int:
    """The error of a whole answer, or of the one transactional id that was asked about."""
    if hasattr(answer, "error_code"):
        return int(answer.error_code)
    states = getattr(answer, "transaction_states", None)
    code = int(states[0][0]) if states else NoError.errno
    return NoError.errno if code == TRANSACTIONAL_ID_NOT_FOUND else code


def _raise_for(code: int) -> None:
    if code != NoError.errno:
        raise for_code(code)
