"""The small spec and the command on it, for every test here."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.drifts import Workspace


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    return Workspace(tmp_path, capsys)
