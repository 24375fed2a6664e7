# plexy-pay runtime, written by hand in runtime/_core/saved_calls.py; the generator copies it unchanged.
"""Define the plain data of a call for a later look-up: its facts, its end, and the merchant's books it belongs to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ..errors import ApiError, InvalidParameterError, PlexyError
from .encoding import encode_datetime, is_mapping, without_unset
from .idempotency import idempotency_key
from .keys import ApiKey, KeyRing
from .money import Money, amount_parameter, wire_amount
from .operation import fact_text
from .options import masked
from .recipes import Recipe, recipe_of
from .typed_dicts import TypedDict
from .types import UNSET, RequestOptions, Unset

if TYPE_CHECKING:
    from .flow import Call
    from .settings import Settings

Saved: TypeAlias = dict[str, str | None]

_LABEL = b"the key of a saved call"
_FINGERPRINT = 16
"""The number of hexadecimal digits kept of a key's HMAC: enough to tell keys apart."""

#: Statuses with which the API itself refuses a call, though they prove nothing: a gateway has others.
_REFUSING = (409, 500)


class CallFacts(TypedDict, total=False):
    """Hold the facts of a call that `save_call` takes.

    Args:
        order_reference: The order reference that the call carries.
        idempotency_key: The idempotency key that the call carries, whatever the parameter is called.
        id: The id in the call: that of the payment or the transaction.
        amount: The amount as it is passed to the call; None if the call leaves it out.
    """

    order_reference: str | Unset | None
    idempotency_key: str | Unset
    id: str | Unset
    amount: Money | int | Decimal | Unset | None


class Draft:
    """Hold a call that is about to be made. `ring` holds the keys of the call.

    Raises:
        InvalidParameterError: if the operation moves no money, has no such fact, or lacks a fact that the look-up
            needs.
        ConfigurationError: if the client cannot make such a call.
    """

    ring: KeyRing

    def __init__(
        self,
        settings: Settings,
        operation: str,
        facts: CallFacts,
        sent_at: datetime | None,
        options: RequestOptions | None,
    ) -> None:
        recipe = recipe_of(operation, settings.recipes())
        given = _facts(operation, recipe, facts)
        asked = masked(options)
        if "api_key" in asked:
            self.ring = KeyRing.of(asked.get("api_key"))
        else:
            self.ring = settings.ring(recipe.family)
        problem = asked.problem() or self.ring.problem
        if problem:
            raise InvalidParameterError(f"{operation}: {problem} Nothing was saved.")
        timeout = asked.timeout() or settings.timeouts[-1]
        moment = sent_at or datetime.fromtimestamp(settings.pace.time(), UTC)
        self._saved: Saved = {"operation": operation}
        self._saved |= {name: fact_text(value) for name, value in given.items()}
        # The last attempt may begin shortly before the total timeout, and use the whole timeout of each phase.
        self._saved |= _times(moment, longest=sum(timeout))
        self._settings, self._recipe = settings, recipe

    def saved(self, keys: Iterable[ApiKey]) -> Saved:
        """Return the plain data."""
        return self._saved | _books(
            self._settings, self._recipe.family, self._recipe.settings, keys
        )


def _facts(operation: str, recipe: Recipe, facts: CallFacts) -> dict[str, Any]:
    given = without_unset(cast("dict[str, Any]", facts))
    unknown = sorted(given.keys() - set(recipe.facts))
    missing = [look.by for look in recipe.looks[:1] if not given.get(look.by)]
    if any(one.whole for one in recipe.ones) and "amount" not in given:
        missing.append("amount, or amount=None for the whole")
    problem = ""
    if unknown:
        problem = f"cannot be looked up by {unknown[0]}"
    elif missing:
        problem = f"needs {missing[0]}"
    if problem:
        usable = "It can be looked up by nothing: leave all facts out."
        if recipe.facts:
            usable = f"It can be looked up by: {', '.join(recipe.facts)}."
        raise InvalidParameterError(
            f"{operation} {problem}. Nothing was saved. {usable}"
        )
    if "idempotency_key" in given:
        given["idempotency_key"] = idempotency_key(given["idempotency_key"], operation)
    if recipe.amount_unit and "amount" in given:
        amount = amount_parameter(given["amount"], recipe.amount_unit, "amount")
        given["amount"] = wire_amount(amount, recipe.amount_unit, "amount")
    return given


