"""The API that the reference describes, and its pages."""

from __future__ import annotations

import pytest

from generator import pipeline
from generator.model.api import Api
from generator.reference import pages


@pytest.fixture(scope="session")
def api() -> Api:
    """The API of spec/."""
    return pipeline.describe().model.api


@pytest.fixture(scope="session")
def reference(api: Api) -> dict[str, str]:
    """The pages of the reference by their paths."""
    return pages(api)
