"""`python -m services.monitoring [agents]`."""

from services.monitoring.worker import main

if __name__ == "__main__":
    main()
