"""The command `plexy-sandbox`: serve the sandbox, and control one that runs."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
