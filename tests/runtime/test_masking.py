"""What a log may show: patterns of secrets in any text, and fields of JSON by the lists of the document."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from helpers.calls import KEY
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.key_mask import KeyMask
from plexy_pay._core.keys import MASK
from plexy_pay._core.log_masks import Masker
from plexy_pay._log_allowlist import HIDDEN, MAPS, OBJECTS, VALUES

CARDS = [
    "4111111111111111",
    "378282246310005",
    "5555555555554444",
    "6011000990139424",
    "4222222222222",
]


def text(given: str) -> str:
    return Masker(KeyMask([KEY])).text(given)


@pytest.mark.parametrize("card", [*CARDS, "4000000000000000006"])
@pytest.mark.parametrize(
    "write",
    [
        "card {}",
        "{}.",
        "a{}b",
        "12 {} 34",
        "no. {}, CVV 123",
        "https://x.kz/{}?n={}",
        "2026-11-22 {}",
    ],
)
@pytest.mark.parametrize("gap", ["", " ", "-", " - ", "\u00a0", ".", "%20", "\u2013"])
def test_a_card_number_is_masked_in_any_text(card: str, write: str, gap: str) -> None:
    written = gap.join(card[start : start + 4] for start in range(0, len(card), 4))
    shown = text(write.replace("{}", written))
    assert card[-4:] not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "secret",
    [
        "a@b.kz",
        "first.last+tag@mail.example.com",
        "\u0430\u0439\u0433\u0443\u043b\u044c@\u043f\u043e\u0447\u0442\u0430.\u049b\u0430\u0437",
        "a%40b.kz",
        "root@localhost",
        "+77011234567",
        "+7 (701) 123-45-67",
        "+44 20 7946 0958",
        "%2B77011234567",
        KEY,
        KEY.upper(),
    ],
)
@pytest.mark.parametrize(
    "write", ["{}", "to {}.", "<{}>", "x={}&y=1", "https://x.kz/{}/y", '"{}"', "{},{}"]
)
def test_a_personal_value_is_masked_in_any_text(secret: str, write: str) -> None:
    shown = text(write.replace("{}", secret))
    assert secret not in shown
    assert MASK in shown


def test_a_key_is_masked_in_the_form_that_it_has_in_an_address() -> None:
    key = "pr_a/b+c=d"
    assert (
        Masker(KeyMask([key])).text(f"https://x.kz/{quote(key, safe='')}")
        == f"https://x.kz/{MASK}"
    )


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-11-22T10:27:34.123456Z",
        "2026-11-22 10:27:34+05:00",
        "Sun, 22 Nov 2026 10:27:34 GMT",
        "8f14e45f-ceea-467f-a9d5-33b1e5f3f1a0",
        "ORD-2026-000123",
        "4111111111111112",
        "123456789012",
        "2200000",
        "-12.50",
        "plexy-pay-python/0.1.0",
        "https://shop.kz/ok?order=1001",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "",
    ],
)
def test_an_ordinary_value_is_shown_as_it_is(harmless: str) -> None:
    assert text(harmless) == harmless


def shown(data: Any) -> Any:
    return json.loads(Masker(KeyMask([KEY])).body(json.dumps(data).encode()))


def test_a_name_is_the_same_in_camel_and_snake_case() -> None:
    data = {
        "orderReference": "A",
        "order_reference": "B",
        "ORDER-REFERENCE": "C",
        "cardToken_Id": "D",
    }
    assert shown(data) == {
        "orderReference": "A",
        "order_reference": "B",
        "ORDER-REFERENCE": "C",
        "cardToken_Id": MASK,
    }


def test_what_nobody_declared_is_hidden_with_its_name() -> None:
    assert shown({"hunter2": "x", "amount": 1}) == {"(undeclared)": MASK, "amount": 1}
    assert shown({"hunter2": {"amount": 1}}) == {"(undeclared)": MASK}
    assert shown({"hunter2": [{"amount": 1}]}) == {"(undeclared)": MASK}


def test_in_a_map_that_takes_any_field_only_its_own_fields_are_shown() -> None:
    metadata = {"successUrl": "https://shop.kz", "amount": 1, "status": "x"}
    assert shown({"metadata": metadata}) == {
        "metadata": {"successUrl": "https://shop.kz", "(undeclared)": MASK},
    }


def test_a_value_of_another_kind_than_declared_is_hidden() -> None:
    assert shown({"cardData": "hunter2"}) == {"cardData": MASK}
    assert shown({"status": {"hunter2": 1}}) == {"status": MASK}
    assert shown({"cardData": ["hunter2"]}) == {"cardData": [MASK]}


def test_null_says_nothing_and_is_shown() -> None:
    assert shown({"email": None, "status": None}) == {"email": None, "status": None}


def test_a_number_that_is_a_card_number_is_masked_and_others_keep_every_digit() -> None:
    masker = Masker(KeyMask([]))
    assert (
        masker.body(b'{"id": 4111111111111111, "amount": 100.50}')
        == '{"id": "********", "amount": 100.50}'
    )
    assert (
        masker.body(b'{"amount": 12345678901234567890.10}')
        == '{"amount": 12345678901234567890.10}'
    )


# Secrets anywhere. A marked or undeclared field may hold anything; a shown one may hold what has a secret's form.
WORD = "hunter2"
SECRETS = [*CARDS, "4111 1111 1111 1111", "a.b@c.kz", "+7 701 123 45 67", KEY]
FREE_TEXT = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=8)
LEAF = st.none() | st.booleans() | st.integers(-999, 999) | FREE_TEXT
FORMED = st.builds(
    lambda a, s, b: f"{a} {s} {b}", FREE_TEXT, st.sampled_from(SECRETS), FREE_TEXT
)
SAFE = st.sampled_from(sorted(VALUES | OBJECTS | MAPS.keys()))
MARKED = st.sampled_from(sorted(HIDDEN)) | FREE_TEXT.map("undeclared {}".format)


def spelled(name: str, capitals: list[bool]) -> str:
    """A name as people write it: with capitals, `_` and `-` anywhere."""
    letters = zip(name, capitals, strict=False)
    return (
        "".join(f"_{letter}" if capital else letter for letter, capital in letters)
        + name[len(capitals) :]
    )


NAMES = st.builds(spelled, SAFE, st.lists(st.booleans(), max_size=6))
SECRET_NAMES = st.builds(spelled, MARKED, st.lists(st.booleans(), max_size=6))


def documents(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(NAMES | SECRET_NAMES, inner, max_size=4)
        ),
        max_leaves=12,
    )


HIDING = documents(st.just(WORD) | LEAF)


@given(documents(LEAF | FORMED))
def test_what_has_the_form_of_a_secret_shows_nowhere_in_any_document(data: Any) -> None:
    written = Masker(KeyMask([KEY])).body(json.dumps(data).encode())
    for secret in SECRETS:
        assert secret not in written


@given(
    st.dictionaries(SECRET_NAMES, HIDING, min_size=1, max_size=4),
    st.lists(NAMES, max_size=4),
)
def test_a_word_below_a_marked_or_undeclared_name_shows_nowhere(
    data: Any, above: list[str]
) -> None:
    for name in above:
        data = {name: [data]}
    assert WORD not in Masker(KeyMask([])).body(json.dumps(data).encode())


@given(documents(LEAF), st.sampled_from([*SECRETS, WORD]))
def test_a_secret_as_an_undeclared_name_shows_nowhere(data: Any, secret: str) -> None:
    assert secret not in Masker(KeyMask([KEY])).body(
        json.dumps({secret: data, "data": [{secret: data}]}).encode()
    )


@given(st.text(max_size=60))
def test_any_text_becomes_one_printable_line(given_text: str) -> None:
    assert text(given_text).isprintable()


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_show_only_their_number(content: bytes) -> None:
    assert (
        Masker(KeyMask([])).body(b"\xff" + content)
        == f"{MASK} ({len(content) + 1} bytes)"
    )
