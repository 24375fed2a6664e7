# plexy-pay runtime, written by hand in runtime/errors.py; the generator copies it unchanged.
"""Errors. Each one says what happened, what it means for the money and what to do next.

Every error is picklable and holds plain data only: no key, no object of the HTTP library. `PlexyError` is their base.
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

# Deeper than any response of the API, and not so deep that Python could not pickle and copy it.
_DEEPEST = 50


class Outcome(StrEnum):
    """What is known of a call that failed."""

    NOT_SENT = "not_sent"  # Nothing of the request left; nothing happened.
    REJECTED = "rejected"  # The API answered that it did not do it.
    UNKNOWN = "unknown"  # It may have been done: look before you call again.


class PlexyError(Exception):
    """The base of all errors of this client.

    A pickle and a copy have all of it but a parsed response that is nested more than 50 deep, which Python may be
    unable to pickle or copy: `body` has its bytes.

    Attributes:
        message: What happened, what it means for the money, what to do next.
        outcome: What is known of the call.
        operation: The client's method, such as `payment_links.create`.
        method: The HTTP method.
        path: The path template, without values.
        status: The HTTP status of the last response, if one came.
        request_id: The API's id of the request, for support.
        idempotency_key: The key that was given with the call.
        order_reference: The order reference that was given with the call.
        attempts: How many requests were sent or tried.
        body: The last response's body as it came, for programs; it may hold personal data.
        retry_after: Seconds that the API asked to wait.
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
        """What happened, what it means for the money, what to do next."""
        return str(self)

    def __repr__(self) -> str:
        hidden = {
            "body": f"<{len(self.body)} bytes>",
            "response": "<parsed>",
            "outcome": str(self.outcome),
        }
        hidden["saved_call"] = "<plain data>"
        known = {
            name: hidden.get(name, fact)
            for name, fact in vars(self).items()
            if fact is not None
        }
        return f"{type(self).__name__}({', '.join([repr(str(self)), *(f'{k}={v!r}' for k, v in known.items())])})"


class ConfigurationError(PlexyError):
    """The client, its key or its use is not set up rightly. Not sent."""


class InferredOperationError(ConfigurationError):
    """It can move money, but its path is only inferred. Not sent."""


class InvalidParameterError(PlexyError, ValueError):
    """A parameter cannot be sent. Not sent."""


class RequestRefusedError(PlexyError):
    """A hook, a client or a transport changed the request. Not sent."""


class ApiConnectionError(PlexyError):
    """No response came; the outcome says whether the request may have."""


class ApiTimeoutError(ApiConnectionError):
    """None came in time; the outcome says whether the request may have."""


class DecodingError(PlexyError):
    """A success whose response cannot be read: the outcome is unknown."""


class ResponseTooLargeError(DecodingError):
    """The response is larger than `max_response_bytes`."""


class ApiError(PlexyError):
    """A response whose status is not a success.

    Attributes:
        code: The API's own error code, as text.
        type: The API's kind of error, such as `validationError`.
        source: The part of the API that answered.
        param: The field of the request that is wrong, where the API names it.
        api_message: The API's own message.
    """

    code: str | None = None
    type: str | None = None
    source: str | None = None
    param: str | None = None
    api_message: str | None = None


class RedirectError(ApiError):
    """A 3xx. Redirects are never followed: the key belongs to one origin."""


class ClientError(ApiError):
    """A 4xx."""


class BadRequestError(ClientError):
    """400."""


class AuthenticationError(ClientError):
    """401: the key is missing, wrong or revoked."""


class PermissionDeniedError(ClientError):
    """403."""


class NotFoundError(ClientError):
    """404."""


class RequestTimeoutError(ClientError):
    """408: the outcome is unknown."""


class ConflictError(ClientError):
    """409."""


class UnprocessableEntityError(ClientError):
    """422."""


class RateLimitError(ClientError):
    """429: too many requests; `retry_after` is what the API asked for."""


