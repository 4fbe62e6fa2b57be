"""`python -m tests.harness.counting_worker`: the counting service as a real worker process."""

from services.runtime.worker import main
from tests.harness.counting import COUNTING

if __name__ == "__main__":
    main((COUNTING,))
