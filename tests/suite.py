"""Every test: those that need the machine's attention one after the other, the others in what they leave of it.

Run by `make test`. On the broker most of the time goes by in waiting: for servers to start, for a group to notice that a
member is gone. The tests without a broker are calculation alone and have no hurry: they run beside, side by side, at a
lower priority, and their report is printed when both are done. Tests that wait for a server or a browser are the
foreground: their waits have bounds, which must not run out because something else was busy.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

SERVERS = frozenset({"broker", "browser"})
"""The marks of tests that need something started."""
FOREGROUND = " or ".join(sorted(SERVERS))
BACKGROUND_REPORT = Path("build/test-background.txt")
BACKGROUND_NICENESS = 5
"""Low enough to wait for the others; not so low that it starves while they want all there is: some tests wait for a process."""
LOOK_S = 1
PYTEST = (sys.executable, "-m", "pytest")


def main(arguments: Sequence[str]) -> int:
    """Run both halves, pytest with these arguments in each; 0 if every test of both passed."""
    signal.signal(signal.SIGTERM, _interrupt)
    BACKGROUND_REPORT.parent.mkdir(exist_ok=True)
    with BACKGROUND_REPORT.open("w", encoding="utf-8") as report:
        background = _start_background(report.fileno(), arguments)
    try:
        foreground_status = subprocess.run([*PYTEST, "-m", FOREGROUND, *arguments], check=False).returncode
        _say(f"\nThe tests without servers, which ran beside ({BACKGROUND_REPORT}):\n")
        background_status = _shown_to_its_end(background)
    finally:
        _end(background)
    return foreground_status or background_status


def _start_background(report: int, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the half without servers in a session of its own: Linux weighs sessions before processes (sched(7), autogroup)."""
    command = [*PYTEST, "-m", f"not ({FOREGROUND})", "-n", "auto", "--dist", "worksteal", *arguments]
    background = subprocess.Popen(command, stdout=report, stderr=subprocess.STDOUT, start_new_session=True)
    os.setpriority(os.PRIO_PROCESS, background.pid, BACKGROUND_NICENESS)
    autogroup = Path(f"/proc/{background.pid}/autogroup")
    if autogroup.exists():
        autogroup.write_text(str(BACKGROUND_NICENESS), encoding="ascii")
    return background


def _shown_to_its_end(background: subprocess.Popen[bytes]) -> int:
    """Print what the half without servers has reported and goes on to report; gives its exit status."""
    with BACKGROUND_REPORT.open(encoding="utf-8") as report:
        while background.poll() is None:
            _say(report.read())
            time.sleep(LOOK_S)
        _say(report.read())
    return background.returncode


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(background: subprocess.Popen[bytes]) -> None:
    """Leave nothing running behind: its lanes are in its session."""
    if background.poll() is None:
        os.killpg(background.pid, signal.SIGTERM)
        background.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
