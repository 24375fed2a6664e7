# plexy-pay runtime, written by hand in generator/runtime/reconciling.py; the generator copies it unchanged.
"""What became of a call whose outcome is unknown: it is looked up, and no more is said than what that proves.

`reconcile` is a generator without input or output: it yields the requests of look-ups and takes their answers, or
the errors in their place. Both clients drive it. Look-ups only read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from .encoding import encode_datetime, is_array, without_unset
from .errors import ConfigurationError, InvalidParameterError, PlexyError
from .money import Money, Unit, amount_parameter, wire_amount
from .operation import Request, fact_text
from .retries import Pace
from .types import UNSET, Unset

if TYPE_CHECKING:
    from ._lookups import MoneyOperation, Shown
    from .base_client import AsyncClient, SyncClient

T = TypeVar("T")
RowT = TypeVar("RowT")
PageT = TypeVar("PageT")
Steps: TypeAlias = Generator[Request[Any], Any, T]

MOST_PAGES, PAGE_SIZE = 1000, 50
"""How many pages of a list are read at most, and how many rows are asked for on each."""
CLOCK_SKEW = 300.0
"""Seconds by which the API's clock may be behind the caller's."""
_PROOF = frozenset(("documented", "observed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The API knows the payment. That does not say that it is paid: read its status.

    Args:
        transaction: The payment, as the look-up shows it.
        by: The operation that found it, such as `transactions.list`.
        evidence: How sure it is that this look-up exists as it was asked: `documented`, `observed` or less.
    """

    transaction: Shown
    by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """It did not happen: a look-up that is known to be reliable shows all, and not this. It is safe to call again.

    Args:
        by: The operation that shows it, such as `transactions.list`.
        evidence: How the look-up is known: `documented` or `observed`.
    """

    by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """Nothing is certain. Do not call again; ask again later, or let a person look.

    Args:
        reason: Why nothing is certain.
        check: What a person can check.
        retry_after: Seconds after which asking again may tell more; None if time alone does not help.
    """

    reason: str
    check: str
    retry_after: float | None = None


Reconciliation: TypeAlias = Found | NotFound | Undetermined
"""The three answers."""


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
    absent: frozenset[str] = frozenset()  # States that the call would have ended.
    whole: bool = False  # Whether the states tell only of calls for the whole amount.
    amount: Callable[[RowT], object] = lambda row: UNSET
    original: Callable[[RowT], object] | None = None  # The reference of the payment that the call is about.


@dataclass(slots=True, kw_only=True, eq=False)
class Listing(Generic[PageT, RowT]):
    """A look-up that reads a whole list, and how its pages and rows are read."""

    call: str
    evidence: str
    by: str
    request: Callable[[int, int], Request[PageT]]  # Of the page with this number and size.
    row: type[RowT]
    rows: Callable[[PageT], object]
    identity: Callable[[RowT], object]
    field: Callable[[RowT], object]
    page: Callable[[PageT], object] = lambda page: UNSET
    size: Callable[[PageT], object] = lambda page: UNSET
    total: Callable[[PageT], object] = lambda page: UNSET
    amount: Callable[[RowT], object] = lambda row: UNSET
    made: Callable[[RowT], object] | None = (
        None  # When a row was made, where an older attempt may look alike.
    )
    absence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """How one operation is reconciled: what to save, whom to ask, and what a person can check."""

    facts: tuple[str, ...]
    check: str
    none: str = ""
    amount_unit: Unit | None = None
    ones: tuple[One[Any], ...] = ()
    listing: Listing[Any, Any] | None = None


