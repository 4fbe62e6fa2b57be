"""`python -m services.outlets`: the outlets worker."""

from services.outlets.worker import main

if __name__ == "__main__":
    main()
