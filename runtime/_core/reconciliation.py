# plexy-pay runtime, written by hand in runtime/_core/reconciliation.py; the generator copies it unchanged.
"""Look up the outcome of calls whose outcome is unknown, and state no more than the look-ups prove.

`Asking.rounds` yields generators without input or output. Each generator yields the requests of look-ups and takes
their responses, or the errors that replaced them. Both clients run several generators side by side. Look-ups only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ..errors import ConfigurationError, InvalidParameterError, PlexyError
from . import hints as _hints
from .keys import ApiKey, KeyRing
from .list_scan import Reading, Steps, ask, failed, read
from .operation import Request
from .options import masked
from .recipes import Listing, One
from .references import Reference
from .retries import in_milliseconds
from .saved_calls import SavedCall, fingerprints
from .types import RequestOptions, Timeouts, Unset

if TYPE_CHECKING:
    from asyncio import Semaphore

    from .base_client import AsyncClient, SyncClient
    from .settings import Settings

Progress: TypeAlias = Callable[[int, int], object]
"""A function that takes the number of settled calls and the number of all calls."""

CLOCK_SKEW = 300.0
"""The number of seconds by which the API's clock may differ from the caller's."""
MARGIN = 60.0
"""The number of seconds beyond the longest timeout for which a call counts as running."""
SIDE_BY_SIDE = 10
"""The largest number of simultaneous look-ups."""
_PROOF = frozenset(("documented", "observed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """Represent a call whose payment, or whose effect on a payment, a look-up shows. Read the status of the payment.

    The payment may still be unpaid. For a change of a payment, an earlier call may have had the same effect, unless the
    client saw the response.

    Args:
        transaction: The payment, as the look-up shows it.
        by: The operation that found the payment, such as `transactions.list`.
        evidence: The evidence that this look-up exists in this form: `documented`, `observed` or less.
    """

    transaction: _hints.Shown
    by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExecuted:
    """Represent a call without effect: a reliable look-up shows all payments, but not this one. Calling again is safe.

    Args:
        by: The operation that proves it, such as `transactions.list`.
        evidence: The evidence for the look-up: `documented` or `observed`.
    """

    by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """Represent a call whose outcome is still unknown. Do not call again; ask again later, or let a person look.

    Args:
        reason: Why the outcome is unknown.
        check: What a person can check.
        retry_after: The number of seconds after which another look-up may decide; None if waiting does not help.
        retry_at: The same as a time, for a job that asks again.
    """

    reason: str
    check: str
    retry_after: float | None = None
    retry_at: datetime | None = None


Reconciliation: TypeAlias = Executed | NotExecuted | Undetermined
"""The three results of a reconciliation."""


class Asking:
    """Hold the saved calls that a client looks up.

    Attributes:
        families: The families of the look-ups' operations. Pass each family's keys to `use` before the rounds.
        total: The number of calls.
        settled: The number of calls without further look-ups.

    Raises:
        InvalidParameterError: if the saved data do not describe a call, or the age is not a number or too small.
        ConfigurationError: if the client has another origin, environment or agent than a call.
    """

    def __init__(
        self,
        settings: Settings,
        saved_calls: Iterable[Mapping[str, object]],
        min_age: float | None,
        key_rotated: bool,
    ) -> None:
        pace = settings.pace
        age, self._now = _age(settings, min_age), pace.time()
        self._key_rotated = key_rotated
        self._cases = [
            _Case(SavedCall.read(saved, settings.recipes()), age, self._now)
            for saved in saved_calls
        ]
        for case in self._cases:
            _check_books(settings, case.call)
        self.families: set[str] = {
            case.call.recipe.family for case in self._cases if case.call.recipe.looks
        }
        self.total: int = len(self._cases)
        self.settled: int = 0
        self._rings: dict[str, KeyRing] = {}
        self._known: dict[str, set[str]] = {}

    def use(self, family: str, ring: KeyRing, keys: tuple[ApiKey, ...]) -> None:
        """Set the keys for the operations of this family, as the ring returned them."""
        self._rings[family] = ring.pinned(keys)
        self._known[family] = fingerprints(keys)

    def options(self, request: Request[Any]) -> RequestOptions:
        """Return the options of a look-up, with exactly the keys that were compared."""
        ring: Any = self._rings[request.operation.family]
        return cast("RequestOptions", masked({"api_key": ring}))

    def rounds(self) -> Iterator[list[Steps[int]]]:
        """Yield the look-ups that may run side by side: first those of single payments, then the lists.

        Each generator returns the number of calls that need no further look-up.
        """
        asked = [
            case
            for case in self._cases
            if case.call.recipe.looks and self._is_ours(case)
        ]
        yield [_look_up(case) for case in asked]
        searches = [
            search for case in asked if (search := case.to_search()) is not None
        ]
        self.settled = self.total - len(searches)
        by_list: dict[str, list[_Search]] = {}
        for search in searches:
            by_list.setdefault(search.look.call, []).append(search)
        yield [_search(together) for together in by_list.values()]

    def tell(self, settled: int, progress: Progress | None) -> None:
        """Count settled calls, and report the progress to the caller."""
        self.settled += settled
        if settled and progress is not None:
            progress(self.settled, self.total)

    def results(self) -> list[Reconciliation]:
        """Return the results, in the order of the calls."""
        return [case.result() for case in self._cases]

    def _is_ours(self, case: _Case) -> bool:
        if self._key_rotated or self._known[case.call.recipe.family] & case.call.keys:
            return True
        case.doubt(
            "the client has none of the keys of the call, so it may belong to another merchant"
        )
        case.check = (
            "Ask with a client that has one of the keys of the call. If this client belongs to the same merchant, and "
            "the key was rotated since, pass key_rotated=True."
        )
        return False


def _age(settings: Settings, given: float | None) -> float:
    """Return the age in seconds after which a call counts as arrived or lost."""
    usual = Timeouts.of(None)
    assert not isinstance(usual, str)
    # A client's short timeouts do not make the API any faster, so the usual ones count as well.
    longest = [max(timeout) for timeout in settings.timeouts]
    longest += [max(timeout) for timeout in usual]
    safe = max(longest) + MARGIN
    if given is None:
        return safe
    if not 0 <= given < float("inf"):
        raise InvalidParameterError(
            "min_age is not a number of seconds from 0. Nothing was sent."
        )
    # No money moves in the test environment, so a test there need not wait.
    if given < safe and settings.environment != "test":
        raise InvalidParameterError(
            f"min_age is less than {safe:g} seconds. Nothing was sent. A call that is not listed by then may still be "
            "carried out, and calling again might pay twice. Leave min_age out, or pass a larger one; only a client "
            "with environment='test' takes a smaller one."
        )
    return given


def _check_books(settings: Settings, call: SavedCall) -> None:
    """Check that the client asks the origin, environment and agent of the call.

    Raises:
        ConfigurationError: if it asks elsewhere, because other lists prove nothing about the call.
    """
    recipe = call.recipe
    mine = {
        name: str(value)
        for name, value in settings.path_values(recipe.settings).items()
    }
    mine["origin"] = settings.family(recipe.family)[1].text
    mine["environment"] = settings.environment
    for name, theirs in call.books.items():
        if mine[name] != theirs:
            raise ConfigurationError(
                f"{call.operation} was called with the {name} {theirs}, but this client has {mine[name]}: its lists "
                f"prove nothing about the call. Nothing was sent. Ask with a client that has the same {name}."
            )


class _Case:
    """Hold one saved call, and everything known about it so far."""

    def __init__(self, call: SavedCall, min_age: float, now: float) -> None:
        self.call = call
        self.check = call.recipe.check
        self.verdict: Executed | NotExecuted | None = None
        self._now, self._min_age = now, min_age
        self._to_wait = None if call.ended_by is None else call.ended_by + min_age - now
        self._reasons = [call.recipe.none] if call.recipe.none else []
        self._retry_after: float | None = None
        # Whether a look-up showed anything that may belong to the call. Then the call is not absent.
        self._seen = False
        # Whether the call changes a payment. An earlier call may have left the payment in the same state.
        self._changes_payment = any(one.by == "id" for one in call.recipe.ones)
        # Whether the order reference belongs to the call itself.
        self._own = all(one.original is None for one in call.recipe.ones)

    @property
    def is_over(self) -> bool:
        """Return whether no part of the call can still be on its way."""
        return self._to_wait is not None and self._to_wait <= 0

    def take(self, look: One[Any], reference: str, response: Any) -> None:
        """Judge the response of a look-up of one payment."""
        if isinstance(response, PlexyError):
            return self.doubt(failed(look.call, response), response.retry_after)
        self._seen = True
        values, status = look.fields(response), _canonical(look.status(response))
        if reference not in values:
            return self.doubt(
                f"{look.call} returned another payment than the requested one"
            )
        if look.original is not None:
            self._own = self._is_another(look.original(response))
        fits = self._fits(look.amount(response), whole=look.whole)
        is_found = status in look.found and fits
        if is_found or (status in look.ended and self.is_over):
            self._confirm(look, response)
        elif status in look.ended:
            self.doubt(
                f"{look.call} shows it as {status!r}, but the call may still run",
                self._to_wait,
            )
        elif (
            status in look.absent
            and values[0] == reference
            and (self.call.amount is None or not look.whole)
        ):
            self.deny(look)
        else:
            self.doubt(
                f"{look.call} shows it as {status!r}, which does not decide the outcome of this call"
            )
        return None

    def _is_another(self, original: object) -> bool:
        """Return whether the payment's own reference is known and differs from the call's."""
        ours = Reference.of(self.call.references.get("order_reference", ""))
        return (
            isinstance(original, str)
            and bool(original)
            and Reference.of(original).whole not in ("", ours.whole)
        )

    def to_search(self) -> _Search | None:
        """Return the list to search if the outcome is still unknown; None if there is nothing to search."""
        listing = self.call.recipe.listing
        reference = self.call.references.get(listing.by) if listing else None
        if listing is None or reference is None or self.verdict is not None:
            return None
        if not self._own:
            self.doubt(
                "the order reference may belong to another call, so it identifies nothing"
            )
            return None
        return _Search(self, listing, reference)

    def search(self, look: Listing[Any, Any], reference: str, reading: Reading) -> None:
        """Judge the rows of a list."""
        rows = reading.rows(reference)
        if len(rows) > 1:
            self.doubt(
                f"{look.call} shows {len(rows)} rows with {reference!r}, and any of them may belong to the call"
            )
        elif rows:
            self._take_row(look, reference, rows[0], reading)
        elif reading.other_spelling(reference):
            self.doubt(f"{look.call} shows another spelling of {reference!r}")
        elif reading.problem:
            self.doubt(
                f"{look.call} was not read to its end: {reading.problem}",
                reading.retry_after,
            )
        elif not look.absence:
            self.doubt(
                f"{look.call} does not show it, which proves nothing: the list may be incomplete"
            )
        elif not self._seen:
            self._deny_row(look, reference, reading)

    def _take_row(
        self, look: Listing[Any, Any], reference: str, row: Any, reading: Reading
    ) -> None:
        """Judge the only row with the reference."""
        what = f"{look.call} shows {reference!r}"
        if not self._fits(look.amount(row), whole=False):
            self.doubt(f"{what} with another amount")
        elif look.repeats and not self._is_recent(
            look.made(row), whole_list=not reading.problem
        ):
            self.doubt(f"{what}, but it may be an older attempt")
        elif not self.tells(look, row) and not self.is_over:
            what = f"{what} as {_canonical(look.status(row))!r}"
            self.doubt(
                f"{what}, but it may be an older attempt while the call still runs",
                self._to_wait,
            )
        elif not self.tells(look, row) and not (look.absence and reading.is_confirmed):
            what = f"{what} as {_canonical(look.status(row))!r}"
            self.doubt(
                f"{what}, but it may be an older attempt, because the list may be incomplete"
            )
        else:
            self._confirm(look, row)

    def _confirm(self, look: One[Any] | Listing[Any, Any], row: Any) -> None:
        """Record that the call was executed, unless the API refused to change the payment."""
        if self.call.refused_with and self._changes_payment:
            status = _canonical(look.status(row))
            self.doubt(
                f"{look.call} shows it as {status!r}, but the API refused this call with {self.call.refused_with}, "
                "so an earlier call may have done it"
            )
        else:
            self.verdict = Executed(
                transaction=row, by=look.call, evidence=look.evidence
            )

    def _deny_row(
        self, look: Listing[Any, Any], reference: str, reading: Reading
    ) -> None:
        """Judge the absence of the reference from a list."""
        if not self.is_over or look.evidence not in _PROOF:
            return self.deny(look)
        assert self.call.sent_at is not None
        assert self.call.ended_by is not None
        earliest = self.call.sent_at - CLOCK_SKEW
        latest = self.call.ended_by + self._min_age + CLOCK_SKEW
        if reading.may_show(reference, earliest, latest):
            self.doubt(
                f"{look.call} shows a row of that time whose reference may be an altered form of {reference!r}"
            )
        elif not reading.reaches(earliest):
            self.doubt(
                f"{look.call} shows no row older than the call, so it may not reach back that far"
            )
        elif not reading.is_confirmed:
            self.doubt(f"{look.call} was read only once")
        else:
            self.deny(look)
        return None

    def tells(self, look: Listing[Any, Any], row: Any) -> bool:
        """Return whether the state of a row alone proves that the call was carried out."""
        return not look.found or _canonical(look.status(row)) in look.found

    def deny(self, look: One[Any] | Listing[Any, Any]) -> None:
        """Record that the call was not carried out, if that is proved and no part of it can still be on its way."""
        if look.evidence not in _PROOF:
            self.doubt(
                f"{look.call} does not show it, which proves nothing: this look-up is {look.evidence}"
            )
        elif self._to_wait is None:
            self.doubt(
                f"{look.call} does not show it, but the end of the call is unknown: it may still be on its way"
            )
        elif self._to_wait > 0:
            self.doubt(
                f"{look.call} does not show it yet, but it may still be on its way",
                self._to_wait,
            )
        else:
            self.verdict = NotExecuted(by=look.call, evidence=look.evidence)

    def doubt(self, reason: str, retry_after: float | None = None) -> None:
        """Record a reason why the outcome is unknown."""
        self._reasons.append(reason)
        if retry_after is not None:
            self._retry_after = retry_after

    def result(self) -> Reconciliation:
        """Return the proved outcome, or the reasons why it is unknown."""
        reason = "; ".join(self._reasons)
        if not reason:
            reason = "the call carried nothing that identifies it"
        after, moment = self._retry_after, None
        if after is not None:
            after = in_milliseconds(after)
            # A time after the end of the calendar has no datetime.
            with suppress(OverflowError, ValueError, OSError):
                moment = datetime.fromtimestamp(self._now + after, UTC)
        return self.verdict or Undetermined(
            reason=f"{reason.rstrip('.')}.",
            check=self.check,
            retry_after=after,
            retry_at=moment,
        )

    def _fits(self, shown: object, *, whole: bool) -> bool:
        """Return whether the shown amount is the call's. With `whole`, both amounts must be known."""
        amount = self.call.amount
        if amount is None:
            return True
        if isinstance(amount, Unset) or not isinstance(shown, (int, Decimal)):
            return not whole
        return amount == shown

    def _is_recent(self, made: object, *, whole_list: bool) -> bool:
        """Return whether the time of a row fits this call."""
        if self.call.sent_at is None:
            return whole_list
        # An incomplete reading may show the row of an older attempt and miss the call's own row.
        earliest = self.call.sent_at - (CLOCK_SKEW if whole_list else 0.0)
        return isinstance(made, datetime) and made.timestamp() >= earliest


