"""Hostile deliveries, and the one right response to each of them in each scheme, written down by hand."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from helpers.webhooks import (
    BY_BODY,
    BY_FIELDS,
    BY_TOKEN,
    CALLBACK,
    NATIVE,
    example,
    raw,
)
from plexy_pay.webhooks import (
    BodySecret,
    FieldsSecret,
    Receiver,
    Reply,
    TokenSecret,
    WebhookVerificationError,
    sign,
    unwrap,
)

Pairs = list[tuple[str, str]]


class Sent(NamedTuple):
    """One delivery as it arrives."""

    body: bytes
    headers: Pairs


class Cell(NamedTuple):
    """What came of the deliveries of a row in one scheme.

    Args:
        results: For each, the class of the event, or the reason of the refusal.
        statuses: For each, what the receiver answers.
        handled: How often the receiver's handler ran.
    """

    results: tuple[str, ...]
    statuses: tuple[int, ...]
    handled: int


class Row(NamedTuple):
    """A hostile delivery, or several, one after the other.

    Args:
        text: What is sent, for the page.
        make: Makes it, for one scheme.
        cells: What must come of it, by token, by fields and by body: `wrong_secret 401 0`.
        handler: `takes` every event, `fails` at the first, or `again`: receives the same while it is at it.
    """

    text: str
    make: Callable[[Scheme], list[Sent]]
    cells: tuple[str, str, str]
    handler: str = "takes"


class Scheme:
    """One of the three schemes, with an event that belongs to it."""

    def __init__(
        self, secret: TokenSecret | FieldsSecret | BodySecret, title: str
    ) -> None:
        self.secret = secret
        self.name = secret.scheme
        self.title = title
        self.native = example(NATIVE[secret.scheme])

    def sent(self, body: bytes | None = None, **options: Any) -> Sent:
        """A body with the headers that prove it; what has no fields to sign goes with those of the native one."""
        body = raw(self.native) if body is None else body
        try:
            return Sent(body, self.headers(body, **options))
        except WebhookVerificationError:
            return Sent(body, self.headers(raw(self.native), **options))

    def headers(self, body: bytes, **options: Any) -> Pairs:
        """The headers that prove a body."""
        return list(sign(body, secret=self.secret, **options).items())

    def with_data(self, **changes: Any) -> bytes:
        """The native body with changes where it tells of the payment."""
        if self.name == "fields":
            return raw(self.native | changes)
        return raw(self.native | {"data": self.native["data"] | changes})


SCHEMES = (
    Scheme(BY_TOKEN, "`TokenSecret`"),
    Scheme(BY_FIELDS, "`FieldsSecret`"),
    Scheme(BY_BODY, "`BodySecret`"),
)
OTHERS = {
    "token": TokenSecret("another"),
    "fields": FieldsSecret("another"),
    "body": BodySecret("another"),
}
HEADERS = {"token": "Authorization", "fields": "x-signature", "body": "Plexy-Signature"}
DAY = 86_400
EACH_EVENT = (
    "TransactionCharged 200 1",
    "PaymentCallback 200 1",
    "PaymentSucceeded 200 1",
)


def every(cell: str) -> tuple[str, str, str]:
    """The same in each scheme."""
    return cell, cell, cell


# -- How deliveries are made


def header(change: Callable[[str], str]) -> Callable[[Scheme], list[Sent]]:
    """The native delivery with another value in its header."""

    def make(scheme: Scheme) -> list[Sent]:
        body, [(name, value)] = scheme.sent()
        return [Sent(body, [(name, change(value))])]

    return make


def changed(change: Callable[[Scheme], bytes]) -> Callable[[Scheme], list[Sent]]:
    """The native delivery's headers, with another body."""
    return lambda scheme: [Sent(change(scheme), scheme.headers(raw(scheme.native)))]


def signed(change: Callable[[Scheme], bytes]) -> Callable[[Scheme], list[Sent]]:
    """Another body, with headers of its own."""
    return lambda scheme: [scheme.sent(change(scheme))]


