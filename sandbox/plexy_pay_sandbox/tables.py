"""Rows in the order in which they came, and indexes that find them without looking at the others.

`Table` alone writes: whatever adds, changes or removes a row does it there, and the indexes follow. So an index never
says something else than a look at all rows would.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, TypeVar, overload

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)
_Indexed = TypeVar("_Indexed", contravariant=True)


class NewestFirst(Sequence[Row]):
    """Rows from the last that came to the first, as they are at the moment: copied is only what is asked for.

    Args:
        rows: The rows by their numbers.
        numbers: The numbers of those that are shown, in ascending order.
    """

    def __init__(self, rows: Mapping[int, Row], numbers: Sequence[int]) -> None:
        self._rows = rows
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return self._rows[self._numbers[-1 - place]]


class Index(Protocol[_Indexed]):
    """An index over the rows of a table."""

    def enter(self, number: int, row: _Indexed) -> None:
        """Take a row in."""
        ...

    def leave(self, number: int) -> None:
        """Forget a row, however it has changed since it was taken in."""
        ...


class Groups(Generic[Row, Key]):
    """The rows of a table by keys. `Table.grouped` makes it.

    Args:
        rows: The rows by their numbers.
        keys_of: Gives the keys under which a row is found: none, one or several.
    """

    def __init__(
        self, rows: Mapping[int, Row], keys_of: Callable[[Row], Iterable[Key]]
    ) -> None:
        self._rows = rows
        self._keys_of = keys_of
        self._keys: dict[int, tuple[Key, ...]] = {}
        self._numbers: dict[Key, list[int]] = {}

    def of(self, key: Key) -> NewestFirst[Row]:
        """Return the rows with a key, the newest first."""
        return NewestFirst(self._rows, self._numbers.get(key, ()))

    def latest(self, key: Key) -> Row | None:
        """Return the newest row with a key, or None if there is none."""
        numbers = self._numbers.get(key)
        return self._rows[numbers[-1]] if numbers else None

    def enter(self, number: int, row: Row) -> None:
        """Take a row in."""
        keys = self._keys[number] = tuple(self._keys_of(row))
        for key in keys:
            insort(self._numbers.setdefault(key, []), number)

    def leave(self, number: int) -> None:
        """Forget a row."""
        for key in self._keys.pop(number):
            numbers = self._numbers[key]
            _remove(numbers, number)
            if not numbers:
                del self._numbers[key]


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows have a key, and their amounts together."""

    count: int = 0
    amount: Decimal | int = 0


class Totals(Generic[Row, Key]):
    """How many rows of a table have a key, and their amounts together. `Table.totalled` makes it.

    Args:
        key_of: Gives the key of a row.
        amount_of: Gives the amount of a row.
    """

    def __init__(
        self, key_of: Callable[[Row], Key], amount_of: Callable[[Row], Decimal | int]
    ) -> None:
        self._key_of = key_of
        self._amount_of = amount_of
        self._parts: dict[int, tuple[Key, Decimal | int]] = {}
        self._totals: dict[Key, Total] = {}

    def of(self, key: Key) -> Total:
        """Return the total of a key."""
        return self._totals.get(key, Total())

    def all(self) -> Mapping[Key, Total]:
        """Return the total of each key that there is."""
        return dict(self._totals)

    def enter(self, number: int, row: Row) -> None:
        """Add a row."""
        key, amount = self._key_of(row), self._amount_of(row)
        self._parts[number] = key, amount
        total = self.of(key)
        self._totals[key] = Total(total.count + 1, total.amount + amount)

    def leave(self, number: int) -> None:
        """Take a row off."""
        key, amount = self._parts.pop(number)
        total = self._totals.pop(key)
        if total.count > 1:
            self._totals[key] = Total(total.count - 1, total.amount - amount)


class Table(Generic[Row]):
    """Rows by their ids, in the order in which they came.

    The indexes are made before the first row is added.
    """

    def __init__(self) -> None:
        self._counter = itertools.count()
        self._numbers: dict[str, int] = {}
        self._rows: dict[int, Row] = {}
        self._order: list[int] = []
        self._indexes: list[Index[Row]] = []

    def grouped(self, keys_of: Callable[[Row], Iterable[Key]]) -> Groups[Row, Key]:
        """Make an index of the rows by keys."""
        groups = Groups(self._rows, keys_of)
        self._indexes.append(groups)
        return groups

    def totalled(
        self, key_of: Callable[[Row], Key], amount_of: Callable[[Row], Decimal | int]
    ) -> Totals[Row, Key]:
        """Make an index of the amounts of the rows by a key."""
        totals = Totals(key_of, amount_of)
        self._indexes.append(totals)
        return totals

    # --- reading --------------------------------------------------------------------------------------------

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._numbers

    def get(self, row_id: str) -> Row | None:
        """Return the row with an id, or None if there is none."""
        number = self._numbers.get(row_id)
        return None if number is None else self._rows[number]

    def all(self) -> NewestFirst[Row]:
        """Return all rows, the newest first."""
        return NewestFirst(self._rows, self._order)

    # --- writing --------------------------------------------------------------------------------------------

    def add(self, row_id: str, row: Row) -> None:
        """Add a row behind all others, under a new id."""
        if row_id in self._numbers:
            raise ValueError(f"there is a row {row_id}")
        number = self._numbers[row_id] = next(self._counter)
        self._order.append(number)
        self._rows[number] = row
        self._enter(number)

    @contextmanager
    def changing(self, row_id: str) -> Generator[None]:
        """Change the row with an id within a `with` block; the indexes do not know it before the end of the block."""
        number = self._numbers[row_id]
        self._leave(number)
        try:
            yield
        finally:
            self._enter(number)

    def replace(self, row_id: str, row: Row) -> None:
        """Put another row at the place of the one with this id."""
        with self.changing(row_id):
            self._rows[self._numbers[row_id]] = row

    def remove(self, row_id: str) -> Row:
        """Remove the row with an id, and return it."""
        number = self._numbers.pop(row_id)
        self._leave(number)
        _remove(self._order, number)
        return self._rows.pop(number)

    def _enter(self, number: int) -> None:
        for index in self._indexes:
            index.enter(number, self._rows[number])

    def _leave(self, number: int) -> None:
        for index in self._indexes:
            index.leave(number)


def _remove(numbers: list[int], number: int) -> None:
    """Remove a number from a list in ascending order, without looking at the others."""
    del numbers[bisect_left(numbers, number)]