def save_call(
    operation: MoneyOperation,
    *,
    order_reference: str | Unset | None = UNSET,
    idempotency_key: str | Unset = UNSET,
    id: str | Unset = UNSET,
    amount: Money | int | Decimal | Unset | None = UNSET,
    sent_at: datetime | None = None,
) -> dict[str, str | None]:
    """The plain data of a call to save before it is made, for `client.reconcile` after a crash.

    Args:
        operation: The client's method, such as `direct_payments.create`.
        order_reference: The order reference that the call carries.
        idempotency_key: The key that the call carries, whatever its parameter is called.
        id: The id in the call: of the payment, or of the transaction.
        amount: The amount of the call as it is passed there; None if the call leaves it out.
        sent_at: When the call is made, aware; now, if left out.

    Raises:
        InvalidParameterError: if the operation moves no money, a fact is not one of its, or one is missing without
            which nothing can be looked up.
    """
    recipe = _recipe(operation)
    texts = {"order_reference": order_reference, "idempotency_key": idempotency_key, "id": id}
    given: dict[str, Any] = without_unset({**texts, "amount": amount})
    unknown = sorted(given.keys() - set(recipe.facts))
    needed = [look.by for look in _looks(recipe)[:1]]
    missing = [name for name in needed if not given.get(name)]
    if any(one.whole for one in recipe.ones) and "amount" not in given:
        missing.append("amount, or amount=None for the whole")
    if unknown or missing:
        problem = f"has no {unknown[0]} to look it up by" if unknown else f"needs {missing[0]}"
        raise InvalidParameterError(
            f"{operation} {problem}. Nothing was saved. It has: {', '.join(recipe.facts)}."
        )
    if recipe.amount_unit and "amount" in given:
        amount = amount_parameter(given["amount"], recipe.amount_unit, "amount")
        given["amount"] = wire_amount(amount, recipe.amount_unit, "amount")
    moment = encode_datetime(sent_at or datetime.now(UTC))
    return {
        "operation": operation,
        **{name: fact_text(value) for name, value in given.items()},
        "sent_at": moment,
    }


def reconcile(
    calls: Iterable[Mapping[str, object]], min_age: float, now: float
) -> Steps[list[Reconciliation]]:
    """The answers for saved calls, in their order. Each list is read once for all of them.

    Raises:
        InvalidParameterError: if what was saved is not the data of a call.
        ConfigurationError: if the client cannot be used.
    """
    cases = [_Case(call, min_age, now) for call in calls]
    for case in cases:
        for one in case.recipe.ones:
            reference = case.references.get(one.by)
            if reference and case.verdict is None:
                case.take(one, reference, (yield from _ask(one.request(reference))))
    searches = [(case, *found) for case in cases if (found := case.to_search()) is not None]
    walks: dict[str, _Walk] = {}
    for case, listing, reference in searches:
        if listing.call not in walks:
            wanted = {text for _, other, text in searches if other.call == listing.call}
            walks[listing.call] = yield from _walk(listing, wanted)
        case.search(listing, reference, walks[listing.call])
    return [case.answer() for case in cases]


def _ask(request: Request[Any]) -> Steps[Any]:
    answer: Any = yield replace(request, quiet=True)
    if isinstance(answer, ConfigurationError):
        raise answer
    return answer


