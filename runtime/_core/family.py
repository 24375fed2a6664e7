# plexy-pay runtime, written by hand in runtime/_core/family.py; the generator copies it unchanged.
"""Define what a family of operations has of its own, and what clients are told besides. `_families` has the values."""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """Hold the key, the header and the origins of a family of operations. No family uses another's.

    Args:
        argument: The argument of the clients that takes the key.
        variable: The environment variable that stands for the key.
        header: The header that carries the raw key.
        origins: The origin for each environment; none where the API's documents name none.
        base_url: The argument that takes its origin. That of the main family is `base_url`, which stands for every
            family without an origin of its own.
    """

    argument: str
    variable: str
    header: str
    origins: dict[str, str]
    base_url: str = "base_url"


class Setting(NamedTuple):
    """Describe an argument of the clients that only some operations need.

    Args:
        variable: The environment variable that stands for it where it is not given; empty if there is none.
        is_date: Whether it is a date in the form YYYY-MM-DD.
    """

    variable: str = ""
    is_date: bool = False
