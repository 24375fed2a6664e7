# plexy-pay runtime, written by hand in runtime/_core/recipes.py; the generator copies it unchanged.
"""How an operation is reconciled: which look-ups there are of its calls, and how their responses are read."""

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
    """A look-up that answers one payment, and which states of it tell something. Found states come first."""

    call: str
    evidence: str
    by: str  # The fact that it is asked with.
    request: Callable[[str], Request[RowT]]
    fields: Callable[
        [RowT], tuple[object, ...]
    ]  # One of them must be that fact; only the first proves absence.
    status: Callable[[RowT], object]
    found: frozenset[str]
    ended: frozenset[str] = frozenset()  # End states in which no money moved.
    absent: frozenset[str] = frozenset()  # States that the call would have ended.
    whole: bool = False  # Whether the states tell only of calls for the whole amount.
    amount: Callable[[RowT], object] = lambda row: UNSET
    original: Callable[[RowT], object] | None = (
        None  # The reference of the payment that the call is about.
    )


@dataclass(slots=True, kw_only=True, eq=False)
class Listing(Generic[PageT, RowT]):
    """A look-up that reads a whole list, and how its pages and rows are read."""

    call: str
    evidence: str
    by: str
    # Of the page with this number and size.
    request: Callable[[int, int], Request[PageT]]
    row: type[RowT]
    rows: Callable[[PageT], object]
    identity: Callable[[RowT], object]
    field: Callable[[RowT], object]
    page: Callable[[PageT], object] = lambda page: UNSET
    size: Callable[[PageT], object] = lambda page: UNSET
    total: Callable[[PageT], object] = lambda page: UNSET
    amount: Callable[[RowT], object] = lambda row: UNSET
    made: Callable[[RowT], object] = lambda row: UNSET  # When a row was made.
    status: Callable[[RowT], object] = lambda row: UNSET
    # States that tell at once; without any, each does.
    found: frozenset[str] = frozenset()
    absence: bool = False
    whole: bool = False  # Whether one response is the whole list: it takes no page.

    @property
    def repeats(self) -> bool:
        """Whether an older attempt may have the same fact. An idempotency key is the call's own."""
        return self.by != "idempotency_key"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """How one operation is reconciled: what to save, whom to ask, and what a person can check."""

    family: str
    facts: tuple[str, ...]
    check: str
    settings: tuple[str, ...] = ()  # The settings of the client that its path has.
    none: str = ""
    amount_unit: Unit | None = None
    ones: tuple[One[Any], ...] = ()
    listing: Listing[Any, Any] | None = None

    @property
    def looks(self) -> tuple[One[Any] | Listing[Any, Any], ...]:
        """All look-ups, in the order in which they are asked."""
        return self.ones if self.listing is None else (*self.ones, self.listing)


def recipe_of(operation: object, recipes: Mapping[str, Recipe]) -> Recipe:
    """Return the recipe of an operation.

    Raises:
        InvalidParameterError: if it moves no money.
    """
    recipe = recipes.get(operation) if isinstance(operation, str) else None
    if recipe is None:
        raise InvalidParameterError(
            f"{operation!r} is no operation that moves money. Nothing was sent. "
            f"Name the client's method: {', '.join(sorted(recipes))}."
        )
    return recipe
