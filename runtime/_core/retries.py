# plexy-pay runtime, written by hand in runtime/_core/retries.py; the generator copies it unchanged.
"""How long a call waits before it is sent again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

LONGEST_WAIT = 60.0
_ABSURD = 86_400.0
_FIRST, _MOST = 0.5, 8.0


class Pace:
    """A client's clocks, dice and sleep in one place, so that tests can bring their own."""

    def __init__(self) -> None:
        self.monotonic: Callable[[], float] = time.monotonic
        self.time: Callable[[], float] = time.time
        self.random: Callable[[], float] = random.random
        self.sleep: Callable[[float], None] = time.sleep

    async def sleep_async(self, seconds: float) -> None:
        """The async twin of `sleep`."""
        from asyncio import sleep

        await sleep(seconds)


def retry_after(value: str, now: float) -> float | None:
    """The seconds that a Retry-After asks for: a number of seconds or an HTTP date.

    None for a value that cannot be read, a date in the past, or more than a day: it tells nothing.
    """
    from email.utils import parsedate_to_datetime

    text = value.strip()
    if not text:
        return None
    try:
        if text.isascii() and text.replace(".", "", 1).isdecimal():
            seconds = float(text)
        else:
            seconds = parsedate_to_datetime(text).timestamp() - now or -1.0
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return in_milliseconds(seconds) if 0 <= seconds <= _ABSURD else None


def in_milliseconds(seconds: float) -> float:
    """Return the seconds with three decimals at most, and never fewer: who waits so long waits long enough."""
    rounded = round(seconds, 3)
    return rounded if rounded >= seconds else round(rounded + 0.001, 3)


def delay(retries: int, asked: float | None, pace: Pace) -> float:
    """How long to wait: what the API asked for, capped, else full-jitter exponential backoff."""
    return (
        pace.random() * min(_MOST, _FIRST * 2.0**retries)
        if asked is None
        else min(asked, LONGEST_WAIT)
    )
