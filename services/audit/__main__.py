"""`python -m services.audit`."""

from services.audit.worker import main

if __name__ == "__main__":
    main()
