"""Starts workers again that ended by a fault, as whoever runs them in earnest does: they are crash-only."""

from collections import Counter
from collections.abc import Iterable

from services.runtime.ending import EXIT_WILL_NOT_START
from services.sandbox.processes import Daemon

STARTS_AGAIN_MAX = 5
"""So often one worker is started again before people are told that it does not stay."""


class Keeping:
    """Looks after daemons that this very process started; those that somebody stops, be it from another terminal, are let be."""

    def __init__(self, daemons: Iterable[Daemon]) -> None:
        self._daemons = tuple(daemons)
        self._started_again = Counter[str]()

    def start_again_what_ended(self) -> None:
        """Start again whatever ended by itself. `StartError` where one says that it will not start, or ends again and again."""
        for daemon in self._daemons:
            code = daemon.exit_code()
            if code is None:
                continue
            if code == EXIT_WILL_NOT_START:
                raise daemon.start_error("will not start")
            if self._started_again[daemon.name] == STARTS_AGAIN_MAX:
                raise daemon.start_error(f"ended {STARTS_AGAIN_MAX + 1} times")
            self._started_again[daemon.name] += 1
            daemon.start()