@dataclass(frozen=True, slots=True)
class _Search:
    """Represent the search for one call in a list."""

    case: _Case
    look: Listing[Any, Any]
    reference: str

    def needs_proof(self, reading: Reading) -> bool:
        """Return whether a second reading of the list could decide about the call."""
        if not self.look.absence or reading.problem or not self.case.is_over:
            return False
        rows = reading.rows(self.reference)
        return len(rows) < 2 and not any(
            self.case.tells(self.look, row) for row in rows
        )


def _look_up(case: _Case) -> Steps[int]:
    """Look up the payment itself, in each possible way."""
    for one in case.call.recipe.ones:
        reference = case.call.references.get(one.by)
        if reference and case.verdict is None:
            case.take(one, reference, (yield from ask(one.request(reference))))
    return 0 if case.verdict is None else 1


def _search(searches: list[_Search]) -> Steps[int]:
    """Read a list once for all calls that need it, and a second time if that can prove something."""
    look, wanted = searches[0].look, {search.reference for search in searches}
    reading = yield from read(look, wanted)
    if any(search.needs_proof(reading) for search in searches):
        reading.confirm((yield from read(look, wanted)))
    for search in searches:
        search.case.search(search.look, search.reference, reading)
    return len(searches)


def _canonical(state: object) -> str:
    return str(getattr(state, "canonical", state))


