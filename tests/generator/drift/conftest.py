"""The small spec and the command on it, for every test here."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.drifts import Room


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    return Room(tmp_path, capsys)
