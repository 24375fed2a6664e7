# plexy-pay runtime, written by hand in runtime/webhooks/_errors.py; the generator copies it unchanged.
"""The one error of a delivery that cannot be trusted, and the one of a body that this server read first."""

from __future__ import annotations

from enum import StrEnum

from ..errors import ConfigurationError, PlexyError


class Reason(StrEnum):
    """Why a delivery was refused."""

    MISSING_HEADER = "missing_header"  # The scheme's header is not there, or is empty.
    REPEATED_HEADER = "repeated_header"  # It is there more than once, so which one counts is anybody's guess.
    MALFORMED_HEADER = "malformed_header"  # It is not of the documented form.
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - it was not made with a secret of yours, or the body was changed.
    WRONG_SCHEME = "wrong_scheme"  # The event belongs to a stronger scheme than the one it was proved with.
    TOO_OLD = "too_old"  # Its timestamp is further in the past than the tolerance.
    TOO_NEW = "too_new"  # Its timestamp is further in the future than the tolerance.
    TOO_LARGE = "too_large"  # The body is larger than `max_bytes`.
    NOT_JSON = "not_json"  # The body cannot be read as JSON.
    NOT_AN_OBJECT = "not_an_object"  # The body is JSON, and no object.
    MALFORMED_BODY = (
        "malformed_body"  # A field that is signed is missing or of the wrong kind.
    )
    AMBIGUOUS = "ambiguous"  # What was signed may mean another id, amount or currency.


class WebhookVerificationError(PlexyError):
    """A delivery that must not be acted on; whatever was wrong with it, it is this one class.

    Neither the message nor the error holds a secret or any part of the delivery. Answer 401, and do nothing with the
    body: anybody can post to your endpoint.

    Attributes:
        reason: What was wrong.
    """

    reason: Reason = Reason.WRONG_SECRET


class BodyReadError(ConfigurationError):
    """The body that was passed is not the one that came: a fault of this server, and none of the sender's."""


def refused(reason: Reason, happened: str, advice: str) -> WebhookVerificationError:
    """The error for a reason; it says that nothing of the delivery may be acted on."""
    return WebhookVerificationError(
        f"{happened} Treat the delivery as if it never came; no money moved because of it. {advice}",
        reason=reason,
    )