class _Case:
    """One saved call, and what is known of it so far."""

    def __init__(self, saved: Mapping[str, object], min_age: float, now: float) -> None:
        self.recipe = recipe = _recipe(saved.get("operation"))
        facts = {name: saved[name] for name in recipe.facts if name in saved}
        keys = {look.by for look in _looks(recipe)}
        if any(value is not None and not isinstance(value, str) for value in facts.values()):
            raise InvalidParameterError(
                "The facts of a saved call are texts. Nothing was sent. Use save_call."
            )
        if keys and not keys & facts.keys():
            wanted = " or ".join(sorted(keys))
            raise InvalidParameterError(f"The saved call has no {wanted}. Nothing was sent. Use save_call.")
        self.references = {name: str(value) for name, value in facts.items() if value and name != "amount"}
        # None: the call was for the whole amount. UNSET: it is not known which amount it was for.
        self.amount = _decimal(facts["amount"]) if "amount" in facts else UNSET
        self.sent_at = _moment(saved.get("sent_at"))
        self.to_wait = None if self.sent_at is None else min_age - (now - self.sent_at)
        self.verdict: Found | NotFound | None = None
        self.reasons = [recipe.none] if recipe.none else []
        self.retry_after: float | None = None
        self.seen = False  # Something was shown that may be the call's: it is not absent.
        # Whether the order reference is the call's own.
        self.own = all(one.original is None for one in recipe.ones)

    def take(self, look: One[Any], reference: str, answer: Any) -> None:
        """Judge the answer of a look-up of one payment."""
        if isinstance(answer, PlexyError):
            return self.doubt(_failed(look.call, answer), answer.retry_after)
        self.seen = True
        values, state = look.fields(answer), look.status(answer)
        status = str(getattr(state, "canonical", state))
        if reference not in values:
            return self.doubt(f"{look.call} answered another payment than was asked for")
        if look.original is not None:
            original = look.original(answer)
            self.own = isinstance(original, str) and original not in (
                "",
                self.references.get("order_reference"),
            )
        if status in look.found and self._fits(look.amount(answer), whole=look.whole):
            self.verdict = Found(transaction=answer, by=look.call, evidence=look.evidence)
        elif status in look.absent and values[0] == reference and (self.amount is None or not look.whole):
            self.deny(look)
        else:
            self.doubt(f"{look.call} shows it as {status!r}, which does not tell what became of this call")

    def to_search(self) -> tuple[Listing[Any, Any], str] | None:
        """The list to search if nothing is certain yet, and what for."""
        listing = self.recipe.listing
        reference = self.references.get(listing.by) if listing else None
        if listing is None or reference is None or self.verdict is not None:
            return None
        if not self.own:
            self.doubt(
                "the order reference is not known to be this call's own, so nothing can be found by it"
            )
            return None
        return listing, reference

    def search(self, look: Listing[Any, Any], reference: str, walk: _Walk) -> None:
        """Judge what a list shows."""
        rows = walk.rows.get(reference, [])
        if len(rows) > 1:
            self.doubt(
                f"{look.call} shows {len(rows)} rows with {reference!r}, and which one it is is not known"
            )
        elif rows and not self._fits(look.amount(rows[0]), whole=False):
            self.doubt(f"{look.call} shows {reference!r} with another amount")
        elif (
            rows
            and look.made is not None
            and not self._recent(look.made(rows[0]), whole_list=not walk.problem)
        ):
            self.doubt(f"{look.call} shows {reference!r}, but it may be an older attempt")
        elif rows:
            self.verdict = Found(transaction=rows[0], by=look.call, evidence=look.evidence)
        elif walk.spellings.get(_folded(reference)):
            self.doubt(f"{look.call} shows another spelling of {reference!r}")
        elif walk.problem:
            self.doubt(f"{look.call} was not read to its end: {walk.problem}", walk.retry_after)
        elif not look.absence:
            self.doubt(f"{look.call} does not show it, which proves nothing: it may not show all")
        elif not self.seen:
            self.deny(look)

    def deny(self, look: One[Any] | Listing[Any, Any]) -> None:
        """Say that it did not happen, if that is proved and nothing can be on its way any more."""
        if look.evidence not in _PROOF:
            self.doubt(f"{look.call} does not show it, which proves nothing: this look-up is {look.evidence}")
        elif self.to_wait is None:
            self.doubt(
                f"{look.call} does not show it, but when it was sent is not known: it may be on its way"
            )
        elif self.to_wait > 0:
            self.doubt(f"{look.call} does not show it yet, but it may still be on its way", self.to_wait)
        else:
            self.verdict = NotFound(by=look.call, evidence=look.evidence)

    def doubt(self, reason: str, retry_after: float | None = None) -> None:
        """Keep a reason why nothing is certain."""
        self.reasons.append(reason)
        self.retry_after = self.retry_after if retry_after is None else retry_after

    def answer(self) -> Reconciliation:
        """What can be said."""
        reason = "; ".join(self.reasons) or "the call carried nothing that it can be found by"
        check, retry_after = self.recipe.check, self.retry_after
        return self.verdict or Undetermined(reason=f"{reason}.", check=check, retry_after=retry_after)

    def _fits(self, shown: object, *, whole: bool) -> bool:
        """Whether the call's amount is the one that is shown; with `whole`, both must be known."""
        if self.amount is None:
            return True
        if isinstance(self.amount, Unset) or not isinstance(shown, (int, Decimal)):
            return not whole
        return self.amount == shown

    def _recent(self, made: object, *, whole_list: bool) -> bool:
        """Whether a row was made by this call, going by the time."""
        if self.sent_at is None:
            return whole_list
        # A list that was not read to its end may hide the call's own row behind that of an older attempt.
        earliest = self.sent_at - (CLOCK_SKEW if whole_list else 0.0)
        return isinstance(made, datetime) and made.timestamp() >= earliest


