"""Ports of this machine: which are free, and whose they are."""

import socket
from collections.abc import Mapping

from services.sandbox.errors import PortInUseError, SandboxError
from services.sandbox.loopback import LOOPBACK

PORT_MAX = 65535


def refuse_taken_ports(name: str, ports: Mapping[str, int]) -> None:
    """Raise `PortInUseError` when somebody else listens; `ports` maps the setting's name to its port."""
    for setting, port in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError as error:
                raise PortInUseError(
                    f"{name} needs port {port} on {LOOPBACK}, which another program holds: end that program "
                    f"or choose another port in SHEBAO_SANDBOX_{setting.upper()}."
                ) from error


def free_port(neighbours: int = 0) -> int:
    """A port that nobody holds now, with as many free ones behind it."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port + neighbours <= PORT_MAX and all(_is_free(port + step) for step in range(1, neighbours + 1)):
            return port
    raise SandboxError(f"No free port was found on {LOOPBACK}.")


def _is_free(port: int) -> bool:
    """Tell whether a server could listen: a port may also be taken by somebody's outgoing connection."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