def drive(
    client: SyncClient,
    saved_calls: Iterable[Mapping[str, object]],
    min_age: float | None,
    key_rotated: bool,
    progress: Progress | None = None,
) -> list[Reconciliation]:
    """Run the look-ups with a sync client, on threads if there are several."""
    settings = client._settings  # pyright: ignore[reportPrivateUsage]
    asking = Asking(settings, saved_calls, min_age, key_rotated)
    for family in asking.families:
        ring = settings.ring(family)
        asking.use(family, ring, ring.keys())
    for look_ups in asking.rounds():
        for settled in _side_by_side(client, asking, look_ups):
            asking.tell(settled, progress)
    return asking.results()


def _side_by_side(
    client: SyncClient, asking: Asking, look_ups: list[Steps[int]]
) -> Iterator[int]:
    if len(look_ups) < 2:
        yield from (_run(client, asking, steps) for steps in look_ups)
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed
    from contextvars import copy_context

    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(look_ups))) as pool:
        made = [
            pool.submit(copy_context().run, _run, client, asking, steps)
            for steps in look_ups
        ]
        try:
            yield from (one.result() for one in as_completed(made))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run(client: SyncClient, asking: Asking, steps: Steps[int]) -> int:
    response: Any = None
    while True:
        try:
            request = steps.send(response)
        except StopIteration as end:
            settled: int = end.value
            return settled
        try:
            response = client.execute(request, asking.options(request)).parsed
        except PlexyError as error:
            response = error


