"""Numbers from which a story makes keys that no other story has, the same in every run.

What a mesh does may hang on an id: whether a call is taken at once, say. A story that fails fails again.
"""

import hashlib
import os
from collections import Counter

_taken = Counter[str]()


def own_number() -> int:
    """A number of 64 bits of the test that runs now; each time another."""
    test, _, _ = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")  # behind it: set-up, call or tear-down
    _taken[test] += 1
    return int.from_bytes(hashlib.sha256(f"{test}/{_taken[test]}".encode()).digest()[:8])