class ServerError(ApiError):
    """A 5xx: the outcome is unknown."""


class InternalServerError(ServerError):
    """500."""


class BadGatewayError(ServerError):
    """502."""


class ServiceUnavailableError(ServerError):
    """503."""


class GatewayTimeoutError(ServerError):
    """504."""


class InferredOperationWarning(UserWarning):
    """The path of an operation is only inferred: it may not exist as it is."""


class UnknownParameterWarning(UserWarning):
    """A key that is sent looks like a misspelt name of a parameter."""


class UnexpectedResponseError(DecodingError):
    """A success whose response does not say what it must.

    Of a call that moves money: its response has `success`, which is neither true nor a no, or is missing; nobody knows
    whether money moved. With `strict=True` also: a response that differs from the spec; by its status the call was
    carried out.

    Attributes:
        response: The whole response, with the parsed response.
        differences: What differs: pointer, kind, expected, seen; never a value.
    """

    response: Any = None
    differences: tuple[Any, ...] = ()


class DeclinedError(PlexyError):
    """A response said `success: false` or another no. `response` is the parsed response, if it can be parsed."""

    response: Any = None


class OutcomeUnknownError(PlexyError):
    """Whether a call that can move money was done is open; `cause` says why. Do not send it again blindly.

    Attributes:
        cause: The error that it stands for.
        response: The whole response, where `cause` is an `UnexpectedResponseError`.
        saved_call: The plain data of the call, as `client.save_call` gives them: `client.reconcile` takes them.
        client: The client of the call. It is neither shown nor pickled, nor does it come along with a copy.
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
        """Look up what became of the call. Look-ups only read; see `client.reconcile`.

        Args:
            client: The client to ask with; without it the one that made the call. After unpickling it is needed.
            min_age: The seconds since the end of the call from which on it counts as arrived or lost.
            key_rotated: Whether you know that the client is of the same merchant, though its keys are others.

        Raises:
            ConfigurationError: if there is no client, it is an async one, or it is not one of the call's books.
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
        """The async twin of `reconcile`."""
        asked: _hints.AsyncClient = self._asked(client, is_async=True)
        return await asked.reconcile(
            self.saved_call, min_age=min_age, key_rotated=key_rotated
        )

    def _asked(self, given: Any, *, is_async: bool) -> Any:
        """Return the client to ask with, which is of the wanted kind."""
        client = given or self.client
        if client is None:
            raise ConfigurationError(
                "The error came without its client. Nothing was sent. Pass one: it is not pickled."
            )
        if getattr(client, "_is_async", None) is not is_async:
            other = "error.reconcile()" if is_async else "await error.reconcile_async()"
            raise ConfigurationError(
                f"The client is a {type(client).__name__}. Nothing was sent. Use {other} with it."
            )
        return client


def missing_parameter(owner: str, name: str) -> InvalidParameterError:
    """Return the error of a call or a model that was given no value for what the API requires."""
    return InvalidParameterError(
        f"{owner} needs {name}. Nothing was sent. Pass {name}."
    )


def locate(
    error: InvalidParameterError, owner: str, place: str, joint: str = "."
) -> None:
    """Put in front of the text of an error about a parameter where the caller wrote it.

    Args:
        error: The error; its text begins with the owner, or with the name of a parameter of it.
        owner: The class that the parameters belong to. A caller who passes a mapping never wrote it.
        place: The call, or the parameter that holds the mapping.
        joint: What stands between the place and a parameter.
    """
    text = str(error)
    rest = text.removeprefix(f"{owner} ")
    error.args = (f"{place} {rest}" if rest != text else f"{place}{joint}{text}",)


def _portable(fact: Any) -> Any:
    """Give a fact without a parsed response that is nested too deeply."""
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
    """Give what a response, a model or a value of JSON holds."""
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
    """The class for a status; any number has one, that of its hundred at least."""
    return _BY_STATUS.get(status) or _BY_STATUS.get(status // 100, ApiError)
