"""How much is tried: `make test` takes minutes, `make test-all` hours."""

import os

import pytest

IS_ALL = bool(os.environ.get("SHEBAO_TEST_ALL"))
"""Asked for by `make test-all`."""
heavy = pytest.mark.skipif(not IS_ALL, reason="takes long: part of make test-all")