def at(moment: float) -> Callable[[Scheme], list[Sent]]:
    """The native delivery, made so many seconds from now."""
    return lambda scheme: [scheme.sent(now=max(0.0, time.time() + moment))]


def timestamp(change: Callable[[str], str]) -> Callable[[Scheme], list[Sent]]:
    """The native delivery with another timestamp, where there is one."""

    def another(value: str) -> str:
        moment, comma, rest = value.partition(",")
        return f"{change(moment)}{comma}{rest}" if comma else value

    return header(another)


def replayed(change: Callable[[Scheme], bytes]) -> Callable[[Scheme], list[Sent]]:
    """The native delivery, and again with another body."""
    return lambda scheme: [scheme.sent(), *changed(change)(scheme)]


def without_a_header(scheme: Scheme) -> list[Sent]:
    return [Sent(raw(scheme.native), [("Host", "shop.example")])]


def twice_in_the_header(scheme: Scheme) -> list[Sent]:
    body, [pair] = scheme.sent()
    return [Sent(body, [pair, (pair[0].lower(), pair[1])])]


def by_another_secret(scheme: Scheme) -> list[Sent]:
    body = raw(scheme.native)
    return [Sent(body, list(sign(body, secret=OTHERS[scheme.name]).items()))]


def another_scheme(scheme: Scheme) -> str:
    names = list(HEADERS)
    return names[(names.index(scheme.name) + 1) % len(names)]


def by_another_scheme(scheme: Scheme) -> list[Sent]:
    return [Sent(raw(scheme.native), [(HEADERS[another_scheme(scheme)], "0" * 64)])]


def with_another_scheme(scheme: Scheme) -> list[Sent]:
    body, pairs = scheme.sent()
    return [Sent(body, [*pairs, (HEADERS[another_scheme(scheme)], "0" * 64)])]


def among_wrong_ones(count: int) -> Callable[[Scheme], list[Sent]]:
    def make(scheme: Scheme) -> list[Sent]:
        body, [(name, value)] = scheme.sent()
        [(_, wrong)] = by_another_secret(scheme)[0].headers
        wrong = wrong.partition(",")[2] or wrong
        return [Sent(body, [(name, ",".join([value, *[wrong] * count]))])]

    return make


def in_other_spelling(scheme: Scheme) -> bytes:
    """Snake case and wrapped values, in another order."""

    def spell(fields: dict[str, Any]) -> dict[str, Any]:
        names = {
            name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
            for name in fields
        }
        return {
            names[name]: value if isinstance(value, dict) else {"Value": value}
            for name, value in reversed(fields.items())
        }

    if scheme.name == "fields":
        return raw(spell(scheme.native))
    return raw(
        dict(reversed((scheme.native | {"data": spell(scheme.native["data"])}).items()))
    )


def digits_moved(scheme: Scheme) -> bytes:
    """The end of the id stands at the front of the amount."""
    data = scheme.native if scheme.name == "fields" else scheme.native["data"]
    return scheme.with_data(
        id=data["id"][:-1], amount=json.loads(f"{data['id'][-1]}{data['amount']}")
    )


def out_of_the_reference(scheme: Scheme) -> list[Sent]:
    """A delivery whose order reference is `5USD9` claims that 5 USD were paid."""
    data = scheme.native if scheme.name == "fields" else scheme.native["data"]
    sent = scheme.with_data(orderReference="5USD9")
    own_id = f"{data['id']}{data['amount']}{data['currency']}"
    claimed = scheme.with_data(id=own_id, amount=5, currency="USD", orderReference="9")
    return [Sent(claimed, scheme.headers(sent))]


def two_of_one_payment(scheme: Scheme) -> list[Sent]:
    if scheme.name == "token":
        refund = example("transaction.refunded")
        bodies = [
            refund | {"data": refund["data"] | {"amount": amount}}
            for amount in (300, 200)
        ]
    elif scheme.name == "fields":
        bodies = [example(CALLBACK, amount=amount) for amount in (300, 200)]
    else:
        bodies = [
            example("refund.succeeded", id=own_id) for own_id in ("evt_1", "evt_2")
        ]
    return [scheme.sent(raw(body)) for body in bodies]


