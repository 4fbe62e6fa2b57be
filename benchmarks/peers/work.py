"""The work itself, the same for every peer: the mesh's own contract validates, the follow-up is small JSON.

Imported inside the peers' environments, so it needs pydantic and python-stdnum only.
"""

import argparse
import json

from schemas.contributions import ContributionPaid

PARTITIONS = 12
BATCH_RECORDS = 2_000


def arguments() -> argparse.Namespace:
    """What the benchmark tells a peer: broker, group, topics, folder for local state, guarantee."""
    parser = argparse.ArgumentParser()
    for name in ("bootstrap", "group", "source", "target", "folder", "guarantee"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def validated(value: bytes) -> ContributionPaid:
    """Decode and validate one payment."""
    return ContributionPaid.model_validate_json(value)


def follow_up(paid: ContributionPaid, count: int) -> bytes:
    """Say how many payments of the unit were counted."""
    said = {"unit_code": paid.unit_code, "as_of": paid.occurred_on.isoformat(), "payments": count}
    return json.dumps(said).encode()
