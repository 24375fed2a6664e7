"""Refusals: the rules do not allow a request, and nothing has changed."""

from __future__ import annotations


class Refusal(Exception):
    """A request that the rules do not allow. Nothing was changed.

    Attributes:
        message: What is wrong, for the body of the response.
        source: The part of the API that refuses, as in `response.Error`.
    """

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.message = message
        self.source = source


class NotFound(Refusal):
    """The id or reference is not known."""


class NotAllowed(Refusal):
    """The request was understood, but the rules or the present status forbid it."""


class InsufficientBalance(NotAllowed):
    """A balance is smaller than what is to be taken from it."""


class AlreadyRefunded(Refusal):
    """A refund of a payment that has been refunded as a whole."""


class Conflict(Refusal):
    """An idempotency key that was used for another request."""


class CardDeclined(Refusal):
    """A card that is declined with an error instead of a result.

    Attributes:
        reason: The `decline_code` of v2.
    """

    def __init__(self, message: str, source: str, reason: str) -> None:
        super().__init__(message, source)
        self.reason = reason
