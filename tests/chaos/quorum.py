"""Which broker is the active controller: KRaft tells it to nobody but who asks for the quorum (KIP-595)."""

import asyncio
import json
import struct
from pathlib import Path

from services.sandbox.loopback import LOOPBACK

DESCRIBE_QUORUM, VERSION = 55, 0
TIMEOUT_S = 5.0
_LOG = b"__cluster_metadata"
NO_LEADER = -1


def question() -> bytes:
    """A DescribeQuorum request: header of version 2, one topic, its one partition."""
    header = struct.pack(">hhi", DESCRIBE_QUORUM, VERSION, 1) + struct.pack(">h", 5) + b"chaos" + b"\x00"
    body = b"\x02" + bytes([len(_LOG) + 1]) + _LOG + b"\x02" + struct.pack(">i", 0) + b"\x00\x00\x00"
    return struct.pack(">i", len(header + body)) + header + body


def leader_in(answer: bytes) -> int:
    """The leader named in an answer (without its length); `NO_LEADER` where the broker knows none."""
    error = struct.unpack_from(">h", answer, 5)[0]
    if error:
        return NO_LEADER
    # Behind correlation id, tags and error: one topic with its name, then one partition with its error.
    at = 5 + 2 + 1
    at += 1 + answer[at] - 1 + 1
    _, error, leader = struct.unpack_from(">ihi", answer, at)
    return NO_LEADER if error else int(leader)


async def active_controller(ports: list[int]) -> int:
    """Ask the brokers one after the other; `NO_LEADER` where none knows."""
    for port in ports:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                try:
                    writer.write(question())
                    size = struct.unpack(">i", await reader.readexactly(4))[0]
                    leader = leader_in(await reader.readexactly(size))
                finally:
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            continue
        if leader != NO_LEADER:
            return leader
    return NO_LEADER


def leader_on_disk(folder: Path) -> int:
    """The leader of the newest epoch that a broker wrote down (`quorum-state`); `NO_LEADER` where none has, or knows one."""
    states = [json.loads(path.read_text()) for path in folder.glob("broker-*/__cluster_metadata-0/quorum-state")]
    newest = max(states, key=lambda state: (state["leaderEpoch"], state["leaderId"]), default={"leaderId": NO_LEADER})
    return int(newest["leaderId"])
