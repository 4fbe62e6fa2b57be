"""`python -m services.arrears` runs the service."""

from services.arrears.worker import main

if __name__ == "__main__":
    main()
