"""`python -m services.page.store`: feed the page's store."""

from services.page.store.worker import main

if __name__ == "__main__":
    main()
