"""Give each step what its rules cannot work out: new ids, what was read of a card, and which fault struck an event.

A step is one request, or what happens by itself at its time. All ids of a step come from its seed, so that the seed is
enough to draw them once more. What else cannot be found out once more is noted: the key that reads encrypted cards ends
with the process, what payers type is not kept, and neither are faults.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

_SIZE: Final = 16

Note = Mapping[str, Any]
"""What was found out, in JSON."""


class Draws:
    """Draw ids, and take notes, for the step that is being taken."""

    def __init__(self) -> None:
        self.begin()

    @property
    def seed(self) -> bytes:
        """Return what the ids of the step come from."""
        return self._seed

    @property
    def notes(self) -> Mapping[int, Note]:
        """Return the notes of the step, by the number of the question that each has an answer to."""
        return self._notes

    @property
    def used(self) -> bool:
        """Return whether the step has drawn or noted something."""
        return bool(self._drawn or self._notes)

    def begin(self) -> None:
        """Begin a step."""
        self._begin(os.urandom(_SIZE), None)

    def resume(self, seed: bytes, notes: Mapping[int, Note]) -> None:
        """Begin a step that was taken before: it draws and finds the same."""
        self._begin(seed, notes)

    def new_id(self) -> UUID:
        """Return the next id of the step."""
        self._drawn += 1
        number = self._drawn.to_bytes(4, "big")
        drawn = blake2b(number, key=self._seed, digest_size=_SIZE).digest()
        return UUID(bytes=drawn, version=4)

    def noted(self, find: Callable[[], Note | None]) -> Note | None:
        """Return what is found; in a step that was taken before, what was found then. None, nothing, is not noted."""
        self._asked += 1
        note = find() if self._known is None else self._known.get(self._asked)
        if note is not None:
            self._notes[self._asked] = note
        return note

    def _begin(self, seed: bytes, known: Mapping[int, Note] | None) -> None:
        self._seed = seed
        self._known = known
        self._drawn = 0
        self._asked = 0
        self._notes: dict[int, Note] = {}