def put(scheme: Scheme, text: bytes) -> bytes:
    """The native body with further JSON at its front."""
    return b"{" + text + b"," + raw(scheme.native)[1:]


def amount_of(scheme: Scheme, number: bytes) -> bytes:
    """The native body with an amount that Python would not write."""
    return scheme.with_data(amount="AMOUNT").replace(b'"AMOUNT"', number)


def many_names(scheme: Scheme) -> bytes:
    return put(scheme, b",".join(b'"k%d":1' % number for number in range(80_000)))


def deep(scheme: Scheme) -> bytes:
    return put(scheme, b'"deep":' + b"[" * 100_000 + b"]" * 100_000)


# -- The table

Section = tuple[str, str, tuple[Row, ...]]

SECTIONS: tuple[Section, ...] = (
    (
        "Genuine deliveries",
        "The sender knows the secret and uses a form that is documented or was observed. "
        "Each scheme accepts its own events.",
        (
            Row("As Plexy Pay sends it", lambda scheme: [scheme.sent()], EACH_EVENT),
            Row(
                'Names in snake case, values as `{"Value": ...}`',
                signed(in_other_spelling),
                EACH_EVENT,
            ),
            Row(
                "`Bearer` twice before the value",
                header(lambda value: f"Bearer Bearer {value.removeprefix('Bearer ')}"),
                (
                    "TransactionCharged 200 1",
                    "malformed_header 401 0",
                    "malformed_header 401 0",
                ),
            ),
            Row("A header of another scheme besides", with_another_scheme, EACH_EVENT),
            Row(
                "An event that this version does not know",
                signed(
                    lambda scheme: raw(
                        scheme.native | {"name": "transaction.new", "type": "new"}
                    )
                ),
                ("UnknownEvent 200 1", "PaymentCallback 200 1", "UnknownEvent 200 1"),
            ),
            Row(
                "A known event whose `data` is no object",
                signed(lambda scheme: raw(scheme.native | {"data": "text"})),
                ("UnknownEvent 200 1", "PaymentCallback 200 1", "UnknownEvent 200 1"),
            ),
            Row(
                "A `transaction.*` event",
                signed(lambda scheme: raw(example("transaction.charged"))),
                (
                    "TransactionCharged 200 1",
                    "malformed_body 401 0",
                    "TransactionCharged 200 1",
                ),
            ),
            Row(
                "An event of v2",
                signed(lambda scheme: raw(example("payment.succeeded"))),
                (
                    "wrong_scheme 401 0",
                    "malformed_body 401 0",
                    "PaymentSucceeded 200 1",
                ),
            ),
            Row(
                "A callback of 2023",
                signed(lambda scheme: raw(example(CALLBACK))),
                ("UnknownEvent 200 1", "PaymentCallback 200 1", "UnknownEvent 200 1"),
            ),
        ),
    ),
    (
        "The header",
        "The body is genuine. The header of the scheme is missing or wrong.",
        (
            Row("No header", without_a_header, every("missing_header 401 0")),
            Row(
                "An empty header",
                header(lambda value: ""),
                every("missing_header 401 0"),
            ),
            Row(
                "White space",
                header(lambda value: " \t "),
                every("missing_header 401 0"),
            ),
            Row(
                "The header of another scheme instead",
                by_another_scheme,
                every("wrong_scheme 401 0"),
            ),
            Row(
                "The header twice, with the same value",
                twice_in_the_header,
                every("repeated_header 401 0"),
            ),
            Row(
                "The value twice, joined by a comma as WSGI servers do",
                header(lambda value: f"{value}, {value}"),
                every("malformed_header 401 0"),
            ),
            Row(
                "A wrong value after the right one, in one header",
                among_wrong_ones(1),
                (
                    "malformed_header 401 0",
                    "malformed_header 401 0",
                    "PaymentSucceeded 200 1",
                ),
            ),
            Row(
                "16 wrong values after the right one",
                among_wrong_ones(16),
                every("malformed_header 401 0"),
            ),
            Row(
                "Made with another secret",
                by_another_secret,
                every("wrong_secret 401 0"),
            ),
            Row(
                "Without its last character",
                header(lambda value: value[:-1]),
                (
                    "wrong_secret 401 0",
                    "malformed_header 401 0",
                    "malformed_header 401 0",
                ),
            ),
            Row(
                "Bad hex: the last digit is `z`",
                header(lambda value: f"{value[:-1]}z"),
                (
                    "wrong_secret 401 0",
                    "malformed_header 401 0",
                    "malformed_header 401 0",
                ),
            ),
            Row(
                "In capital letters",
                header(str.upper),
                (
                    "wrong_secret 401 0",
                    "PaymentCallback 200 1",
                    "malformed_header 401 0",
                ),
            ),
            Row(
                "The last character is not ASCII",
                header(lambda value: f"{value[:-1]}\u00e9"),
                every("malformed_header 401 0"),
            ),
            Row(
                "The last character is a digit of another script",
                header(lambda value: f"{value[:-1]}\u0663"),
                every("malformed_header 401 0"),
            ),
            Row(
                "A NUL byte at the end",
                header(lambda value: f"{value}\x00"),
                every("malformed_header 401 0"),
            ),
            Row(
                "A line end and a further header at the end",
                header(lambda value: f"{value}\r\nX-Proved: yes"),
                every("malformed_header 401 0"),
            ),
            Row(
                "`Basic` before the value",
                header(lambda value: f"Basic {value}"),
                every("malformed_header 401 0"),
            ),
            Row(
                "10,000 characters",
                header(lambda value: "a" * 10_000),
                every("malformed_header 401 0"),
            ),
        ),
    ),
    (
        "The timestamp",
        "Only `BodySecret` has a timestamp. The other schemes cannot distinguish an old delivery from a new one.",
        (
            Row("Made an hour ago", at(-3600), (*EACH_EVENT[:2], "too_old 401 0")),
            Row("Made in 1970", at(-(10**10)), (*EACH_EVENT[:2], "too_old 401 0")),
            Row("Made an hour from now", at(3600), (*EACH_EVENT[:2], "too_new 401 0")),
            Row("Made in 300 years", at(10**10), (*EACH_EVENT[:2], "too_new 401 0")),
            Row(
                "No timestamp",
                timestamp(lambda moment: "x=1"),
                (*EACH_EVENT[:2], "malformed_header 401 0"),
            ),
            Row(
                "Two timestamps",
                timestamp(lambda moment: f"t=1,{moment}"),
                (*EACH_EVENT[:2], "malformed_header 401 0"),
            ),
            Row(
                "A negative timestamp",
                timestamp(lambda moment: "t=-1"),
                (*EACH_EVENT[:2], "malformed_header 401 0"),
            ),
            Row(
                "A timestamp of 5,000 digits",
                timestamp(lambda moment: f"t={'9' * 5000}"),
                (*EACH_EVENT[:2], "malformed_header 401 0"),
            ),
        ),
    ),
    (
        "A changed body",
        "The headers are those of a genuine delivery. A token does not cover the body, and `x-signature` covers five "
        "fields of it. Fetch the transaction before you act.",
        (
            Row(
                "Empty",
                changed(lambda scheme: b""),
                ("not_json 401 0", "not_json 401 0", "wrong_secret 401 0"),
            ),
            Row(
                "Truncated",
                changed(lambda scheme: raw(scheme.native)[:-20]),
                ("not_json 401 0", "not_json 401 0", "wrong_secret 401 0"),
            ),
            Row(
                "HTML instead",
                changed(lambda scheme: b"<html></html>"),
                ("not_json 401 0", "not_json 401 0", "wrong_secret 401 0"),
            ),
            Row(
                "JSON that is not an object",
                changed(lambda scheme: b"[%s]" % raw(scheme.native)),
                ("not_an_object 401 0", "not_an_object 401 0", "wrong_secret 401 0"),
            ),
            Row(
                "Huge: one byte more than `max_bytes`",
                changed(lambda scheme: raw(scheme.native).ljust(1024 * 1024 + 1)),
                every("too_large 413 0"),
            ),
            Row(
                "One space more",
                changed(lambda scheme: raw(scheme.native) + b" "),
                (*EACH_EVENT[:2], "wrong_secret 401 0"),
            ),
            Row(
                "Another amount",
                changed(lambda scheme: scheme.with_data(amount=1)),
                (
                    "TransactionCharged 200 1",
                    "wrong_secret 401 0",
                    "wrong_secret 401 0",
                ),
            ),
            Row(
                "The body of another payment",
                changed(lambda scheme: scheme.with_data(id="another")),
                (
                    "TransactionCharged 200 1",
                    "wrong_secret 401 0",
                    "wrong_secret 401 0",
                ),
            ),
            Row(
                "The name of another event written in",
                changed(
                    lambda scheme: raw(scheme.native | {"name": "transaction.refunded"})
                ),
                (
                    "TransactionRefunded 200 1",
                    "PaymentCallback 200 1",
                    "wrong_secret 401 0",
                ),
            ),
            Row(
                "`settled`, which is not signed, turned to true",
                changed(lambda scheme: raw(scheme.native | {"settled": True})),
                (*EACH_EVENT[:2], "wrong_secret 401 0"),
            ),
            Row(
                "A second spelling of a field: `order_reference`",
                changed(
                    lambda scheme: raw({"order_reference": "ORD-2"} | scheme.native)
                ),
                (*EACH_EVENT[:2], "wrong_secret 401 0"),
            ),
            Row(
                "A character moved from the order reference to the currency",
                changed(
                    lambda scheme: scheme.with_data(
                        currency="EUR1", orderReference="667207373325"
                    )
                ),
                (
                    "TransactionCharged 200 1",
                    "malformed_body 401 0",
                    "wrong_secret 401 0",
                ),
            ),
            Row(
                "Another currency, which is none of ISO 4217",
                changed(lambda scheme: scheme.with_data(currency="XYZ")),
                (
                    "TransactionCharged 200 1",
                    "malformed_body 401 0",
                    "wrong_secret 401 0",
                ),
            ),
            Row(
                "An amount and a currency out of the order reference, where the rest belongs to the id",
                out_of_the_reference,
                ("TransactionCharged 200 1", "ambiguous 401 0", "wrong_secret 401 0"),
            ),
            Row(
                "A digit moved from the id to the amount",
                changed(digits_moved),
                ("TransactionCharged 200 1", "ambiguous 401 0", "wrong_secret 401 0"),
            ),
        ),
    ),
    (
        "An unusual body",
        "The sender knows the secret. The client accepts the values that it can read.",
        (
            Row(
                "A byte order mark",
                signed(lambda scheme: b"\xef\xbb\xbf" + raw(scheme.native)),
                EACH_EVENT,
            ),
            Row(
                "UTF-16",
                signed(lambda scheme: raw(scheme.native).decode().encode("utf-16")),
                EACH_EVENT,
            ),
            Row(
                "Not UTF-8",
                signed(lambda scheme: put(scheme, b'"x":"\xff"')),
                every("not_json 401 0"),
            ),
            Row(
                "NUL bytes at the end",
                signed(lambda scheme: raw(scheme.native) + b"\x00\x00"),
                every("not_json 401 0"),
            ),
            Row(
                "A NUL character in a text",
                signed(lambda scheme: put(scheme, b'"x":"\\u0000"')),
                EACH_EVENT,
            ),
            Row(
                "Half of a character",
                signed(lambda scheme: put(scheme, b'"x":"\\ud83d"')),
                EACH_EVENT,
            ),
            Row(
                "`NaN`",
                signed(lambda scheme: put(scheme, b'"x":NaN')),
                every("not_json 401 0"),
            ),
            Row(
                "A number of 5,000 digits",
                signed(lambda scheme: put(scheme, b'"x":' + b"9" * 5000)),
                every("not_json 401 0"),
            ),
            Row(
                "`1e999999999` as the amount",
                signed(lambda scheme: amount_of(scheme, b"1e999999999")),
                (
                    "TransactionCharged 200 1",
                    "malformed_body 401 0",
                    "PaymentSucceeded 200 1",
                ),
            ),
            Row("Nested 100,000 deep", signed(deep), every("not_json 401 0")),
            Row("80,000 names more", signed(many_names), EACH_EVENT),
            Row(
                "A name that is given twice: the last counts",
                signed(
                    lambda scheme: put(scheme, b'"id":5,"data":5,"name":5,"type":5')
                ),
                EACH_EVENT,
            ),
            Row(
                "An empty object",
                signed(lambda scheme: b"{}"),
                ("UnknownEvent 200 1", "malformed_body 401 0", "UnknownEvent 200 1"),
            ),
            Row(
                "A form",
                signed(lambda scheme: b"id=1&amount=2"),
                every("not_json 401 0"),
            ),
            Row("`null`", signed(lambda scheme: b"null"), every("not_an_object 401 0")),
            Row(
                "A text",
                signed(lambda scheme: b'"transaction.charged"'),
                every("not_an_object 401 0"),
            ),
        ),
    ),
    (
        "Duplicates and replays",
        "No scheme prevents a second delivery. The receiver calls the handler once for each `dedup_id`.",
        (
            Row(
                "A duplicate",
                lambda scheme: [scheme.sent()] * 2,
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 1",
                    "PaymentSucceeded 200+200 1",
                ),
            ),
            Row(
                "A replay with a timestamp of now",
                lambda scheme: [scheme.sent(now=time.time() - 60), scheme.sent()],
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 1",
                    "PaymentSucceeded 200+200 1",
                ),
            ),
            Row(
                "A replay in another spelling",
                replayed(in_other_spelling),
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 1",
                    "PaymentSucceeded+wrong_secret 200+401 1",
                ),
            ),
            Row(
                "A replay with the amount written as text, or with another number of zeros",
                replayed(
                    lambda scheme: amount_of(
                        scheme, b'"430.43"' if scheme.name == "fields" else b"1000.00"
                    )
                ),
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 1",
                    "PaymentSucceeded+wrong_secret 200+401 1",
                ),
            ),
            Row(
                "A replay with a digit moved from the id to the amount",
                replayed(digits_moved),
                (
                    "TransactionCharged 200+200 2",
                    "PaymentCallback+ambiguous 200+401 1",
                    "PaymentSucceeded+wrong_secret 200+401 1",
                ),
            ),
            Row(
                "A replay with `settled` turned to true",
                replayed(lambda scheme: raw(scheme.native | {"settled": True})),
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 2",
                    "PaymentSucceeded+wrong_secret 200+401 1",
                ),
            ),
            Row(
                "A replay with `settled` turned to something else",
                replayed(lambda scheme: raw(scheme.native | {"settled": "no"})),
                (
                    "TransactionCharged 200+200 1",
                    "PaymentCallback 200+200 1",
                    "PaymentSucceeded+wrong_secret 200+401 1",
                ),
            ),
            Row(
                "Two events of one payment, such as partial refunds",
                two_of_one_payment,
                (
                    "TransactionRefunded 200+200 2",
                    "PaymentCallback 200+200 2",
                    "RefundSucceeded 200+200 2",
                ),
            ),
            Row(
                "A duplicate of an event that is not known",
                lambda scheme: (
                    [scheme.sent(raw(scheme.native | {"name": "new", "type": "new"}))]
                    * 2
                ),
                (
                    "UnknownEvent 200+200 1",
                    "PaymentCallback 200+200 1",
                    "UnknownEvent 200+200 1",
                ),
            ),
            Row(
                "A duplicate while the first is handled",
                lambda scheme: [scheme.sent()] * 2,
                (
                    "TransactionCharged 200+503 1",
                    "PaymentCallback 200+503 1",
                    "PaymentSucceeded 200+503 1",
                ),
                handler="again",
            ),
            Row(
                "A duplicate after the handler failed",
                lambda scheme: [scheme.sent()] * 2,
                (
                    "TransactionCharged 500+200 2",
                    "PaymentCallback 500+200 2",
                    "PaymentSucceeded 500+200 2",
                ),
                handler="fails",
            ),
        ),
    ),
)


