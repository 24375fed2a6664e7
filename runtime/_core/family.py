# plexy-pay runtime, written by hand in runtime/_core/family.py; the generator copies it unchanged.
"""What a family of operations has of its own, and what clients are told besides. The values are in `_families`.

Plain classes: start-up loads this module, and `dataclasses` takes longer than all of it.
"""

from __future__ import annotations


class Family:
    """A family of operations: its key, its header and its origins. It never uses what belongs to another.

    Args:
        argument: The argument of the clients that takes the key.
        variable: The environment variable that stands for the key.
        header: The header that carries the raw key.
        origins: The origin for each environment; none where the API's documents name none.
        base_url: The argument that takes its origin. That of the main family is `base_url`, which stands for every
            family without an origin of its own.
    """

    __slots__ = ("argument", "base_url", "header", "origins", "variable")

    argument: str
    variable: str
    header: str
    origins: dict[str, str]
    base_url: str

    def __init__(
        self,
        *,
        argument: str,
        variable: str,
        header: str,
        origins: dict[str, str],
        base_url: str = "base_url",
    ) -> None:
        self.argument = argument
        self.variable = variable
        self.header = header
        self.origins = origins
        self.base_url = base_url


class Setting:
    """What a client is told for some operations.

    Args:
        variable: The environment variable that stands for it where it is not given; empty if there is none.
        is_date: Whether it is a date in the form YYYY-MM-DD.
    """

    __slots__ = ("is_date", "variable")

    variable: str
    is_date: bool

    def __init__(self, *, variable: str = "", is_date: bool = False) -> None:
        self.variable = variable
        self.is_date = is_date
