# plexy-pay runtime, written by hand in runtime/webhooks/_errors.py; the generator copies it unchanged.
"""Define the error for a delivery that cannot be trusted, and the error for a body that this server read first."""

from __future__ import annotations

from enum import StrEnum

from ..errors import ConfigurationError, PlexyError


class Reason(StrEnum):
    """Represent why a delivery was refused."""

    MISSING_HEADER = "missing_header"  # The scheme's header is missing or empty.
    REPEATED_HEADER = "repeated_header"  # The header occurs more than once, so it is unclear which one counts.
    MALFORMED_HEADER = (
        "malformed_header"  # The header does not have the documented form.
    )
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - it was made with another secret, or the body was changed.
    WRONG_SCHEME = "wrong_scheme"  # The event needs a stronger scheme than the one that verified it.
    TOO_OLD = "too_old"  # Its timestamp is further in the past than the tolerance.
    TOO_NEW = "too_new"  # Its timestamp is further in the future than the tolerance.
    TOO_LARGE = "too_large"  # The body is larger than `max_bytes`.
    NOT_JSON = "not_json"  # The body cannot be read as JSON.
    NOT_AN_OBJECT = "not_an_object"  # The body is JSON, but not an object.
    MALFORMED_BODY = "malformed_body"  # A signed field is missing or has a wrong type.
    AMBIGUOUS = "ambiguous"  # The signed text may mean another id, amount or currency.


class WebhookVerificationError(PlexyError):
    """Raised when a delivery must not be acted on, for any reason.

    Neither the message nor the error holds a secret or any part of the delivery. Answer 401, and do not use the body:
    anybody can post to your endpoint.

    Attributes:
        reason: What was wrong.
    """

    reason: Reason = Reason.WRONG_SECRET


class BodyReadError(ConfigurationError):
    """Raised when the passed body is not the body that arrived. This server changed it, not the sender."""


def refused(reason: Reason, happened: str, advice: str) -> WebhookVerificationError:
    """Return the error for a reason. Its text says that the delivery must not be acted on."""
    return WebhookVerificationError(
        f"{happened} Treat the delivery as if it had never arrived; no money moved because of it. {advice}",
        reason=reason,
    )
