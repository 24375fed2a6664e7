"""Card data: what is refused, what is encrypted, and that no part of a card is ever shown."""

from __future__ import annotations

import base64
import copy
import dataclasses
import gc
import inspect
import io
import json
import logging
import pickle
import pprint
import re
import string
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.asymmetric.padding import (
    MGF1,
    OAEP,
    AsymmetricPadding,
    PKCS1v15,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from helpers.frames import shown_by
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plexy_pay import (
    UNSET,
    ConfigurationError,
    InvalidParameterError,
    Outcome,
    PlexyError,
    cards,
)
from plexy_pay.models import BrowserDetails, CardData, KeyResponse

KEY = rsa.generate_private_key(65537, 2048)
PEM = (
    KEY.public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
PADDINGS: dict[cards.Padding, AsymmetricPadding] = {
    cards.Padding.PKCS1_V1_5: PKCS1v15(),
    cards.Padding.OAEP_SHA1: OAEP(MGF1(SHA1()), SHA1(), None),
    cards.Padding.OAEP_SHA256: OAEP(MGF1(SHA256()), SHA256(), None),
}
TODAY = date(2026, 11, 30)
TYPED: dict[str, Any] = {
    "number": "4111111111111111",
    "expiry_month": "07",
    "expiry_year": "34",
    "cvv": "987",
    "holder": "ALIYA SAMPLE",
}
# The test cards of the docs.
TEST_CARDS = [
    "4111111111111111",
    "4200000000000000",
    "4640170131116658",
    "4907639999909022",
    "4907639999990022",
    "4907630099999922",
    "4001880000000055",
    "4918914107195005",
    "5555555555554444",
    "5283901669012672",
    "5440382741349178",
    "5168159443230322",
    "5283901906612672",
    "5283901901266672",
]


def card(**typed: Any) -> cards.Card:
    return cards.Card(**{**TYPED, "today": TODAY, **typed})


def refused(field: str, **typed: Any) -> cards.InvalidCardError:
    with pytest.raises(cards.InvalidCardError) as caught:
        card(**typed)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    return caught.value


def opened(text: object, padding: cards.Padding) -> str:
    assert isinstance(text, str)
    return KEY.decrypt(
        base64.b64decode(text, validate=True), PADDINGS[padding]
    ).decode()


def fields_of(
    data: CardData, padding: cards.Padding = cards.Padding.OAEP_SHA256
) -> list[str]:
    """The five fields of an encrypted card, in the clear."""
    sealed = (
        data.encrypted_card_number,
        data.encrypted_expiry_month,
        data.encrypted_expiry_year,
        data.encrypted_cvv,
        data.encrypted_cardholder_name,
    )
    return [opened(text, padding) for text in sealed]


def with_check_digit(digits: str) -> str:
    """The digits with the one behind them that makes them a card number, by another way than the package's."""
    table = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    total = sum(
        table[int(digit)] if place % 2 == 0 else int(digit)
        for place, digit in enumerate(digits[::-1])
    )
    return f"{digits}{-total % 10}"


NUMBERS = st.text(string.digits, min_size=11, max_size=18).map(with_check_digit)
NAMES = st.text(min_size=1, max_size=40).filter(
    lambda name: name.isprintable() and name.strip()
)


# --- what is taken and what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("number", TEST_CARDS)
def test_each_documented_test_card_is_taken(number: str) -> None:
    assert card(number=number).last_four == number[-4:]


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "4111-1111-1111-1111", " 4111111111111111 "]
)
def test_spaces_and_dashes_in_a_number_are_removed(number: str) -> None:
    data = card(number=number).encrypt(PEM, padding=cards.Padding.OAEP_SHA256)
    assert fields_of(data)[0] == "4111111111111111"


