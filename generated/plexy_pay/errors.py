# plexy-pay runtime, written by hand in runtime/errors.py; the generator copies it unchanged.
"""Define the errors. Each one says what happened, what it means for the money and what to do next.

Every error can be pickled and holds plain data only: no key and no object of the HTTP library. `PlexyError` is the
base of all errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import Any, Self, cast

from ._core import hints as _hints

__all__ = (
    "ApiConnectionError",
    "ApiError",
    "ApiTimeoutError",
    "AuthenticationError",
    "BadGatewayError",
    "BadRequestError",
    "ClientError",
    "ConfigurationError",
    "ConflictError",
    "DeclinedError",
    "DecodingError",
    "GatewayTimeoutError",
    "InferredOperationError",
    "InferredOperationWarning",
    "InternalServerError",
    "InvalidParameterError",
    "NotFoundError",
    "Outcome",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "PlexyError",
    "RateLimitError",
    "RedirectError",
    "RequestRefusedError",
    "RequestTimeoutError",
    "ResponseTooLargeError",
    "ServerError",
    "ServiceUnavailableError",
    "UnexpectedResponseError",
    "UnknownParameterWarning",
    "UnprocessableEntityError",
)

# No response of the API is nested this deep, and Python can still pickle and copy data of this depth.
_DEEPEST = 50


class Outcome(StrEnum):
    """Represent what is known about a call that failed."""

    NOT_SENT = "not_sent"  # No part of the request left; nothing happened.
    REJECTED = "rejected"  # The API responded that it did not carry out the call.
    UNKNOWN = (
        "unknown"  # The API may have carried out the call: look before you call again.
    )


class PlexyError(Exception):
    """Represent any error of this client.

    A pickle or a copy keeps everything except a parsed response nested more than 50 levels deep, because Python may be
    unable to pickle or copy it. `body` keeps the bytes of that response.

    Attributes:
        message: What happened, what it means for the money, what to do next.
        outcome: What is known about the call.
        operation: The client's method, such as `payment_links.create`.
        method: The HTTP method.
        path: The path template, without values.
        status: The HTTP status of the last response, if one came.
        request_id: The API's id of the request, for support.
        idempotency_key: The idempotency key of the call.
        order_reference: The order reference of the call.
        attempts: The number of requests that were sent or tried.
        body: The body of the last response as it arrived, for programs; it may hold personal data.
        retry_after: The number of seconds that the API asked to wait.
    """

    outcome: Outcome = Outcome.NOT_SENT
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    request_id: str | None = None
    idempotency_key: str | None = None
    order_reference: str | None = None
    attempts: int = 0
    body: bytes = b""
    retry_after: float | None = None

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        for name, fact in facts.items():
            setattr(self, name, fact)

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            type(self),
            self.args,
            {name: _portable(fact) for name, fact in vars(self).items()},
        )

    @property
    def message(self) -> str:
        """Return what happened, what it means for the money and what to do next."""
        return str(self)

    def __repr__(self) -> str:
        hidden = {
            "body": f"<{len(self.body)} bytes>",
            "response": "<parsed>",
            "outcome": str(self.outcome),
            "saved_call": "<plain data>",
        }
        known = {
            name: hidden.get(name, fact)
            for name, fact in vars(self).items()
            if fact is not None
        }
        shown = [repr(str(self))]
        shown += [f"{name}={fact!r}" for name, fact in known.items()]
        return f"{type(self).__name__}({', '.join(shown)})"


class ConfigurationError(PlexyError):
    """Raised when the client, its key or its use is not set up correctly. Nothing was sent."""


class InferredOperationError(ConfigurationError):
    """Raised when an operation can move money, but its method or path is only inferred. Nothing was sent."""


class InvalidParameterError(PlexyError, ValueError):
    """Raised when a parameter cannot be sent. Nothing was sent."""


class RequestRefusedError(PlexyError):
    """Raised when a hook, a client or a transport changed the request. Nothing was sent."""


class ApiConnectionError(PlexyError):
    """Raised when no response arrived. `outcome` says whether the request may have reached the API."""


class ApiTimeoutError(ApiConnectionError):
    """Raised when no response arrived in time. `outcome` says whether the request may have reached the API."""


class DecodingError(PlexyError):
    """Raised when the API reports success but the client cannot read the response. The outcome is unknown."""


class ResponseTooLargeError(DecodingError):
    """Raised when the response is larger than `max_response_bytes`. The outcome is unknown."""


class ApiError(PlexyError):
    """Raised when the API responds with a status other than success.

    Attributes:
        code: The API's own error code, as text.
        type: The API's type of error, such as `validationError`.
        source: The part of the API that responded.
        param: The wrong field of the request, if the API names it.
        api_message: The API's own message.
    """

    code: str | None = None
    type: str | None = None
    source: str | None = None
    param: str | None = None
    api_message: str | None = None


class RedirectError(ApiError):
    """Raised on a 3xx status. The client never follows a redirect, because the key belongs to one origin."""


class ClientError(ApiError):
    """Raised on a 4xx status."""


class BadRequestError(ClientError):
    """Raised on status 400."""


class AuthenticationError(ClientError):
    """Raised on status 401: the key is missing, wrong or revoked."""


class PermissionDeniedError(ClientError):
    """Raised on status 403."""


class NotFoundError(ClientError):
    """Raised on status 404."""


class RequestTimeoutError(ClientError):
    """Raised on status 408. The outcome is unknown."""


class ConflictError(ClientError):
    """Raised on status 409."""


class UnprocessableEntityError(ClientError):
    """Raised on status 422."""


class RateLimitError(ClientError):
    """Raised on status 429: too many requests. `retry_after` holds the seconds that the API asked to wait."""


class ServerError(ApiError):
    """Raised on a 5xx status. The outcome is unknown."""


class InternalServerError(ServerError):
    """Raised on status 500. The outcome is unknown."""


class BadGatewayError(ServerError):
    """Raised on status 502. The outcome is unknown."""


class ServiceUnavailableError(ServerError):
    """Raised on status 503. The outcome is unknown."""


class GatewayTimeoutError(ServerError):
    """Raised on status 504. The outcome is unknown."""


class InferredOperationWarning(UserWarning):
    """Warn that the path of an operation is only inferred and may not exist in this form."""


class UnknownParameterWarning(UserWarning):
    """Warn that a key of the request looks like a misspelt parameter name."""


class UnexpectedResponseError(DecodingError):
    """Raised when a successful response lacks what it must say.

    For a call that moves money, the response's `success` is missing, or is neither true nor a refusal. It is unknown
    whether money moved. With `strict=True`, also raised when the response differs from the spec; its status then says
    that the call was carried out.

    Attributes:
        response: The whole response, including the parsed response.
        differences: The differences, each with pointer, kind, expected and seen; never a value.
    """

    response: Any = None
    differences: tuple[Any, ...] = ()


class DeclinedError(PlexyError):
    """Raised when a response says `success: false` or refuses in another form.

    `response` holds the parsed response, or None if it cannot be parsed.
    """

    response: Any = None


class OutcomeUnknownError(PlexyError):
    """Raised when a call that can move money may or may not have been carried out. Do not send it again blindly.

    Attributes:
        cause: The error that left the outcome unknown.
        response: The whole response, if `cause` is an `UnexpectedResponseError`.
        saved_call: The plain data of the call in the form that `client.save_call` returns and `client.reconcile` takes.
        client: The client of the call. It is not shown, pickled or copied.
    """

    __slots__ = ("client",)

    client: _hints.SyncClient | _hints.AsyncClient | None
    cause: PlexyError | None = None
    response: Any = None
    saved_call: dict[str, str | None] = {}  # noqa: RUF012 - plain data, each error has its own

    def __new__(cls, *_: Any, **__: Any) -> Self:
        error = super().__new__(cls)
        error.client = None
        return error

    def reconcile(
        self,
        client: _hints.SyncClient | None = None,
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
    ) -> _hints.Reconciliation:
        """Look up the outcome of the call. Look-ups only read; see `client.reconcile`.

        Args:
            client: The client to ask with, by default the one that made the call. Required after unpickling.
            min_age: The age in seconds, counted from the end of the call, after which the call counts as arrived or
                lost.
            key_rotated: Whether you know that the client belongs to the same merchant although its keys differ.

        Raises:
            ConfigurationError: if no client is known, the client is async, or it asks about another merchant, origin
                or environment than the call's.
        """
        asked: _hints.SyncClient = self._asked(client, is_async=False)
        return asked.reconcile(
            self.saved_call, min_age=min_age, key_rotated=key_rotated
        )

    async def reconcile_async(
        self,
        client: _hints.AsyncClient | None = None,
        *,
        min_age: float | None = None,
        key_rotated: bool = False,
    ) -> _hints.Reconciliation:
        """Do the same as `reconcile`, with an async client."""
        asked: _hints.AsyncClient = self._asked(client, is_async=True)
        return await asked.reconcile(
            self.saved_call, min_age=min_age, key_rotated=key_rotated
        )

    def _asked(self, given: Any, *, is_async: bool) -> Any:
        """Return the client to ask with, if it is sync or async as wanted."""
        client = given or self.client
        if client is None:
            raise ConfigurationError(
                "The error has no client, because a client is never pickled. Nothing was sent. Pass one."
            )
        if getattr(client, "_is_async", None) is not is_async:
            other = "error.reconcile()" if is_async else "await error.reconcile_async()"
            raise ConfigurationError(
                f"The client is a {type(client).__name__}. Nothing was sent. Use {other} with it."
            )
        return client


def missing_parameter(owner: str, name: str) -> InvalidParameterError:
    """Return the error for a call or a model without a value that the API requires."""
    return InvalidParameterError(
        f"{owner} needs {name}. Nothing was sent. Pass {name}."
    )


def locate(
    error: InvalidParameterError, owner: str, place: str, joint: str = "."
) -> None:
    """Prefix an error about a parameter with the place where the caller wrote the parameter.

    Args:
        error: The error. Its text begins with the owner or with the name of one of the owner's parameters.
        owner: The class of the parameters. A caller who passes a mapping never wrote this name.
        place: The call, or the parameter that holds the mapping.
        joint: The text between the place and a parameter.
    """
    text = str(error)
    rest = text.removeprefix(f"{owner} ")
    error.args = (f"{place} {rest}" if rest != text else f"{place}{joint}{text}",)


def _portable(fact: Any) -> Any:
    """Return a fact without a parsed response that is nested too deeply."""
    from dataclasses import replace

    if not _is_deep(fact):
        return fact
    return replace(fact, parsed=None) if _is_response(fact) else None


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = list(chain.from_iterable(map(_inside, level)))
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    """Return the values inside a response, a model or a JSON value."""
    if _is_response(value):
        return (value.parsed,)
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    if isinstance(value, (list, tuple)):
        return cast("Iterable[Any]", value)
    fields = getattr(value, "__attrs_attrs__", ())
    return [getattr(value, field.name, None) for field in fields]


def _is_response(value: object) -> bool:
    from ._core.types import Response

    return isinstance(value, Response)


_BY_STATUS: dict[int, type[ApiError]] = {
    3: RedirectError,
    4: ClientError,
    5: ServerError,
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    500: InternalServerError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
    504: GatewayTimeoutError,
}


def status_error(status: int) -> type[ApiError]:
    """Return the error class for a status: its own class, that of its hundred, or `ApiError`."""
    return _BY_STATUS.get(status) or _BY_STATUS.get(status // 100, ApiError)
