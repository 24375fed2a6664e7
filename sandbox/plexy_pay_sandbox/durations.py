"""Read durations as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def seconds_of(text: str) -> Decimal:
    """Return the seconds of a duration such as `90`, `15m`, `1h` or `5d`.

    Raises:
        ValueError: if it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError("write a duration such as 90, 15m, 1h or 5d")
    number, unit = found.groups()
    return Decimal(number) * _SECONDS.get(unit, 1)
