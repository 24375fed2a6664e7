# plexy-pay runtime, written by hand in runtime/_core/retries.py; the generator copies it unchanged.
"""Decide how long a call waits before it is sent again."""

from __future__ import annotations

import time

LONGEST_WAIT = 60.0
_ABSURD = 86_400.0
_FIRST, _MOST = 0.5, 8.0


class Pace:
    """Hold a client's clocks, dice and sleep in one place, so that tests can bring their own."""

    def monotonic(self) -> float:
        """Return the seconds of a clock that never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def random(self) -> float:
        """Return a random number from 0 to 1."""
        from random import random

        return random()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait, and let other tasks go on."""
        from asyncio import sleep

        await sleep(seconds)


def retry_after(value: str, now: float) -> float | None:
    """Return the seconds that a Retry-After asks for: a number of seconds or an HTTP date.

    It is None for a value that cannot be read, for a date in the past, and for more than a day.
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
    """Return the seconds, rounded up to three decimals: waiting that long is always enough."""
    rounded = round(seconds, 3)
    return rounded if rounded >= seconds else round(rounded + 0.001, 3)


def delay(retries: int, asked: float | None, pace: Pace) -> float:
    """Return how long to wait: the time that the API asked for, capped, else full-jitter exponential backoff."""
    return (
        pace.random() * min(_MOST, _FIRST * 2.0**retries)
        if asked is None
        else min(asked, LONGEST_WAIT)
    )
