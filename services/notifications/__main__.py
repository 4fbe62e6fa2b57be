"""`python -m services.notifications`."""

from services.notifications.worker import main

if __name__ == "__main__":
    main()
