# plexy-pay runtime, written by hand in runtime/_core/reconciliation.py; the generator copies it unchanged.
"""What became of a call whose outcome is unknown: it is looked up, and no more is said than what that proves.

`Asking.rounds` gives generators without input or output: each yields the requests of look-ups and takes their
responses, or the errors in their place. Both clients drive them, several side by side. Look-ups only read.
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
"""Is told how many calls are settled, and how many there are in all."""

CLOCK_SKEW = 300.0
"""Seconds by which the API's clock may differ from the caller's."""
MARGIN = 60.0
"""Seconds for which a call counts as running beyond the longest timeout."""
SIDE_BY_SIDE = 10
"""How many look-ups are made at the same time."""
_PROOF = frozenset(("documented", "observed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """The API received the call and knows its payment. That does not say that it is paid: read its status.

    Args:
        transaction: The payment, as the look-up shows it.
        by: The operation that found it, such as `transactions.list`.
        evidence: How sure it is that this look-up exists as it was asked: `documented`, `observed` or less.
    """

    transaction: _hints.Shown
    by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExecuted:
    """The call had no effect: a look-up that is known to be reliable shows all, and not this. It is safe to call again.

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
        retry_at: The same as a moment, for a job that asks again.
    """

    reason: str
    check: str
    retry_after: float | None = None
    retry_at: datetime | None = None


Reconciliation: TypeAlias = Executed | NotExecuted | Undetermined
"""The three results of a reconciliation."""


class Asking:
    """Saved calls that a client asks about.

    Attributes:
        families: The families of operations that are asked. Before the rounds each has to get its keys.
        total: How many calls there are.
        settled: How many of them nothing more is asked about.

    Raises:
        InvalidParameterError: if what was saved is not the data of a call, or the age is none, or too small.
        ConfigurationError: if the client is not one of the same origin, environment and agent.
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
        """Ask the operations of this family with these keys, which the ring gave."""
        self._rings[family] = ring.pinned(keys)
        self._known[family] = fingerprints(keys)

    def options(self, request: Request[Any]) -> RequestOptions:
        """Return the options of a look-up: it is made with the very keys that were compared."""
        ring: Any = self._rings[request.operation.family]
        return cast("RequestOptions", masked({"api_key": ring}))

    def rounds(self) -> Iterator[list[Steps[int]]]:
        """Yield look-ups that may be made side by side: first those of single payments, then the lists.

        Each ends with the number of calls that nothing more is asked about.
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
        names = dict.fromkeys(search.look.call for search in searches)
        yield [
            _search([search for search in searches if search.look.call == name])
            for name in names
        ]

    def tell(self, settled: int, progress: Progress | None) -> None:
        """Count calls that are settled, and tell the caller."""
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
            "the client has none of the keys that the call was made with, so it may be another merchant's"
        )
        case.check = (
            "Ask with a client that has one of the keys of the call. If this one belongs to the same merchant, whose "
            "key was rotated since, say so with key_rotated=True."
        )
        return False


def _age(settings: Settings, given: float | None) -> float:
    """Return the age from which on a call counts as arrived or lost."""
    usual = Timeouts.of(None)
    assert not isinstance(usual, str)
    # A client that is impatient does not make the API any faster.
    safe = max(map(max, (*settings.timeouts, *usual))) + MARGIN
    if given is None:
        return safe
    if not 0 <= given < float("inf"):
        raise InvalidParameterError(
            "min_age is not a number of seconds from 0. Nothing was sent."
        )
    # No money moves in the test environment: there it may be tried out without waiting.
    if given < safe and settings.environment != "test":
        raise InvalidParameterError(
            f"min_age is less than {safe:g} seconds. Nothing was sent. A call that is not listed by then may still be "
            "carried out, and to call again might pay twice. Leave min_age out, or pass a larger one; only a client "
            "with environment='test' takes a smaller one."
        )
    return given


def _check_books(settings: Settings, call: SavedCall) -> None:
    """Raise an error where the client asks elsewhere than the call went: its lists say nothing of the call."""
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
                f"{call.operation} was called with the {name} {theirs}, and this client has {mine[name]}: what it "
                f"lists proves nothing about the call. Nothing was sent. Ask with a client of the same {name}."
            )


class _Case:
    """One saved call, and what is known of it so far."""

    def __init__(self, call: SavedCall, min_age: float, now: float) -> None:
        self.call = call
        self.check = call.recipe.check
        self.verdict: Executed | NotExecuted | None = None
        self._now, self._min_age = now, min_age
        self._to_wait = None if call.ended_by is None else call.ended_by + min_age - now
        self._reasons = [call.recipe.none] if call.recipe.none else []
        self._retry_after: float | None = None
        self._seen = (
            False  # Something was shown that may be the call's: it is not absent.
        )
        # Whether the order reference is the call's own.
        self._own = all(one.original is None for one in call.recipe.ones)

    @property
    def is_over(self) -> bool:
        """Whether nothing of the call can be on its way any more."""
        return self._to_wait is not None and self._to_wait <= 0

    def take(self, look: One[Any], reference: str, response: Any) -> None:
        """Judge the response of a look-up of one payment."""
        if isinstance(response, PlexyError):
            return self.doubt(failed(look.call, response), response.retry_after)
        self._seen = True
        values, status = look.fields(response), _canonical(look.status(response))
        if reference not in values:
            return self.doubt(
                f"{look.call} answered another payment than was asked for"
            )
        if look.original is not None:
            self._own = self._is_another(look.original(response))
        if (
            status in look.found and self._fits(look.amount(response), whole=look.whole)
        ) or (status in look.ended and self.is_over):
            self.verdict = Executed(
                transaction=response, by=look.call, evidence=look.evidence
            )
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
                f"{look.call} shows it as {status!r}, which does not tell what became of this call"
            )
        return None

    def _is_another(self, original: object) -> bool:
        """Whether the payment's own reference is known, and another one than the call's."""
        ours = Reference.of(self.call.references.get("order_reference", ""))
        return (
            isinstance(original, str)
            and bool(original)
            and Reference.of(original).whole not in ("", ours.whole)
        )

    def to_search(self) -> _Search | None:
        """The list to search if nothing is certain yet."""
        listing = self.call.recipe.listing
        reference = self.call.references.get(listing.by) if listing else None
        if listing is None or reference is None or self.verdict is not None:
            return None
        if not self._own:
            self.doubt(
                "the order reference is not known to be this call's own, so nothing can be found by it"
            )
            return None
        return _Search(self, listing, reference)

    def search(self, look: Listing[Any, Any], reference: str, reading: Reading) -> None:
        """Judge what a list shows."""
        rows = reading.rows(reference)
        if len(rows) > 1:
            self.doubt(
                f"{look.call} shows {len(rows)} rows with {reference!r}, and which one it is is not known"
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
                f"{look.call} does not show it, which proves nothing: it may not show all"
            )
        elif not self._seen:
            self._deny_row(look, reference, reading)

    def _take_row(
        self, look: Listing[Any, Any], reference: str, row: Any, reading: Reading
    ) -> None:
        """Judge the only row that has the reference."""
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
                f"{what}, but it may be an older attempt: what the list shows is not all"
            )
        else:
            self.verdict = Executed(
                transaction=row, by=look.call, evidence=look.evidence
            )

    def _deny_row(
        self, look: Listing[Any, Any], reference: str, reading: Reading
    ) -> None:
        """Judge that no row of a list has the reference."""
        if not self.is_over or look.evidence not in _PROOF:
            return self.deny(look)
        assert self.call.sent_at is not None
        assert self.call.ended_by is not None
        earliest = self.call.sent_at - CLOCK_SKEW
        latest = self.call.ended_by + self._min_age + CLOCK_SKEW
        if reading.may_show(reference, earliest, latest):
            self.doubt(
                f"{look.call} shows a row of that time whose reference may be what became of {reference!r}"
            )
        elif not reading.reaches(earliest):
            self.doubt(
                f"{look.call} shows no row that is older than the call, so it may not reach back to it"
            )
        elif not reading.is_confirmed:
            self.doubt(f"{look.call} was read only once")
        else:
            self.deny(look)
        return None

    def tells(self, look: Listing[Any, Any], row: Any) -> bool:
        """Whether the state of a row tells at once that the call was carried out, whoever else may have tried."""
        return not look.found or _canonical(look.status(row)) in look.found

    def deny(self, look: One[Any] | Listing[Any, Any]) -> None:
        """Say that it did not happen, if that is proved and nothing can be on its way any more."""
        if look.evidence not in _PROOF:
            self.doubt(
                f"{look.call} does not show it, which proves nothing: this look-up is {look.evidence}"
            )
        elif self._to_wait is None:
            self.doubt(
                f"{look.call} does not show it, but when the call ended is not known: it may be on its way"
            )
        elif self._to_wait > 0:
            self.doubt(
                f"{look.call} does not show it yet, but it may still be on its way",
                self._to_wait,
            )
        else:
            self.verdict = NotExecuted(by=look.call, evidence=look.evidence)

    def doubt(self, reason: str, retry_after: float | None = None) -> None:
        """Keep a reason why nothing is certain."""
        self._reasons.append(reason)
        self._retry_after = self._retry_after if retry_after is None else retry_after

    def result(self) -> Reconciliation:
        """Return what is proved, or why nothing is certain."""
        reason = (
            "; ".join(self._reasons)
            or "the call carried nothing that it can be found by"
        )
        after, moment = self._retry_after, None
        if after is not None:
            after = in_milliseconds(after)
            with suppress(OverflowError, ValueError, OSError):  # Beyond the calendar.
                moment = datetime.fromtimestamp(self._now + after, UTC)
        return self.verdict or Undetermined(
            reason=f"{reason}.", check=self.check, retry_after=after, retry_at=moment
        )

    def _fits(self, shown: object, *, whole: bool) -> bool:
        """Whether the call's amount is the one that is shown; with `whole`, both must be known."""
        amount = self.call.amount
        if amount is None:
            return True
        if isinstance(amount, Unset) or not isinstance(shown, (int, Decimal)):
            return not whole
        return amount == shown

    def _is_recent(self, made: object, *, whole_list: bool) -> bool:
        """Whether a row was made by this call, going by the time."""
        if self.call.sent_at is None:
            return whole_list
        # A list that was not read to its end may hide the call's own row behind that of an older attempt.
        earliest = self.call.sent_at - (CLOCK_SKEW if whole_list else 0.0)
        return isinstance(made, datetime) and made.timestamp() >= earliest


@dataclass(frozen=True, slots=True)
class _Search:
    """A call that a list is searched for."""

    case: _Case
    look: Listing[Any, Any]
    reference: str

    def needs_proof(self, reading: Reading) -> bool:
        """Whether a second reading of the list could decide about the call."""
        if not self.look.absence or reading.problem or not self.case.is_over:
            return False
        rows = reading.rows(self.reference)
        return len(rows) < 2 and not any(
            self.case.tells(self.look, row) for row in rows
        )


def _look_up(case: _Case) -> Steps[int]:
    """Ask for the payment itself, in each way that there is."""
    for one in case.call.recipe.ones:
        reference = case.call.references.get(one.by)
        if reference and case.verdict is None:
            case.take(one, reference, (yield from ask(one.request(reference))))
    return 0 if case.verdict is None else 1


def _search(searches: list[_Search]) -> Steps[int]:
    """Read a list once for all calls that need it, and once more where that proves something."""
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
    """Make the look-ups with a sync client, on threads where there are several."""
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
    """Make the look-ups with an async client, in tasks."""
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
