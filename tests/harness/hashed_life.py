"""`python -m tests.harness.hashed_life SEED LIVES`: live cases from a seed, print a digest of all decisions and the stages seen.

Run under two hash seeds by `tests/services/arrears/test_whole_life.py`: what hangs on set order shows as another digest.
"""

import hashlib
import json
import sys
from random import Random
from typing import Any

from tests.services.arrears.life import Life
from tests.services.arrears.life_parts import PARTS, live

TURNS_A_LIFE = 45


def lived(seed: int, lives: int, first: int = 0) -> dict[str, Any]:
    """Live so many cases, from the `first` on; give the digest of what was decided, how much that was, every change of stage."""
    digest, steps, changes = hashlib.sha256(), 0, set[tuple[str, str, str]]()
    for number in range(first, first + lives):
        random = Random(f"{seed}-{number}")
        life = Life(random.choice, PARTS)
        for _ in range(TURNS_A_LIFE):
            live(life)
        for step in life.steps:
            digest.update(repr((step.now, step.decision.facts, step.decision.reason)).encode())
        steps += len(life.steps)
        changes |= life.left
    return {"digest": digest.hexdigest(), "steps": steps, "changes": sorted(changes)}


def main() -> None:
    """Live, print."""
    sys.stdout.write(json.dumps(lived(int(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
