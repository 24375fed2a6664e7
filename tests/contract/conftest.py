"""One Prism for the tests that ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers.description import DESCRIPTION
from helpers.prism import running_prism


@pytest.fixture(scope="session")
def prism() -> Iterator[str]:
    with running_prism(DESCRIPTION) as url:
        yield url
