"""`python -m services.cards`: the cards worker."""

from services.cards.worker import main

if __name__ == "__main__":
    main()
