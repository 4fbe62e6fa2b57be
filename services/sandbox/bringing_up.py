"""Bringing up one server: started unless it runs, waited for, and told of as what it was."""

from collections.abc import Awaitable, Callable, Mapping

from services.sandbox.ports import refuse_taken_ports
from services.sandbox.processes import Daemon
from services.sandbox.progress import Phase, Progress, ProgressCallback


async def bring_up(
    daemon: Daemon,
    ports: Mapping[str, int],
    is_ready: Callable[[], Awaitable[bool]],
    timeout_s: float,
    progress: ProgressCallback,
) -> None:
    """Start a server unless it runs, and return when it answers; `ports`: those it listens on, by the names of their settings.

    `SandboxError` where it runs with other settings, where somebody else holds a port, or where it does not answer in time.
    """
    ran = daemon.is_running()
    if ran:
        daemon.refuse_other_configuration()
    else:
        progress(Progress(daemon.name, Phase.STARTING))
        refuse_taken_ports(daemon.name, ports)
        daemon.start()
    await daemon.wait_ready(is_ready, timeout_s)
    progress(Progress(daemon.name, Phase.RUNNING if ran else Phase.READY, 1.0))
