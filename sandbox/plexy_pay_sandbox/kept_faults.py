"""Let faults strike events so that a journal can keep which ones were struck. The faults themselves are not kept."""

from __future__ import annotations

from collections.abc import Collection

from .draws import Draws, Note
from .faults.kinds import Strikes, kind_named
from .faults.rules import Fault, Faults


class KeptFaults(Faults):
    """Hold the faults that are set, and note what each makes of an event.

    Faults that strike requests need no note: they are done before or after the step of the request.

    Args:
        operations: The operations of the document, as `resource.method`.
        events: The events that the sandbox can post.
        draws: Takes the notes.
    """

    def __init__(
        self, operations: Collection[str], events: Collection[str], draws: Draws
    ) -> None:
        super().__init__(operations, events)
        self._draws = draws

    def strike(self, strikes: Strikes, name: str) -> Fault | None:
        """Return the fault that strikes an operation or an event, and count that."""
        strike = super().strike
        if strikes is Strikes.REQUEST:
            return strike(strikes, name)
        note = self._draws.noted(lambda: _note_of(strike(strikes, name)))
        return None if note is None else _fault_of(note, name)


def _note_of(fault: Fault | None) -> Note | None:
    return (
        None if fault is None else {"fault": fault.kind.name, "seconds": fault.seconds}
    )


def _fault_of(note: Note, name: str) -> Fault:
    return Fault(
        id="",
        target=name,
        kind=kind_named(note["fault"]),
        times=1,
        probability=None,
        seed=0,
        seconds=note["seconds"],
    )
