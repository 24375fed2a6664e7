"""The sandbox's time: a clock that can be moved ahead, and what is due at which moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class Clock:
    """The sandbox's time: a source of real time, and how far it has been moved ahead.

    Args:
        source: Gives the present moment, with a time zone.
    """

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self._ahead = timedelta()
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """Return the present moment of the sandbox, in UTC."""
        return (self.real_now() + self._ahead).astimezone(UTC)

    def real_now(self) -> datetime:
        """Return the moment outside of the sandbox, in UTC: no matter how far its time was moved ahead."""
        moment = self._source() if self._stopped_at is None else self._stopped_at
        return moment.astimezone(UTC)

    @contextmanager
    def stopped(self, at: datetime | None = None) -> Generator[datetime]:
        """Stop the real time within a `with` block, and give the moment; None stops it at the present one."""
        self._stopped_at = self.real_now() if at is None else at
        try:
            yield self._stopped_at
        finally:
            self._stopped_at = None

    @property
    def ahead(self) -> timedelta:
        """Return how far it has been moved ahead."""
        return self._ahead

    def advance(self, by: timedelta) -> None:
        """Move the time ahead.

        Raises:
            ValueError: if that would move it back, or beyond the calendar.
        """
        if by < timedelta():
            raise ValueError("the clock only moves ahead")
        try:
            ahead = self._ahead + by
            # A year of room, so that what is due later can still be computed.
            _ = self.real_now() + ahead + timedelta(days=366)
        except OverflowError:
            raise ValueError("that is beyond the end of the calendar") from None
        self._ahead = ahead

    def reset(self) -> None:
        """Return to the real time."""
        self._ahead = timedelta()


class Timeline:
    """The clock, and the things that happen by themselves at their time.

    Args:
        clock: The time of the sandbox.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._planned = 0

    def at(self, due: datetime, happen: Callable[[datetime], None]) -> None:
        """Plan something; of two things at one moment the one planned first happens first."""
        self._planned += 1
        heapq.heappush(self._agenda, (due, self._planned, happen))

    def is_due(self) -> bool:
        """Return whether something has become due that has not happened yet."""
        return bool(self._agenda) and self._agenda[0][0] <= self._clock.now()

    def settle(self) -> datetime:
        """Let everything happen that has become due, in the order of time, and return the present moment."""
        now = self._clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            due, _, happen = heapq.heappop(self._agenda)
            happen(due)
        return now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock ahead, let happen what becomes due, and return the new time.

        Raises:
            ValueError: if that would move it back, or beyond the calendar.
        """
        self._clock.advance(by)
        return self.settle()

    def reset(self) -> None:
        """Forget what was planned and return to the real time."""
        self._clock.reset()
        self._agenda.clear()
