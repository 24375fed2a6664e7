"""Check the form of `x-reconcile`: what it has to say, and that the names in it are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..diagnostics import meant
from ..document import Pointer, mapping, sequence
from .api import Field, Operation
from .query import listed_values
from .reader import Reader

_EXTENSION = "x-reconcile"
_KEYS = (
    "operation",
    "by",
    "fields",
    "amount",
    "made",
    "found",
    "status",
    "ended",
    "absent",
    "whole",
    "original",
    "absence",
)
_LIST_ONLY = frozenset(("made", "absence"))
_ONE_ONLY = frozenset(("ended", "absent", "whole", "original"))
_FIELDS = ("amount", "made", "original", "status")
_STATES = ("found", "ended", "absent")


def check_recipe(reader: Reader, operation: Operation) -> None:
    """Note an operation that moves money and has no recipe of the right form, and a recipe where none belongs."""
    value = reader.at(operation.origin.pointer)
    place = (*operation.origin.pointer, _EXTENSION)
    extension = mapping(value.get(_EXTENSION))
    if value.get("x-moves-money") is False and _EXTENSION in value:
        message = f"{operation.title} moves no money, so there is nothing to reconcile"
        reader.flawed(place, message, "remove `x-reconcile`")
    has_one_way = ("look-ups" in extension) != ("none" in extension)
    is_resolved = isinstance(extension.get("check"), str) and has_one_way
    if operation.moves_money and not is_resolved:
        reader.flawed(
            place,
            f"{operation.title} moves money and does not say how its unknown outcomes are resolved",
            "write `x-reconcile:` with `check:` for a person, and `look-ups:` or, with the reason, `none:`",
        )


class LookUpChecker:
    """Check one look-up of an operation that moves money.

    Args:
        reader: The reader of the document.
        place: The place of the look-up.
        extension: The value of the extension.
    """

    def __init__(
        self, reader: Reader, place: Pointer, extension: dict[str, Any]
    ) -> None:
        self._reader = reader
        self._place = place
        self._extension = extension

    def check_keys(self, operation: Operation) -> None:
        """Note a key that nobody reads, and a fact that the operation has not."""
        for key in self._extension:
            if key not in _KEYS:
                message = f"the look-up has the unknown key {key!r}"
                self._flawed(key, message, meant(key, _KEYS, f"use {', '.join(_KEYS)}"))
        by, facts = self._extension.get("by"), operation.facts.keys() - {"amount"}
        if str(by) not in facts:
            message = (
                f"the look-up goes by {by!r}, which is no fact of {operation.title}"
            )
            self._flawed(
                "by",
                message,
                meant(by, facts, "name one of `x-call-facts`, or idempotency_key"),
            )

    def check_target(self, target: Operation, known: Mapping[str, Field]) -> None:
        """Note keys without a meaning for the operation that is asked, and names that it does not show.

        Args:
            target: The operation.
            known: The fields of what it shows.
        """
        is_list = target.pagination is not None
        shown = "a list" if is_list else "one thing"
        for key in sorted(
            self._extension.keys() & (_ONE_ONLY if is_list else _LIST_ONLY)
        ):
            message = f"{key!r} has no meaning for a look-up that gives {shown}"
            self._flawed(key, message, "remove it")
        fields = sequence(self._extension.get("fields"))
        if not fields:
            message = "the look-up does not say in which property the fact comes back"
            self._flawed("fields", message, "write `fields:` with at least one")
        for name in fields:
            self._check_name("fields", str(name), target, known)
        for key in _FIELDS:
            if key in self._extension:
                self._check_name(key, str(self._extension[key]), target, known)
        self._check_states(known.get(status_of(self._extension)))

    def _check_name(
        self, key: str, name: str, target: Operation, known: Mapping[str, Field]
    ) -> None:
        if name not in known:
            message = f"the look-up names {name!r}, which is no property of what {target.title} shows"
            self._flawed(key, message, meant(name, known, "correct the name"))

    def _check_states(self, status: Field | None) -> None:
        known = [] if status is None else listed_values(status.type)
        for key in _STATES:
            for state in sequence(self._extension.get(key)):
                if state not in known:
                    message = (
                        f"the look-up names the status {state!r}, which is not known"
                    )
                    fix = "name a value of the enum of `status`, in its canonical spelling"
                    self._reader.flawed(
                        self._place, message, meant(state, map(str, known), fix)
                    )

    def _flawed(self, key: str, message: str, fix: str) -> None:
        self._reader.flawed((*self._place, key), message, fix)


def deciding_properties(look_up: dict[str, Any]) -> list[str]:
    """Return the properties that decide what a look-up of `x-reconcile` proves."""
    names = [str(name) for name in sequence(look_up.get("fields"))]
    if look_up.get("absence") is True:
        # A list proves by what it does not show: no status is read then, but how far back its rows reach.
        if "made" in look_up:
            names.append(str(look_up["made"]))
        return names
    # Of several fields in which one thing may carry the fact, only the first proves that something did not happen.
    names = names[:1]
    if any(look_up.get(key) for key in _STATES):
        names.append(status_of(look_up))
    return names


def status_of(look_up: dict[str, Any]) -> str:
    """Return the property with the state of what a look-up of `x-reconcile` shows."""
    return str(look_up.get("status", "status"))