def cell(text: str) -> Cell:
    """A cell as it stands in the table."""
    results, statuses, handled = text.split(" ")
    return Cell(
        tuple(results.split("+")), tuple(map(int, statuses.split("+"))), int(handled)
    )


# -- What comes of them


class Entry(NamedTuple):
    """One cell as it must be, and as it was seen through each door."""

    row: Row
    scheme: Scheme
    expected: Cell
    seen: dict[str, Cell]

    def differences(self) -> Iterator[str]:
        """What was not as it must be, for a person to read."""
        for door, seen in self.seen.items():
            if seen != self.expected:
                place = f"{self.row.text}; {self.scheme.name}, {door}"
                yield f"{place}:\n    must be {self.expected}\n    was     {seen}"


def run() -> list[Entry]:
    """Send every delivery in every scheme, through `unwrap` and both ways of a `Receiver`."""
    with asyncio.Runner() as runner:
        return [
            Entry(row, scheme, cell(text), look(row, scheme, runner))
            for _, _, rows in SECTIONS
            for row in rows
            for scheme, text in zip(SCHEMES, row.cells, strict=True)
        ]


def look(row: Row, scheme: Scheme, runner: asyncio.Runner) -> dict[str, Cell]:
    """What came of a row in one scheme, by the way it was received."""
    sent = row.make(scheme)
    results = tuple(dict.fromkeys(result(one, scheme) for one in sent))
    seen: dict[str, Cell] = {}
    for door in ("receive", "receive_async"):
        replies, handled = received(row.handler, sent, scheme, door, runner)
        seen[door] = Cell(results, tuple(reply.status for reply in replies), handled)
    return seen


