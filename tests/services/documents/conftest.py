"""One typesetter for all tests of documents: it reads its fonts once."""

import pytest

from services.documents.typesetting import Typesetter


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    """The templates and fonts that are shipped."""
    return Typesetter()
