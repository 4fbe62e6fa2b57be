"""`python -m tests.harness.hasty_notifications_worker`: the notifications worker, looking up at once.

The real one lets 80 s pass before it asks what became of an attempt it did not make itself, in case its maker still
lives. Start this one only where every other worker has ended.
"""

from services.notifications.worker import main
from services.runtime import effect_runner

if __name__ == "__main__":
    effect_runner.ATTEMPTS_OVER_AFTER_S = 0.0
    main()