def result(sent: Sent, scheme: Scheme) -> str:
    """The class of the event that `unwrap` gives, or the reason why it does not."""
    try:
        return type(unwrap(sent.body, sent.headers, secret=scheme.secret)).__name__
    except WebhookVerificationError as error:
        return error.reason


class HandlerError(Exception):
    """What a handler fails with."""


def received(
    handler: str, sent: list[Sent], scheme: Scheme, door: str, runner: asyncio.Runner
) -> tuple[list[Reply], int]:
    """The replies of a receiver, and how often its handler ran."""
    handled: list[Any] = []
    replies: list[Reply] = []

    def begin(event: Any) -> bool:
        handled.append(event)
        if handler == "fails" and len(handled) == 1:
            raise HandlerError
        return handler == "again"

    def handle(event: Any) -> None:
        if begin(event):
            replies.append(receiver.receive(*sent[1]))

    async def handle_async(event: Any) -> None:
        if begin(event):
            replies.append(await receiver.receive_async(*sent[1]))

    receiver = Receiver(
        handle if door == "receive" else handle_async, secret=scheme.secret
    )
    for one in sent[:1] if handler == "again" else sent:
        try:
            reply = (
                receiver.receive(*one)
                if door == "receive"
                else runner.run(receiver.receive_async(*one))
            )
        except HandlerError:
            # It reaches the web framework, which answers so.
            reply = Reply(500, "")
        replies.insert(0, reply) if handler == "again" else replies.append(reply)
    return replies, len(handled)


def differences(entries: list[Entry]) -> list[str]:
    """All that was not as the table says."""
    return [text for entry in entries for text in entry.differences()]