class _Walk:
    """What a list showed of the references that are looked for."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}
        self.spellings: dict[
            str, set[str]
        ] = {}  # Values that differ from a reference in case or spaces only.
        self.problem = ""  # Why the list is not known as a whole; the first reason.
        self.retry_after: float | None = None


def _walk(look: Listing[Any, Any], wanted: set[str]) -> Steps[_Walk]:
    """Read the list from its first page to its last."""
    walk, folded = _Walk(), {_folded(reference) for reference in wanted}
    seen: set[object] = set()
    count, totals = 0, set[object]()
    for number in range(1, MOST_PAGES + 1):
        answer = yield from _ask(look.request(number, PAGE_SIZE))
        if isinstance(answer, PlexyError):
            walk.problem, walk.retry_after = walk.problem or _failed("a page", answer), answer.retry_after
            return walk
        rows, shown, total = look.rows(answer), look.page(answer), look.total(answer)
        totals.add(total if type(total) is int else None)
        if not is_array(rows) or (type(shown) is int and shown != number):
            walk.problem = walk.problem or f"page {number} is not the list's page {number}"
            return walk
        before = len(seen)
        for row in rows:
            identity, value = (
                (look.identity(row), look.field(row)) if isinstance(row, look.row) else (None, None)
            )
            if not isinstance(identity, (str, int)) or identity in seen:
                walk.problem = walk.problem or "a row has no id, or came twice: the pages moved meanwhile"
                continue
            seen.add(identity)
            if not isinstance(value, str) or not value.strip():
                walk.problem = walk.problem or "a row does not say what it belongs to"
            elif value in wanted:
                walk.rows.setdefault(value, []).append(row)
            elif _folded(value) in folded:
                walk.spellings.setdefault(_folded(value), set()).add(value)
        count += len(rows)
        # A total may be capped or stale: only a page that is not full, or an empty one after it, is the end.
        size = look.size(answer)
        full = min(size, PAGE_SIZE) if type(size) is int else PAGE_SIZE
        if len(seen) == before or (type(total) is int and count >= total and len(rows) < full):
            break
    else:
        walk.problem = walk.problem or f"it has more than {MOST_PAGES} pages"
    if totals != {count}:
        walk.problem = walk.problem or f"{count} rows were read, which is not the total that the list names"
    return walk


def _recipe(operation: object) -> Recipe:
    from ._lookups import RECIPES

    recipe = RECIPES.get(operation) if isinstance(operation, str) else None
    if recipe is None:
        raise InvalidParameterError(
            f"{operation!r} is no operation that moves money. Nothing was sent. "
            f"Name the client's method: {', '.join(sorted(RECIPES))}."
        )
    return recipe


def _looks(recipe: Recipe) -> list[One[Any] | Listing[Any, Any]]:
    return [*recipe.ones, *([recipe.listing] if recipe.listing else [])]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _failed(what: str, error: PlexyError) -> str:
    return f"{what} could not be read ({type(error).__name__}: {error})"


def _decimal(text: object) -> Decimal | None:
    try:
        return None if text is None else Decimal(str(text))
    except ArithmeticError:
        raise InvalidParameterError("The amount of a saved call is no number. Nothing was sent.") from None


def _moment(text: object) -> float | None:
    try:
        moment = None if text is None else datetime.fromisoformat(str(text))
    except ValueError:
        moment = datetime.min
    if moment is not None and moment.tzinfo is None:
        raise InvalidParameterError(
            "sent_at is no ISO 8601 time with a time zone. Nothing was sent. Use save_call."
        )
    return None if moment is None else moment.timestamp()


def begin(
    client: SyncClient | AsyncClient, calls: Iterable[Mapping[str, object]], min_age: float
) -> Steps[list[Reconciliation]]:
    """The steps for a client; an InvalidParameterError for an age that is none."""
    if not 0 <= min_age < float("inf"):
        raise InvalidParameterError("min_age is not a number of seconds from 0. Nothing was sent.")
    pace: Pace = client._settings.pace or Pace()  # pyright: ignore[reportPrivateUsage]
    return reconcile(calls, min_age, pace.time())


def drive(client: SyncClient, steps: Steps[T]) -> T:
    """Carry out the look-ups with a sync client."""
    answer: Any = None
    while True:
        try:
            request = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            answer = client.execute(request).parsed
        except PlexyError as error:
            answer = error


async def drive_async(client: AsyncClient, steps: Steps[T]) -> T:
    """Carry out the look-ups with an async client."""
    answer: Any = None
    while True:
        try:
            request = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            answer = (await client.execute(request)).parsed
        except PlexyError as error:
            answer = error