@pytest.mark.parametrize(
    "number",
    [
        *(
            "",
            "4111111111111110",
            "41111111111",
            "4111111111111111" * 2,
            "4111.1111.1111.1111",
            "4111111111111111x",
        ),
        *(
            "\uff14111111111111111",
            "4111\u00a01111\u00a01111\u00a01111",
            "4111111111111111\n",
            "x" * 100_000,
        ),
        *(4111111111111111, None, b"4111111111111111", ["4111111111111111"]),
    ],
    ids=lambda number: repr(number)[:24],
)
def test_what_is_no_card_number_is_refused(number: Any) -> None:
    error = refused("number", number=number)
    assert "4111" not in str(error)


@given(NUMBERS)
def test_every_number_with_its_check_digit_is_taken(number: str) -> None:
    assert card(number=number).last_four == number[-4:]


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(
        st.sampled_from([one for one in string.digits if one != number[place]])
    )
    refused("number", number=number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize(
    ("month", "year", "sent"),
    [
        *(
            (7, 34, ("07", "34")),
            ("7", "34", ("07", "34")),
            ("07", "2034", ("07", "34")),
            (12, 2026, ("12", "26")),
        ),
        *(
            ("11", "26", ("11", "26")),
            (" 11 ", " 26 ", ("11", "26")),
            ("01", "99", ("01", "99")),
        ),
    ],
)
def test_an_expiry_is_taken_in_each_form_and_sent_in_two_digits(
    month: int | str, year: int | str, sent: tuple[str, str]
) -> None:
    data = card(expiry_month=month, expiry_year=year).encrypt(
        PEM, padding=cards.Padding.OAEP_SHA256
    )
    assert tuple(fields_of(data)[1:3]) == sent


@pytest.mark.parametrize(
    ("month", "year"),
    [
        *(
            ("00", "34"),
            ("13", "34"),
            ("7", "034"),
            ("7", "1934"),
            ("7", "2134"),
            ("", "34"),
            ("7", ""),
            (-7, 34),
        ),
        *(
            (7.0, 34),
            (True, 34),
            (7, True),
            (None, None),
            ("\u0667", "34"),
            ("07", "\uff13\uff14"),
            ("7/34", "34"),
        ),
    ],
)
def test_what_is_no_expiry_is_refused(month: Any, year: Any) -> None:
    refused("expiry", expiry_month=month, expiry_year=year)


@pytest.mark.parametrize(
    ("month", "year"), [("10", "26"), ("12", "25"), (10, 2026), ("01", "00")]
)
def test_a_card_that_has_expired_is_refused(month: Any, year: Any) -> None:
    assert "has expired" in str(refused("expiry", expiry_month=month, expiry_year=year))


@given(st.dates(date(2002, 1, 1), date(2097, 12, 31)), st.integers(-24, 24))
def test_a_card_is_good_until_the_end_of_its_month(today: date, months: int) -> None:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    typed = {"expiry_month": month + 1, "expiry_year": year, "today": today}
    if months < 0:
        refused("expiry", **typed)
    else:
        card(**typed)


def test_without_a_day_the_clock_decides_by_where_on_earth_the_day_begins_last() -> (
    None
):
    latest = (datetime.now(UTC) - timedelta(hours=12)).date()
    before = latest.replace(day=1) - timedelta(days=1)
    cards.Card(**{**TYPED, "expiry_month": latest.month, "expiry_year": latest.year})
    with pytest.raises(cards.InvalidCardError):
        cards.Card(
            **{**TYPED, "expiry_month": before.month, "expiry_year": before.year}
        )


@pytest.mark.parametrize(
    "cvv", ["", "12", "12345", "12a", 123, None, "\u0661\u0662\u0663"]
)
def test_what_is_no_security_code_is_refused(cvv: Any) -> None:
    refused("cvv", cvv=cvv)


@pytest.mark.parametrize(
    "holder", ["", "  ", "A\x00B", "A" * 191, "\u0410" * 96, "\ud800", None, 7]
)
def test_what_is_no_name_is_refused(holder: Any) -> None:
    refused("holder", holder=holder)


def test_a_refusal_is_an_error_for_a_wrong_parameter_that_was_not_sent() -> None:
    error = refused("cvv", cvv="12")
    assert isinstance(error, InvalidParameterError)
    assert isinstance(error, ValueError)
    assert error.outcome is Outcome.NOT_SENT
    assert "Nothing was sent." in str(error)
    assert pickle.loads(pickle.dumps(error)).field == "cvv"


ANYTHING = st.one_of(
    st.text(),
    st.binary(),
    st.integers(),
    st.none(),
    st.floats(),
    st.booleans(),
    st.lists(st.text()),
)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_is_typed_it_is_a_card_or_one_kind_of_error(
    number: Any, month: Any, year: Any, cvv: Any, holder: Any
) -> None:
    typed = {
        "number": number,
        "expiry_month": month,
        "expiry_year": year,
        "cvv": cvv,
        "holder": holder,
    }
    for change in (typed, *({name: value} for name, value in typed.items())):
        with suppress(cards.InvalidCardError):
            card(**change)


# --- encrypting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", PADDINGS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    number=NUMBERS,
    month=st.integers(1, 12),
    year=st.integers(27, 99),
    cvv=st.from_regex("[0-9]{3,4}", fullmatch=True),
    holder=NAMES,
)
def test_what_was_encrypted_comes_back_with_the_private_key(
    padding: cards.Padding, number: str, month: int, year: int, cvv: str, holder: str
) -> None:
    made = card(
        number=number, expiry_month=month, expiry_year=year, cvv=cvv, holder=holder
    )

    data = made.encrypt(PEM, padding=padding)

    wanted = [number, f"{month:02}", f"{year:02}", cvv, " ".join(holder.split())]
    assert fields_of(data, padding) == wanted
    # One ciphertext for each field, no two alike, and nothing else.
    assert len(set(data.to_dict().values())) == 5


