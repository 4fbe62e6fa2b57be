"""Ports of this machine: which are free, and whose they are."""

import secrets
import socket
from collections.abc import Mapping

from services.sandbox.errors import PortInUseError, SandboxError
from services.sandbox.loopback import LOOPBACK

FIRST_PORT, HANDED_OUT_FROM = 20_000, 32_768
"""Linux hands out ports from 32768 on, others from 49152 (IANA)."""
TRIES_MAX = 200
_given: set[int] = set()
_mine = range(FIRST_PORT, HANDED_OUT_FROM)


def refuse_taken_ports(name: str, ports: Mapping[str, int]) -> None:
    """Raise `PortInUseError` when somebody else listens; `ports` maps the setting's name to its port."""
    for setting, port in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError as error:
                raise PortInUseError(
                    f"{name} 所需端口 {port}（{LOOPBACK}）已被其他程序占用，请结束该程序，或在 SHEBAO_SANDBOX_{setting.upper()} 中另选端口。",
                    f"{name} needs port {port} on {LOOPBACK}, which another program holds: end that program "
                    f"or choose another port in SHEBAO_SANDBOX_{setting.upper()}.",
                ) from error


def keep_to_share(number: int, count: int) -> None:
    """Let this process take its ports from the `number`th (from 0) of `count` equal shares: those who start servers side by side meet nowhere."""
    global _mine  # noqa: PLW0603 — ports belong to the machine, and a process has one share of them
    size = (HANDED_OUT_FROM - FIRST_PORT) // count
    _mine = range(FIRST_PORT + number * size, FIRST_PORT + (number + 1) * size)


def free_port(neighbours: int = 0) -> int:
    """A port that nobody holds now, with as many free ones behind it; none is given twice by one process.

    Below the range from which systems hand out ports to clients: of those, one that was free a moment ago may have become
    the end of somebody's connection before a server listens on it (seen, once in some twenty brokers).
    """
    for _ in range(TRIES_MAX):
        port = _mine[secrets.randbelow(len(_mine) - neighbours)]
        wanted = set(range(port, port + neighbours + 1))
        if not wanted & _given and all(_is_free(one) for one in wanted):
            _given.update(wanted)
            return port
    raise SandboxError(f"{LOOPBACK} 上没有空闲端口。", f"No free port was found on {LOOPBACK}.")


def _is_free(port: int) -> bool:
    """Tell whether a server could listen: a port may also be taken by somebody's outgoing connection."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
