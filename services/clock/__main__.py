"""`python -m services.clock`."""

from services.clock.worker import main

if __name__ == "__main__":
    main()
