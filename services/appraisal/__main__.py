"""`python -m services.appraisal` runs the service."""

from services.appraisal.worker import main

if __name__ == "__main__":
    main()
