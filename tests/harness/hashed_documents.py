"""Sets a document of each template in a process of its own and prints what they are: another process must set them alike.

`python -m tests.harness.hashed_documents > tests/services/documents/releases.json` writes down what a new release sets.
"""

import hashlib
import json
import sys

from services.documents.typesetting import Typesetter
from tests.services.documents.samples import EVERY_TEMPLATE, set_as_asked


def hashes(typesetter: Typesetter, *, from_the_end: bool = False) -> dict[str, dict[str, str]]:
    """Give the hash of each template's sample document under the release that set it."""
    names = sorted(EVERY_TEMPLATE, reverse=from_the_end)
    made = {name: set_as_asked(typesetter, EVERY_TEMPLATE[name]) for name in names}
    return {name: {made[name].template_release: hashlib.sha256(made[name].pdf).hexdigest()} for name in sorted(names)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(hashes(Typesetter(), from_the_end="--from-the-end" in sys.argv), indent=2) + "\n")
