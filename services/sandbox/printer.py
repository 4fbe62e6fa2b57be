"""A card printer that prints nothing: `python -m services.sandbox.printer --port --folder`.

`POST /print-jobs {"job_id": …, …}` "prints" one card a job and answers its `card_serial`, which follows from
the job alone.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from services.sandbox.job_service import JobKind, serve
from services.sandbox.job_store import Answer

# Crockford's alphabet: no letter that is mistaken for a digit on a card.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SERIAL_LENGTH = 12


def card_serial(job_id: str) -> str:
    """The serial printed on the card of this job: `WH` and 12 characters (60 bits)."""
    number = int.from_bytes(hashlib.sha256(f"card:{job_id}".encode()).digest(), "big")
    characters = []
    for _ in range(_SERIAL_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[index])
    return "WH" + "".join(characters)


def print_card(job_id: str) -> Answer:
    """What the printer answers for a job."""
    return {"status": "printed", "card_serial": card_serial(job_id)}


def print_job(job_id: str, request: Mapping[str, Any]) -> Answer:
    """Do one job."""
    return print_card(job_id)


PRINT_JOBS = JobKind(path="print-jobs", id_field="job_id", work=print_job)


if __name__ == "__main__":
    serve(PRINT_JOBS)
