"""`python -m tests.harness.arrears_worker`: the arrears service alone, without the effect shell of its documents."""

from services.arrears.worker import SERVICE
from services.runtime import worker

if __name__ == "__main__":
    worker.main((SERVICE,))
