"""What has to happen: one row for each fault, written by hand from the rules, never from a run.

The rules are these. Every error says what it means for the money: `not_sent` (nothing of the request left), `rejected`
(the API said no to it), `unknown` (anything else). An unknown outcome of a call that moves money raises
OutcomeUnknownError, whatever stands behind it. A call is sent again only where a second arrival can do no harm: it
only reads, nothing of it left, it got a 429, or it carries the idempotency key of its operation. Clients here have
`max_retries=2`, so three tries is the most. A 4xx is a rejection only if HTTP says that it means so. A response that
arrived whole and can be read is given to the caller, however odd it is, unless it is that of a payment and does not say
`success: true`; one that arrived and cannot be read is not asked for again.
"""

from __future__ import annotations

from typing import NamedTuple

TRIES = 3
"""The first attempt and two retries."""

FIRST_WAITS = (0.5, 1.0)
"""The longest waits of the backoff before the first and the second retry; the dice here always throw the longest."""


class Cell(NamedTuple):
    """What one kind of call meets in one fault.

    Attributes:
        arrived: How many whole requests reached the server.
        tries: How many times the client set out.
        outcome: `response`, or the outcome of the error.
        error: The class of the error; empty for a response.
        cause: The class behind an OutcomeUnknownError; empty for others.
        waits: The seconds waited between tries.
        reconciled: What `error.reconcile()` answers while the fault goes on; empty where there is nothing to ask.
    """

    arrived: int
    tries: int
    outcome: str
    error: str = ""
    cause: str = ""
    waits: tuple[float, ...] = ()
    reconciled: str = ""


def open_payment(
    arrived: int, tries: int, cause: str, waits: tuple[float, ...] = ()
) -> Cell:
    """A call that moves money ends with an unknown outcome. What a fault hides, a look-up into it does not guess."""
    return Cell(
        arrived, tries, "unknown", "OutcomeUnknownError", cause, waits, "Undetermined"
    )


class Row(NamedTuple):
    """One fault and its three cells.

    Attributes:
        fault: Its name in `faults`.
        text: What happens, for the page.
        read: A GET.
        pay: A POST that moves money.
        keyed: A POST that moves money and carries an idempotency key.
    """

    fault: str
    text: str
    read: Cell
    pay: Cell
    keyed: Cell

    @property
    def cells(self) -> tuple[Cell, Cell, Cell]:
        """In the order of `kinds.KINDS`."""
        return self.read, self.pay, self.keyed


def never_sent(fault: str, text: str, error: str) -> Row:
    """Nothing left, so that every kind of call may try again; at the end the caller knows that no money moved."""
    cell = Cell(0, TRIES, "not_sent", error, waits=FIRST_WAITS)
    return Row(fault, text, cell, cell, cell)


def broken(fault: str, text: str, error: str, *, arrives: bool = True) -> Row:
    """It may have been done. Reads and calls with a key are sent again; a call without one never is."""
    often, once = (TRIES, 1) if arrives else (0, 0)
    return Row(
        fault,
        text,
        read=Cell(often, TRIES, "unknown", error, waits=FIRST_WAITS),
        pay=open_payment(once, 1, error),
        keyed=open_payment(often, TRIES, error, FIRST_WAITS),
    )


def open_after_one(fault: str, text: str, error: str) -> Row:
    """It may have been done, and asking again would not tell more: one request, whatever the call."""
    cell = open_payment(1, 1, error)
    return Row(fault, text, Cell(1, 1, "unknown", error), cell, cell)


def rejected(fault: str, text: str, error: str) -> Row:
    """The API said no to the first attempt: it was not done, and asking again would not help."""
    cell = Cell(1, 1, "rejected", error)
    return Row(fault, text, cell, cell, cell)


def declined(fault: str, text: str) -> Row:
    """The API says no with a status of success: it was not done. What a GET shows is a response all the same."""
    cell = Cell(1, 1, "rejected", "DeclinedError")
    return Row(fault, text, Cell(1, 1, "response"), cell, cell)


def odd_success(fault: str, text: str) -> Row:
    """Odd, and given to the caller; but a refund whose `success` is not `true` has not said that it was done."""
    cell = Cell(1, 1, "response")
    return Row(fault, text, cell, open_payment(1, 1, "UnexpectedResponseError"), cell)


def held_back(fault: str, text: str, *waits: float) -> Row:
    """429: the API did not do it, so that every kind of call comes back, after as long as it was told."""
    tries = len(waits) + 1
    cell = Cell(tries, tries, "rejected", "RateLimitError", waits=waits)
    return Row(fault, text, cell, cell, cell)


def answered(fault: str, text: str) -> Row:
    """The response is given to the caller, with all that came in it."""
    cell = Cell(1, 1, "response")
    return Row(fault, text, cell, cell, cell)


