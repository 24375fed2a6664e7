"""Define how the command ends."""

from __future__ import annotations

from typing import Final

FAILED: Final = 1
"""The sandbox refused the request, or a check failed."""

UNREACHABLE: Final = 3
"""No sandbox listens at the address. 2 is the exit code of wrong arguments."""


class CommandError(Exception):
    """Raised when a command cannot do its work.

    Args:
        message: What happened, and what to do.
        code: The exit code.
    """

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
