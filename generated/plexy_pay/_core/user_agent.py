# plexy-pay runtime, written by hand in runtime/_core/user_agent.py; the generator copies it unchanged.
"""Write the client's User-Agent: facts that support needs about a caller, and nothing personal."""

from __future__ import annotations

import sys

from .._version import __version__
from .http_libraries import HTTPX


def user_agent(library: str | None, suffix: str | None) -> str:
    """Return a User-Agent such as `plexy-pay-python/1.0.0 (Python 3.13.0; httpx 0.28.1; linux) shop/2.1`.

    Args:
        library: The HTTP library of the caller's own client, with its version; None for the package's own.
        suffix: The caller's text about the program.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    named = f"plexy-pay-python/{__version__} (Python {python}; {library or HTTPX.name}; {sys.platform})"
    return f"{named} {suffix}" if suffix else named


def suffix_problem(suffix: object) -> str | None:
    """Return the problem with a `user_agent_suffix`; None if there is none."""
    if (
        isinstance(suffix, str)
        and 0 < len(suffix) <= 200
        and suffix == suffix.strip()
        and suffix.isascii()
        and suffix.isprintable()
    ):
        return None
    return "user_agent_suffix is not visible ASCII text of 1 to 200 characters, such as 'acme-shop/1.2'."