NOT_REACHED = [
    never_sent("dns", "The name of the host cannot be resolved", "ApiConnectionError"),
    never_sent("refused", "The connection is refused", "ApiConnectionError"),
    never_sent(
        "tls_reset",
        "The connection is reset in the TLS handshake",
        "ApiConnectionError",
    ),
    never_sent(
        "tls_garbage",
        "The TLS handshake is answered with something else",
        "ApiConnectionError",
    ),
]

BROKEN_OFF = [
    broken(
        "reset_unread",
        "The connection is reset while the request arrives, before the server has read it",
        "ApiConnectionError",
        arrives=False,
    ),
    broken(
        "reset_read",
        "The connection is reset after the request was read",
        "ApiConnectionError",
    ),
    broken(
        "closed",
        "The connection is closed after the request was read",
        "ApiConnectionError",
    ),
    broken("not_http", "What comes back is not HTTP", "ApiConnectionError"),
    broken(
        "huge_header", "A header of the response is 200 kB long", "ApiConnectionError"
    ),
    broken("slow_head", "No response comes within the read timeout", "ApiTimeoutError"),
    broken(
        "slow_body",
        "The body of the response stops coming, for the read timeout",
        "ApiTimeoutError",
    ),
    open_after_one(
        "trickle",
        "The body of the response trickles in beyond the total timeout of the call",
        "ApiTimeoutError",
    ),
    broken(
        "reset_body",
        "The connection is reset in the middle of the body",
        "DecodingError",
    ),
    broken(
        "short_body",
        "The connection is closed in the middle of the body",
        "DecodingError",
    ),
]

UNREADABLE = [
    open_after_one("empty", "200 with an empty body", "DecodingError"),
    open_after_one("truncated", "200 with JSON that is cut off", "DecodingError"),
    open_after_one("html", "200 with an HTML page", "DecodingError"),
    open_after_one(
        "other_json",
        "200 with JSON of another kind: text for an object",
        "DecodingError",
    ),
    open_after_one(
        "bad_gzip", "200 with compressed data that are damaged", "DecodingError"
    ),
    open_after_one(
        "gzip_bomb",
        "200 with 20 kB that inflate to 20 MB (the limit is 10 MiB)",
        "ResponseTooLargeError",
    ),
    open_after_one(
        "too_long", "200 that announces more than the limit", "ResponseTooLargeError"
    ),
]

REDIRECTS = [
    open_after_one(f"redirect_{status}", f"{status} to another host", "RedirectError")
    for status in (301, 302, 303, 307, 308)
]

REFUSALS = [
    rejected("status_400", "400", "BadRequestError"),
    rejected("status_401", "401", "AuthenticationError"),
    rejected("status_403", "403", "PermissionDeniedError"),
    rejected("status_404", "404", "NotFoundError"),
    rejected("status_402", "402", "ClientError"),
    rejected("status_422", "422", "UnprocessableEntityError"),
    rejected("html_404", "404 with an HTML page", "NotFoundError"),
    declined("declined", "200 with `success: false` (a GET only shows it)"),
    declined(
        "declined_in_text", '200 with `success: "false"`, as text (a GET only shows it)'
    ),
]

NO_PROOF = [
    open_after_one(
        "status_409", "409, which no page describes for the call", "ConflictError"
    ),
    open_after_one(
        "status_425", "425: something on the way sent the request early", "ClientError"
    ),
    open_after_one(
        "status_460",
        "460: a load balancer says that its client went away",
        "ClientError",
    ),
    open_after_one(
        "status_499", "499: a proxy says that its client went away", "ClientError"
    ),
    open_after_one(
        "status_418", "Another 4xx that HTTP does not define: 418", "ClientError"
    ),
]

TOO_MANY = [
    held_back("wait_seconds", "`Retry-After: 7`", 7, 7),
    held_back("wait_date", "A date, 20 seconds ahead", 20, 20),
    held_back("wait_zero", "`Retry-After: 0`", 0, 0),
    # Capped at a minute; the second minute would end with the total timeout of the call, 120 seconds.
    held_back("wait_hour", "`Retry-After: 3600`, capped at a minute", 60),
    held_back(
        "wait_absurd", "`Retry-After: 999999999`, absurd and passed over", *FIRST_WAITS
    ),
    held_back("wait_past", "A date in the past", *FIRST_WAITS),
    held_back("wait_garbage", "`Retry-After: soon`", *FIRST_WAITS),
    held_back("wait_negative", "`Retry-After: -5`", *FIRST_WAITS),
    held_back("wait_none", "No `Retry-After`", *FIRST_WAITS),
]

SERVER_ERRORS = [
    broken("status_408", "408", "RequestTimeoutError"),
    broken("status_500", "500", "InternalServerError"),
    broken("status_502", "502 with an HTML page", "BadGatewayError"),
    broken("status_503", "503", "ServiceUnavailableError"),
    broken("status_504", "504", "GatewayTimeoutError"),
    broken("status_520", "520, which HTTP does not know", "ServerError"),
]

