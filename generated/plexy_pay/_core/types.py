# plexy-pay runtime, written by hand in runtime/_core/types.py; the generator copies it unchanged.
"""Define the types that users of the client meet: UNSET, Response, RequestOptions, Timeout, Timeouts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from .typed_dicts import TypedDict

T = TypeVar("T")

# More seconds than any call takes; with far more the system's own timers fail.
_FOREVER = 1e9

# A key, a sequence of active keys, or a callable that is asked for them again at each request.
ApiKeySource: TypeAlias = str | Sequence[str] | Callable[[], str | Sequence[str]]
AsyncApiKeySource: TypeAlias = (
    ApiKeySource | Callable[[], Awaitable[str | Sequence[str]]]
)


class Unset:
    """Mark a value that is absent. None is different: it is JSON's null."""

    _instance: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # Copies and pickles as the module's global, so that `is UNSET` holds for every copy.

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schemas import unset_schema

        return unset_schema(cls)


UNSET = Unset()


class Timeout(NamedTuple):
    """Limit the duration of a call, in seconds. Every call has a timeout: None is not a value here.

    Args:
        connect: To open the connection, TLS included.
        read: Between two pieces of the response.
        write: Between two pieces of the request.
        pool: To wait for a free connection.
        total: For the whole call with its retries. An async call is stopped then; a sync call ends at the next
            piece of the response's body or before the next attempt.
    """

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 5.0
    total: float = 120.0

    @classmethod
    def of(cls, value: object) -> Timeout | str:
        """Return a timeout, or text that says why the value is not one.

        A number sets the four phases, and the total if it is larger. None gives the default.
        """
        if isinstance(value, (int, float)):
            value = cls(value, value, value, value, max(value, 120.0))
        timeout: Any = cls() if value is None else value
        if isinstance(timeout, cls) and all(
            type(one) in (int, float) and 0 < one < _FOREVER for one in timeout
        ):
            return timeout
        return "timeout is not a number of seconds above zero and below a billion, or a Timeout of such numbers."


class Timeouts(NamedTuple):
    """Limit the duration of calls by their kind. Each limit is a number of seconds or a `Timeout`.

    Args:
        reads: Calls that only read.
        writes: Calls that change something, but move no money, such as making a payment link.
        money: Calls that can move money. They get more time: giving up does not stop the call, and leaves it unknown
            whether the money moved.
    """

    reads: float | Timeout = Timeout()
    writes: float | Timeout = Timeout()
    money: float | Timeout = Timeout(read=80.0)

    @classmethod
    def of(cls, value: object) -> tuple[Timeout, Timeout, Timeout] | str:
        """Return the three timeouts, or text that says why the value is not valid.

        A number or a Timeout applies to every kind. None gives the default.
        """
        whole = cls() if value is None else value
        given: tuple[object, ...] = (
            whole if isinstance(whole, cls) else (whole, whole, whole)
        )
        # Only the whole may be None, not a part of it.
        reads, writes, money = (Timeout.of("" if one is None else one) for one in given)
        if (
            isinstance(reads, Timeout)
            and isinstance(writes, Timeout)
            and isinstance(money, Timeout)
        ):
            return reads, writes, money
        if not isinstance(value, cls):
            numbers = "a number of seconds above zero and below a billion"
            return (
                f"timeout is not {numbers}, or a Timeout or Timeouts of such numbers."
            )
        named = zip(cls._fields, (reads, writes, money), strict=True)
        return next(
            f"timeout.{name}: {problem}"
            for name, problem in named
            if isinstance(problem, str)
        )


class RequestOptions(TypedDict, total=False):
    """Override settings of the client for one call.

    Args:
        timeout: Seconds, or a Timeout.
        max_retries: How often a call is repeated if a second arrival can do no harm.
        extra_headers: Additional headers. Those that the client sets (Authorization, Host, ...) are refused.
        extra_body: Additional fields of the JSON body, by their names in the API, where the body may have more than the
            documented ones.
        api_key: Another key for this call, in any form that the client accepts.
    """

    timeout: float | Timeout
    max_retries: int
    extra_headers: Mapping[str, str]
    extra_body: Mapping[str, object]
    api_key: AsyncApiKeySource


class Headers(Mapping[str, str]):
    """Hold response headers. Names match in any case; a repeated header is joined by commas. The repr hides values."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            found.setdefault(name.lower(), []).append(value)
        self._values = {name: ", ".join(values) for name, values in found.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Response(Generic[T]):
    """Represent a response of the API: the raw data, and the parsed result.

    Args:
        status_code: The HTTP status.
        headers: The response headers; names in any case.
        content: The body, decompressed.
        parsed: The body as a model.
        request_id: The API's id of the request, for support; None if it sent none.
        elapsed: The duration of the whole call in seconds, retries and waiting included.
        attempts: The number of requests that were sent.
        idempotency_key: The key that every attempt carried, if the call has one.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    parsed: T
    request_id: str | None
    elapsed: float
    attempts: int
    idempotency_key: str | None = None

    def __repr__(self) -> str:
        return f"<Response {self.status_code} parsed={self.parsed!r} request_id={self.request_id!r}>"