def test_a_year_can_be_sent_in_four_digits() -> None:
    data = card().encrypt(PEM, padding=cards.Padding.PKCS1_V1_5, year_digits=4)
    assert fields_of(data, cards.Padding.PKCS1_V1_5) == [
        "4111111111111111",
        "07",
        "2034",
        "987",
        "ALIYA SAMPLE",
    ]


@pytest.mark.parametrize(
    "key",
    [
        PEM,
        PEM.encode(),
        KeyResponse(public_key=PEM),
        KeyResponse(public_key=PEM.replace("\n", "\r\n")),
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        # Without the lines around it.
        "".join(PEM.splitlines()[1:-1]),
    ],
    ids=["text", "bytes", "response", "line ends", "PKCS #1", "bare"],
)
def test_a_key_is_taken_in_each_form(key: Any) -> None:
    assert fields_of(card().encrypt(key, padding=cards.Padding.OAEP_SHA256))[3] == "987"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no key",
        b"\xff\xfe",
        "\ud800",
        None,
        KeyResponse(),
        KeyResponse(public_key=UNSET),
        KeyResponse.from_dict({"publicKey": {"n": 1}}),
        PEM[:100],
        rsa.generate_private_key(65537, 1024)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        dsa.generate_private_key(1024)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        KEY.public_key(),
    ],
    ids=lambda key: repr(key)[:30],
)
def test_what_is_no_key_is_refused_before_anything_is_encrypted(key: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="not an RSA public key of at least 2048 bits"
    ) as caught:
        card().encrypt(key, padding=cards.Padding.OAEP_SHA256)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert_shows_nothing(caught.value)


def test_a_padding_must_be_named_and_one_of_three() -> None:
    assert len(cards.Padding) == 3
    with pytest.raises(TypeError, match="padding"):
        card().encrypt(PEM)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(ConfigurationError, match="padding"):
        card().encrypt(PEM, padding="none")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    text: Any = "oaep-sha1"  # As a setting may have it.
    assert (
        fields_of(card().encrypt(PEM, padding=text), cards.Padding.OAEP_SHA1)[3]
        == "987"
    )


