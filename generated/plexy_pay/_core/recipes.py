# plexy-pay runtime, written by hand in runtime/_core/recipes.py; the generator copies it unchanged.
"""Define recipes for reconciling operations: the look-ups of a call, and how to read their responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..errors import InvalidParameterError
from .money import Unit
from .operation import Request
from .types import UNSET

RowT = TypeVar("RowT")
PageT = TypeVar("PageT")


@dataclass(slots=True, kw_only=True, eq=False)
class One(Generic[RowT]):
    """Represent a look-up of one payment, and the meaning of the payment's states."""

    call: str
    evidence: str
    by: str  # The fact of the call that the look-up uses.
    request: Callable[[str], Request[RowT]]
    # One of the fields must equal that fact; only the first proves absence.
    fields: Callable[[RowT], tuple[object, ...]]
    status: Callable[[RowT], object]
    found: frozenset[str]  # States that prove the call.
    ended: frozenset[str] = frozenset()  # End states in which no money moved.
    absent: frozenset[str] = frozenset()  # States that the call would have ended.
    whole: bool = False  # Whether the states apply only to calls for the whole amount.
    amount: Callable[[RowT], object] = lambda row: UNSET
    # The order reference of the payment that the call changes.
    original: Callable[[RowT], object] | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Listing(Generic[PageT, RowT]):
    """Represent a look-up that reads a whole list, and how to read its pages and rows."""

    call: str
    evidence: str
    by: str
    # Makes the request of the page with this number and size.
    request: Callable[[int, int], Request[PageT]]
    row: type[RowT]
    rows: Callable[[PageT], object]
    identity: Callable[[RowT], object]
    field: Callable[[RowT], object]
    page: Callable[[PageT], object] = lambda page: UNSET
    size: Callable[[PageT], object] = lambda page: UNSET
    total: Callable[[PageT], object] = lambda page: UNSET
    amount: Callable[[RowT], object] = lambda row: UNSET
    made: Callable[[RowT], object] = lambda row: UNSET  # The time of the row.
    status: Callable[[RowT], object] = lambda row: UNSET
    # States that prove the call at once. If empty, every state does.
    found: frozenset[str] = frozenset()
    absence: bool = False  # Whether the absence of a row can prove anything.
    whole: bool = False  # Whether one response is the whole list, without pages.

    @property
    def repeats(self) -> bool:
        """Return whether an older attempt may have the same fact. An idempotency key belongs to one call."""
        return self.by != "idempotency_key"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """Represent how to reconcile one operation: the facts to save, the look-ups, and the check for a person."""

    family: str
    facts: tuple[str, ...]
    check: str
    settings: tuple[str, ...] = ()  # The client's settings in the operation's path.
    none: str = ""
    amount_unit: Unit | None = None
    ones: tuple[One[Any], ...] = ()
    listing: Listing[Any, Any] | None = None

    @property
    def looks(self) -> tuple[One[Any] | Listing[Any, Any], ...]:
        """Return all look-ups, in order."""
        return self.ones if self.listing is None else (*self.ones, self.listing)


def recipe_of(operation: object, recipes: Mapping[str, Recipe]) -> Recipe:
    """Return the recipe of an operation.

    Raises:
        InvalidParameterError: if it moves no money.
    """
    recipe = recipes.get(operation) if isinstance(operation, str) else None
    if recipe is None:
        raise InvalidParameterError(
            f"{operation!r} is not an operation that moves money. Nothing was sent. "
            f"Name the client's method: {', '.join(sorted(recipes))}."
        )
    return recipe
