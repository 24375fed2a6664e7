"""The types that a merchant's editor and CI see, by mypy."""

from __future__ import annotations

import pytest
from helpers.checkers import mypy

from .support import Checked, Types, check_everything

#: It reads some 600 files, which takes minutes where other processes want the processor, too.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Return all that mypy finds."""
    return check_everything(tmp_path_factory.mktemp("checked") / "programs", mypy)


class TestMypy(Types):
    """Nothing is wrong but what is meant to be."""
