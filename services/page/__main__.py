"""`python -m services.page`."""

from services.page.worker import main

if __name__ == "__main__":
    main()
