# plexy-pay runtime, written by hand in runtime/_core/user_agent.py; the generator copies it unchanged.
"""How the client names itself: what support needs to know of a caller, and nothing that is personal."""

from __future__ import annotations

import sys

from .._version import __version__
from .http_libraries import HTTPX


def user_agent(library: str | None, suffix: str | None) -> str:
    """Return a User-Agent such as `plexy-pay-python/1.0.0 (Python 3.13.0; httpx 0.28.1; linux) shop/2.1`.

    Args:
        library: The HTTP library of the caller's own client, with its version; None for that of the package.
        suffix: What the caller says of the program.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    named = f"plexy-pay-python/{__version__} (Python {python}; {library or HTTPX.name}; {sys.platform})"
    return f"{named} {suffix}" if suffix else named


def suffix_problem(suffix: object) -> str | None:
    """Return what is wrong with a `user_agent_suffix`; None if nothing is."""
    if isinstance(suffix, str) and 0 < len(suffix) <= 200 and suffix == suffix.strip():
        plain = suffix.isascii() and suffix.isprintable()
    else:
        plain = False
    advice = "of 1 to 200 characters, such as 'acme-shop/1.2'"
    return None if plain else f"user_agent_suffix is not visible ASCII text {advice}."