def test_without_cryptography_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "cryptography":
            monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        ConfigurationError, match=r"pip install 'plexy-pay\[cards\]'"
    ) as caught:
        card().encrypt(PEM, padding=cards.Padding.OAEP_SHA256)
    assert_shows_nothing(caught.value)


# --- nothing shows ------------------------------------------------------------------------------------------

# The security code counts as a word of its own: an address or a time may hold the same three digits.
SECRET = re.compile(r"4111 ?1111|ALIYA|(?<![\w.])987(?!\w)")


def shows(text: str) -> bool:
    return SECRET.search(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "ALIYA",
        "'987'",
        "cvc=987",
        "cvc: 987.",
        pickle.dumps("987").decode("latin-1"),
    ],
)
def test_the_check_for_card_data_finds_it(text: str) -> None:
    assert shows(f"an error with {text} in it")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def assert_shows_nothing(error: BaseException) -> None:
    """Neither the errors, nor a variable of any frame of the package that they went through, show card data."""
    for one in chain(error):
        assert not shows(f"{one} {one!r} {one.args!r} {vars(one)!r}")
        step = one.__traceback__
        while step is not None:
            if str(step.tb_frame.f_globals.get("__name__")).startswith("plexy_pay"):
                for name, value in step.tb_frame.f_locals.items():
                    assert not shows(f"{value!r}{pprint.pformat(value)}"), name
            step = step.tb_next
        if isinstance(one, PlexyError):
            assert not shows(pickle.dumps(one).decode("latin-1"))


@dataclasses.dataclass
class Checkout:
    """A class of a shop that has a card."""

    card: cards.Card