ODD = [
    answered("wrong_type", "Another content type than JSON"),
    answered("new_value", "A value that its enumeration does not have"),
    answered("new_field", "A field that nobody knows"),
    answered("new_variant", "A variant that its union does not have [^union]"),
    odd_success("null", "null for fields that are never null, `success` among them"),
    odd_success("other_type", "Text for numbers and for `true`, and numbers for text"),
    odd_success("missing", "Fields that are missing, `success` among them"),
]

AGAIN = [
    Row(
        "rotated",
        "401 for the first of two keys, then a good response",
        read=Cell(2, 2, "response"),
        pay=Cell(2, 2, "response"),
        keyed=Cell(2, 2, "response"),
    ),
    Row(
        "refused_then_good",
        "Refused, then a good response",
        read=Cell(1, 2, "response", waits=(0.5,)),
        pay=Cell(1, 2, "response", waits=(0.5,)),
        keyed=Cell(1, 2, "response", waits=(0.5,)),
    ),
    Row(
        "wait_then_good",
        "429, then a good response",
        read=Cell(2, 2, "response", waits=(0.5,)),
        pay=Cell(2, 2, "response", waits=(0.5,)),
        keyed=Cell(2, 2, "response", waits=(0.5,)),
    ),
    Row(
        "reset_then_good",
        "Reset after the request was read, then a good response",
        read=Cell(2, 2, "response", waits=(0.5,)),
        pay=open_payment(1, 1, "ApiConnectionError"),
        keyed=Cell(2, 2, "response", waits=(0.5,)),
    ),
    Row(
        "down_then_good",
        "503 with `Retry-After: 7`, then a good response",
        read=Cell(2, 2, "response", waits=(7,)),
        pay=open_payment(1, 1, "ServiceUnavailableError"),
        keyed=Cell(2, 2, "response", waits=(7,)),
    ),
    # The first one may have paid: a 409 that answers the second one says nothing about it.
    Row(
        "down_then_conflict",
        "503, then 409",
        read=Cell(2, 2, "unknown", "ConflictError", waits=(0.5,)),
        pay=open_payment(1, 1, "ServiceUnavailableError"),
        keyed=open_payment(2, 2, "ConflictError", (0.5,)),
    ),
    # To a look-up, too, a 404 after a 503 is no proof: it may come from the same broken place.
    Row(
        "down_then_missing",
        "503, then 404",
        read=Cell(2, 2, "unknown", "NotFoundError", waits=(0.5,)),
        pay=open_payment(1, 1, "ServiceUnavailableError"),
        keyed=open_payment(2, 2, "NotFoundError", (0.5,)),
    ),
    Row(
        "wait_then_down",
        "429, then 502 for good",
        read=Cell(3, 3, "unknown", "BadGatewayError", waits=FIRST_WAITS),
        pay=open_payment(2, 2, "BadGatewayError", (0.5,)),
        keyed=open_payment(3, 3, "BadGatewayError", FIRST_WAITS),
    ),
    Row(
        "down_then_wait",
        "502, then 429 for good",
        read=Cell(3, 3, "unknown", "RateLimitError", waits=FIRST_WAITS),
        pay=open_payment(1, 1, "BadGatewayError"),
        keyed=open_payment(3, 3, "RateLimitError", FIRST_WAITS),
    ),
]

SECTIONS: list[tuple[str, str, list[Row]]] = [
    (
        "The server is not reached",
        "Nothing of the request was sent. The client retries every call, and no money moved.",
        NOT_REACHED,
    ),
    (
        "The connection breaks",
        "The request may have arrived. The client does not repeat a payment without an idempotency key.",
        BROKEN_OFF,
    ),
    (
        "Unreadable success",
        "The API reports a success, but the client cannot read the result. It sends nothing again.",
        UNREADABLE,
    ),
    (
        "Redirects",
        "The client follows no redirect, so no request and no key reached the other host. It is unknown whether the "
        "first host executed the call.",
        REDIRECTS,
    ),
    ("Refusals", "The API did not execute the call.", REFUSALS),
    (
        "Refusals that prove nothing",
        "An intermediary may have given up while the API continued, or the API may have executed an earlier copy of "
        "the request.",
        NO_PROOF,
    ),
    (
        "429, too many requests",
        "The API did not execute the call. The client retries every call, after the wait that the API asked for or "
        "after its own.",
        TOO_MANY,
    ),
    (
        "The API fails",
        "A merchant observed a 500 for a refund that had been made before. So no 5xx proves that the call had no "
        "effect.",
        SERVER_ERRORS,
    ),
    (
        "Unexpected responses",
        "The client keeps a response that does not fit the description. The whole response is in the model, or in the "
        "`response` of the error if a refund has no `success: true`.",
        ODD,
    ),
    (
        "Several faults in a row",
        "If the outcome of an earlier attempt is unknown, it stays unknown.",
        AGAIN,
    ),
]
