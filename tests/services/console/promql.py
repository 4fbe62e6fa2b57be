"""Prometheus' own tool, where the machine has it, and the names an expression asks for."""

import re
import shutil
import subprocess
from collections.abc import Sequence

import pytest

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not here: install Debian's package prometheus, or put promtool on the PATH"
)
METRIC = re.compile(r"\b(?:shebao|messaging|process)_[a-z_]+[a-z]\b(?!=)")
_NO_METRICS = frozenset({"messaging_consumer_group_name", "messaging_operation_name", "messaging_destination_name"})


def promtool(*arguments: str) -> str:
    """What promtool says; it fails the test where promtool finds fault."""
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def asked_for(expressions: Sequence[str]) -> set[str]:
    """The metrics that expressions name, without what a histogram adds to its name."""
    names = {re.sub("_bucket$", "", name) for text in expressions for name in METRIC.findall(text)}
    return names - _NO_METRICS