VIEWS: dict[str, Callable[[cards.Card], object]] = {
    "str": str,
    "repr": repr,
    "f-string": lambda card: f"{card} {card!r} {card!s:>40}",
    "percent": lambda card: "%s %r %a" % (card, card, card),  # noqa: UP031
    "pprint": pprint.pformat,
    "in a container": lambda card: repr([{"card": (card,)}]),
    "a dataclass": lambda card: repr(Checkout(card)),
    "slots": lambda card: [
        repr(getattr(card, name)) for name in dir(card) if name != "last_four"
    ],
    "members": lambda card: repr(
        [value for name, value in inspect.getmembers(card) if name != "last_four"]
    ),
    "JSON with a default": lambda card: json.dumps(card, default=str),
    "hash": hash,
    "size": sys.getsizeof,
}
REFUSED: dict[str, Callable[[cards.Card], object]] = {
    "vars": vars,
    "format": lambda card: format(card, ">40"),
    "JSON": json.dumps,
    "asdict": lambda card: dataclasses.asdict(card),  # type: ignore[call-overload]  # pyright: ignore
    "asdict of its owner": lambda card: dataclasses.asdict(Checkout(card)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy of its owner": lambda card: copy.deepcopy(Checkout(card)),
    "getstate": lambda card: card.__getstate__(),
    "reduce": lambda card: card.__reduce__(),
    "dict": lambda card: card.__dict__,
    "iterating": lambda card: list(card),  # type: ignore[call-overload]  # pyright: ignore
    "a new attribute": lambda card: setattr(card, "note", 1),
    **{
        f"pickle {protocol}": lambda card, protocol=protocol: pickle.dumps(
            card, protocol
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "pickle in Python": lambda card: pickle._Pickler(io.BytesIO()).dump(card),  # type: ignore[attr-defined]  # pyright: ignore
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_card_shows_no_part_of_itself(view: str) -> None:
    assert not shows(f"{VIEWS[view](card())!r}")


@pytest.mark.parametrize("view", REFUSED)
def test_a_card_refuses_to_be_stored_or_taken_apart(view: str) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        REFUSED[view](card())
    assert not shows(str(caught.value))


@given(NUMBERS, NAMES.map(lambda name: f"Qx{name}xQ"))
def test_no_card_shows_its_number_or_its_holder(number: str, holder: str) -> None:
    made = card(number=number, holder=holder)
    shown = f"{made} {made!r} {[repr(getattr(made, name)) for name in dir(made)]}"
    assert number not in shown
    assert holder not in shown
    assert " ".join(holder.split()) not in shown
    assert repr(made) == "Card(********)"


def test_no_object_that_a_card_refers_to_shows_it() -> None:
    # What a tool sees that walks through attributes, as error reporters do. Functions are where it ends.
    waiting: list[Any] = [card()]
    met: list[Any] = []
    while waiting:
        one = waiting.pop()
        met.append(one)
        if not inspect.isroutine(one) and not isinstance(one, (type, str)):
            waiting += [
                other
                for other in gc.get_referents(one)
                if not any(other is seen for seen in met)
            ]
    texts = [one for one in met if isinstance(one, str)]
    assert len(met) > 5
    assert not any(text in TYPED.values() for text in texts)


def test_cards_are_equal_only_if_they_are_one() -> None:
    one, other = card(), card()
    same = one
    assert one == same
    assert one != other
    assert len({one, other}) == 2


def test_a_card_in_a_log_record_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = card()
    logging.getLogger("shop").debug("paying with %(card)s", {"card": made})
    logging.getLogger("shop").debug(
        "paying with %s and %r", made, made, extra={"card": made}
    )
    # the others are times and numbers of processes
    told = (
        "msg",
        "args",
        "message",
        "card",
        "exc_text",
    )
    shown = "".join(
        str([vars(record).get(name) for name in told]) for record in caplog.records
    )
    assert "Card(********)" in shown
    assert not shows(shown + caplog.text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": TYPED["number"][:-1] + "2"},
        {"expiry_month": "13"},
        {"expiry_month": 10**5000},
        {"expiry_year": "25"},
        {"expiry_year": -(10**5000)},
        {"cvv": "98"},
        {"cvv": 10**5000},
        {"holder": ""},
        {"today": "2026-11-30"},
        {"today": 20261130},
        {"today": ""},
    ],
    ids=lambda wrong: (
        f"{next(iter(wrong))} of type {type(next(iter(wrong.values()))).__name__}"
    ),
)
def test_the_error_for_a_wrong_card_leaves_nothing_in_frames_of_the_package(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(
        InvalidParameterError,
        match=rf"{next(iter(wrong)).split('_')[0]}.*Nothing was sent",
    ) as caught:
        cards.Card(**{**TYPED, **wrong})
    assert_shows_nothing(caught.value)
    for where, text in shown_by(caught.value, "plexy_pay"):
        assert not shows(text), where


@pytest.mark.parametrize("name", TYPED)
def test_a_field_that_breaks_while_it_is_read_leaves_nothing_in_frames_of_the_package(
    name: str,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    # Text of another library, which fails when it is used.
    methods = ("strip", "split", "replace")
    broken: Any = type("Broken", (str,), dict.fromkeys(methods, fail))
    with pytest.raises(RuntimeError) as caught:
        cards.Card(**{**TYPED, name: broken(TYPED[name])})
    for where, text in shown_by(caught.value, "plexy_pay"):
        assert not shows(text), where


@pytest.mark.parametrize("wrong", [10**5000, -(10**5000)], ids=["huge", "tiny"])
@pytest.mark.parametrize(
    "name", ["color_depth", "screen_height", "screen_width", "time_zone"]
)
def test_a_huge_number_of_a_browser_is_a_wrong_parameter(name: str, wrong: int) -> None:
    with pytest.raises(InvalidParameterError, match=name):
        cards.browser_details(**{**BROWSER, name: wrong})


def test_an_error_inside_the_encryption_leaves_nothing_in_frames_of_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("base64.b64encode", broken)
    with pytest.raises(KeyboardInterrupt) as caught:
        card().encrypt(PEM, padding=cards.Padding.OAEP_SHA256)
    assert_shows_nothing(caught.value)
    ours = [
        frame
        for frame in traceback.extract_tb(caught.value.__traceback__)
        if "plexy_pay" in frame.filename
    ]
    assert len(ours) >= 2
    for where, text in shown_by(caught.value, "plexy_pay"):
        assert not shows(text), where


def test_the_encrypted_card_hides_even_its_ciphertexts() -> None:
    data = card().encrypt(PEM, padding=cards.Padding.OAEP_SHA256)
    assert not any(text in repr(data) for text in data.to_dict().values())
    assert not shows(repr(data.to_dict()))


# --- the payer's browser --------------------------------------------------------------------------------------

BROWSER: dict[str, Any] = {
    "user_agent": "Mozilla/5.0",
    "accept_header": "text/html",
    "language": "en-US",
    "color_depth": 24,
    "screen_height": 1440,
    "screen_width": 900,
    "time_zone": -360,
    "java_enabled": False,
}


def test_what_a_form_posts_and_what_a_program_knows_become_the_same_details() -> None:
    posted = {
        **BROWSER,
        "color_depth": "24",
        "screen_height": "1440",
        "screen_width": "900",
    }
    posted |= {"time_zone": "-360", "java_enabled": "false"}

    made = cards.browser_details(**posted)

    assert made == cards.browser_details(**BROWSER)
    # As the docs' sample writes it.
    assert BrowserDetails.from_params(made).to_dict() == {
        "userAgent": "Mozilla/5.0",
        "acceptHeader": "text/html",
        "language": "en-US",
        "colorDepth": "24",
        "screenHeight": "1440",
        "screenWidth": "900",
        "timeZone": "-360",
        "javaEnabled": False,
    }


@pytest.mark.parametrize(
    ("given_", "sent"),
    [
        (24, "24"),
        (30, "24"),
        ("30", "24"),
        (32, "32"),
        (48, "48"),
        (64, "48"),
        (1, "1"),
        (3, "1"),
    ],
)
def test_a_color_depth_that_3ds_does_not_know_becomes_the_next_lower_one(
    given_: Any, sent: str
) -> None:
    details: Any = cards.browser_details(**{**BROWSER, "color_depth": given_})
    assert details["color_depth"] == sent


@pytest.mark.parametrize(
    ("given_", "sent"),
    [("0", "0"), ("-0", "0"), (840, "840"), ("-840", "-840"), (" 330 ", "330")],
)
def test_a_time_zone_is_sent_as_a_plain_number(given_: Any, sent: str) -> None:
    details: Any = cards.browser_details(**{**BROWSER, "time_zone": given_})
    assert details["time_zone"] == sent


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(
            ("user_agent", ""),
            ("user_agent", None),
            ("user_agent", "a\r\nb"),
            ("accept_header", " "),
            ("language", 7),
        ),
        *(
            ("color_depth", 0),
            ("color_depth", "x"),
            ("screen_height", "-1"),
            ("screen_width", 1.5),
            ("screen_width", ""),
        ),
        *(
            ("time_zone", 841),
            ("time_zone", "+360"),
            ("time_zone", "Asia/Almaty"),
            ("time_zone", None),
        ),
        *(
            ("java_enabled", "yes"),
            ("java_enabled", None),
            ("java_enabled", 1),
            ("screen_width", True),
        ),
    ],
)
def test_browser_details_that_cannot_be_are_refused_by_their_name(
    name: str, wrong: Any
) -> None:
    with pytest.raises(InvalidParameterError, match=f"^{name} is n"):
        cards.browser_details(**{**BROWSER, name: wrong})


# --- what the bank posts --------------------------------------------------------------------------------------

ID = "d9ed7581-048d-434c-9a63-7bbd361c0dec"
CRES = "eyJtZXNzYWdlVHlwZSI6IkNSZXMiLCJ0cmFuc1N0YXR1cyI6IlkifQ"


def session_data(value: object, end: str = "") -> str:
    return (
        base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=") + end
    )


POSTED = {"cres": CRES, "threeDSSessionData": session_data({"transactionId": ID})}


@pytest.mark.parametrize(
    "form",
    [
        POSTED,
        {name: [value] for name, value in POSTED.items()},
        {**POSTED, "cres": CRES + "==", "more": "1"},
        {
            **POSTED,
            "threeDSSessionData": base64.urlsafe_b64encode(
                b'{"transactionId": "%s"}' % ID.encode()
            ).decode(),
        },
    ],
    ids=["text", "lists", "padding", "padded session data"],
)
def test_the_banks_form_is_read(form: dict[str, Any]) -> None:
    callback = cards.read_three_ds_callback(form)
    assert callback.transaction_id == ID
    assert callback.cres == (
        form["cres"][0] if isinstance(form["cres"], list) else form["cres"]
    )
    assert CRES not in repr(callback)


@pytest.mark.parametrize(
    "change",
    [
        {"cres": None},
        {"cres": ""},
        {"cres": [CRES, CRES]},
        {"cres": CRES.encode()},
        {"cres": "a b"},
        {"cres": "<script>"},
        {"cres": CRES + "\n"},
        {"cres": "A" * 65_537},
        {"threeDSSessionData": None},
        {"threeDSSessionData": "%%%"},
        {"threeDSSessionData": "A"},
        {"threeDSSessionData": base64.urlsafe_b64encode(b"\xff\xfe").decode()},
        {"threeDSSessionData": session_data([ID])},
        {"threeDSSessionData": session_data({})},
        {"threeDSSessionData": session_data({"transactionId": 7})},
        {"threeDSSessionData": session_data({"transactionId": ""})},
        {"threeDSSessionData": session_data({"transactionId": "a b"})},
        {"threeDSSessionData": session_data({"transactionId": "x" * 129})},
        {"threeDSSessionData": session_data({"transactionId": "\ud800"})},
        {"threeDSSessionData": base64.urlsafe_b64encode(b"[" * 3000).decode()},
        {"threeDSSessionData": session_data({"transactionId": ID, "more": "x" * 4096})},
    ],
    ids=lambda change: repr(change)[:60],
)
def test_a_form_that_is_not_the_banks_raises_one_error_that_repeats_nothing(
    change: dict[str, Any],
) -> None:
    form = {
        name: value for name, value in (POSTED | change).items() if value is not None
    }
    with pytest.raises(cards.ThreeDSCallbackError) as caught:
        cards.read_three_ds_callback(form)
    assert str(caught.value).startswith(next(iter(change)))
    assert "still waits" in str(caught.value)
    assert not any(
        str(value) in str(caught.value) for value in change.values() if value
    )


@pytest.mark.parametrize("form", [None, b"cres=x", "cres=x", [("cres", "x")], 7])
def test_what_is_no_form_at_all_raises_the_same_error(form: Any) -> None:
    with pytest.raises(cards.ThreeDSCallbackError):
        cards.read_three_ds_callback(form)


@given(
    st.dictionaries(
        st.sampled_from(["cres", "threeDSSessionData", "x"]),
        st.one_of(st.text(), st.lists(st.text()), st.integers()),
    )
)
def test_whatever_is_posted_it_is_a_callback_or_that_error(
    form: dict[str, Any],
) -> None:
    with suppress(cards.ThreeDSCallbackError):
        cards.read_three_ds_callback(form)


@given(st.binary(max_size=3000))
def test_whatever_the_session_data_hold_it_is_a_callback_or_that_error(
    content: bytes,
) -> None:
    form = {
        "cres": CRES,
        "threeDSSessionData": base64.urlsafe_b64encode(content).decode(),
    }
    with suppress(cards.ThreeDSCallbackError):
        assert cards.read_three_ds_callback(form).transaction_id.isprintable()