def ended_call(call: Call[Any], error: PlexyError) -> Saved:
    """Return the plain data of a call that the client has made and no longer waits for, and that ended in an error."""
    operation, settings = call.request.operation, call.settings
    sent = datetime.fromtimestamp(call.sent_at, UTC)
    saved: Saved = {"operation": operation.call}
    saved |= call.request.facts()
    saved |= _times(sent, longest=max(settings.pace.time() - call.sent_at, 0.0))
    if isinstance(error, ApiError) and error.status in _REFUSING and error.api_message:
        saved["refused_with"] = str(error.status)
    return saved | _books(settings, operation.family, operation.settings, call.keys)


def _times(sent: datetime, longest: float) -> Saved:
    try:
        ended = sent + timedelta(seconds=longest)
    except OverflowError:
        ended = datetime.max.replace(tzinfo=UTC)
    return {"sent_at": encode_datetime(sent), "ended_by": encode_datetime(ended)}


def _books(
    settings: Settings, family: str, names: tuple[str, ...], keys: Iterable[ApiKey]
) -> Saved:
    _, origin = settings.family(family)
    books: Saved = {"origin": origin.text, "environment": settings.environment}
    books |= {name: str(value) for name, value in settings.path_values(names).items()}
    books["key_fingerprints"] = " ".join(sorted(fingerprints(keys)))
    return books


def fingerprints(keys: Iterable[ApiKey]) -> set[str]:
    """Return fingerprints that tell keys apart. A fingerprint cannot be turned back into a key."""
    return {
        hmac.new(_LABEL, key.raw.encode(), hashlib.sha256).hexdigest()[:_FINGERPRINT]
        for key in keys
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCall:
    """Represent a saved call that was read back.

    Args:
        operation: The client's method.
        recipe: The recipe that reconciles the call.
        references: The references that a look-up can use, by name.
        amount: The amount; None for the whole amount, UNSET if unknown.
        sent_at: The time of sending, in seconds since 1970; None if unknown.
        ended_by: The time after which the client neither sends nor waits, in seconds since 1970; None if unknown.
        books: The origin, the environment, and the client settings in the path.
        keys: The fingerprints of the keys that the call may have used.
        refused_with: The status with which the API itself refused the call, though that proves nothing; else empty.
    """

    operation: str
    recipe: Recipe
    references: dict[str, str]
    amount: Decimal | Unset | None
    sent_at: float | None
    ended_by: float | None
    books: dict[str, str]
    keys: frozenset[str]
    refused_with: str

    @classmethod
    def read(cls, saved: object, recipes: Mapping[str, Recipe]) -> SavedCall:
        """Return the call that the saved data describe.

        Raises:
            InvalidParameterError: if the data do not describe a call.
        """
        if not is_mapping(saved):
            raise InvalidParameterError(
                "A saved call must be a mapping. Nothing was sent. Use client.save_call."
            )
        recipe = recipe_of(saved.get("operation"), recipes)
        facts = {name: saved[name] for name in recipe.facts if name in saved}
        names = {look.by for look in recipe.looks}
        for value in facts.values():
            if not isinstance(value, str | None):
                raise InvalidParameterError(
                    "The facts of a saved call must be text. Nothing was sent. Use client.save_call."
                )
        if names and not names & facts.keys():
            raise _lacks(" or ".join(sorted(names)))
        books = ("origin", "environment", *recipe.settings)
        for name in (*books, "key_fingerprints"):
            if not isinstance(saved.get(name), str):
                raise _lacks(name)
        sent, ended = _seconds(saved, "sent_at"), _seconds(saved, "ended_by")
        return cls(
            operation=str(saved["operation"]),
            recipe=recipe,
            references={
                name: str(value)
                for name, value in facts.items()
                if value and name != "amount"
            },
            amount=_amount(facts["amount"]) if "amount" in facts else UNSET,
            sent_at=sent,
            ended_by=None if sent is None or ended is None else max(sent, ended),
            books={name: saved[name] for name in books},
            keys=frozenset(saved["key_fingerprints"].split()),
            refused_with=str(saved.get("refused_with") or ""),
        )


def _lacks(name: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"The saved call has no {name}. Nothing was sent. Use client.save_call."
    )


def _amount(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except ArithmeticError:
        raise InvalidParameterError(
            "The amount of a saved call is not a number. Nothing was sent. Use client.save_call."
        ) from None


def _seconds(saved: Mapping[str, object], name: str) -> float | None:
    text = saved.get(name)
    try:
        moment = None if text is None else datetime.fromisoformat(str(text))
    except ValueError:
        moment = datetime.min
    if moment is not None and moment.tzinfo is None:
        raise InvalidParameterError(
            f"{name} is not an ISO 8601 time with a time zone. Nothing was sent. Use client.save_call."
        )
    return None if moment is None else moment.timestamp()
