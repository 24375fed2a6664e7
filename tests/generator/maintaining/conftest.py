"""What the tests of a maintainer's mistakes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.maintainers import Maintainer, maintainer


@pytest.fixture(scope="module")
def here(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintainer]:
    """A maintainer with a clone of a small description; each test puts back what it edits."""
    with maintainer(tmp_path_factory.mktemp("maintainer"), kept) as somebody:
        yield somebody
