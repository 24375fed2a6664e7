"""The generated modules of which little is left stay sound: each can be imported, and asks for nothing that is gone.

That nothing in them is empty, unused or of unknown type is for the type checkers, in the files beside this one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from helpers.vendored import PARTS, run


@pytest.mark.parametrize("part", PARTS)
def test_all_of_it_can_be_imported(parts: Path, part: str) -> None:
    program = f"import {part}; {part}.preload(); {part}.PlexyPay('pr_1').close()"
    run([sys.executable, "-W", "error", "-c", program], parts)
