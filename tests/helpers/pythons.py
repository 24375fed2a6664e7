"""The Pythons of this machine, as `./nox` finds them."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

BOOTSTRAP = Path(__file__).parents[2] / "nox"


def bootstrap() -> Any:
    """The script `./nox` as a module."""
    loader = SourceFileLoader("nox_bootstrap", str(BOOTSTRAP))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def pythons() -> dict[str, Path]:
    """The interpreter of each supported version that is here, the oldest first."""
    return {version: path for version, (path, _) in bootstrap().interpreters().items()}