async def drive_async(
    client: AsyncClient,
    saved_calls: Iterable[Mapping[str, object]],
    min_age: float | None,
    key_rotated: bool,
    progress: Progress | None = None,
) -> list[Reconciliation]:
    """Run the look-ups with an async client, in tasks."""
    from asyncio import Semaphore, as_completed, create_task

    settings = client._settings  # pyright: ignore[reportPrivateUsage]
    asking = Asking(settings, saved_calls, min_age, key_rotated)
    for family in asking.families:
        ring = settings.ring(family)
        asking.use(family, ring, await ring.keys_async())
    limit = Semaphore(SIDE_BY_SIDE)
    for look_ups in asking.rounds():
        tasks = [
            create_task(_run_async(client, asking, steps, limit)) for steps in look_ups
        ]
        try:
            for done in as_completed(tasks):
                asking.tell(await done, progress)
        finally:
            for task in tasks:
                task.cancel()
    return asking.results()


async def _run_async(
    client: AsyncClient, asking: Asking, steps: Steps[int], limit: Semaphore
) -> int:
    response: Any = None
    async with limit:
        while True:
            try:
                request = steps.send(response)
            except StopIteration as end:
                settled: int = end.value
                return settled
            try:
                response = (
                    await client.execute(request, asking.options(request))
                ).parsed
            except PlexyError as error:
                response = error
