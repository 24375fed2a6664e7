"""References in a list: whatever an API makes of one is seen as what may be it, and other ones are not."""

from __future__ import annotations

import unicodedata
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from plexy_pay._core.references import LEAST, Reference

# What a merchant may call an order: letters of many scripts, digits and signs.
TEXTS = st.text(
    st.characters(categories=("L", "N", "P", "S", "M")), min_size=1, max_size=40
)
PLAIN = st.text("ABCabc0123-_.", min_size=LEAST, max_size=40)
FORMS = st.sampled_from(("NFC", "NFD", "NFKC", "NFKD"))


def may_be(ours: str, shown: str) -> bool:
    return Reference.of(ours).may_be(Reference.of(shown))


@example("%0\N{LATIN SMALL LETTER E WITH MACRON}", "NFD")
@given(TEXTS, FORMS)
def test_each_unicode_form_is_another_spelling(text: str, form: str) -> None:
    shown = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    assert Reference.of(shown).whole == Reference.of(text).whole


@given(TEXTS)
def test_letter_case_and_white_space_are_another_spelling(text: str) -> None:
    # White space within an escape is no longer one.
    assume("%" not in text and "&" not in text)
    whole = Reference.of(text).whole
    assert Reference.of(text.casefold()).whole == whole
    assert Reference.of(f"  {text[:3]}\t \N{NO-BREAK SPACE}{text[3:]}\n").whole == whole


ESCAPES = st.sampled_from((escape, quote, quote_plus))


@given(
    st.text("ABab01-&<>\"'ÄжЮ/", min_size=1, max_size=30),
    st.lists(ESCAPES, min_size=1, max_size=2),
)
def test_escapes_are_another_spelling(text: str, escapes: list[object]) -> None:
    shown = text
    for one in escapes:
        shown = one(shown)  # type: ignore[operator]
    assert Reference.of(shown).whole == Reference.of(text).whole


@given(TEXTS, st.text("AZ09-", max_size=10), st.text("AZ09-", max_size=10))
def test_what_is_put_around_a_reference_does_not_hide_it(
    text: str, before: str, after: str
) -> None:
    text = unicodedata.normalize("NFKC", text)
    assume(not unicodedata.combining(text[0]))  # It would become one with the prefix.
    assert may_be(text, f"{before}{text}{after}")


@given(PLAIN, st.integers(LEAST, 40), st.booleans())
def test_a_reference_that_was_cut_may_be_the_longer_one(
    text: str, length: int, in_front: bool
) -> None:
    assert may_be(text, text[-length:] if in_front else text[:length])


@given(PLAIN, st.text("XYZ", min_size=1, max_size=6), st.integers(LEAST, 40))
def test_a_prefix_and_a_cut_at_once_do_not_hide_it(
    text: str, prefix: str, length: int
) -> None:
    assert may_be(text, f"{prefix}{text[:length]}")


@given(
    st.text("ABCDE0123456789-", min_size=8, max_size=20),
    st.text("&<ÄжЮ", min_size=1, max_size=4),
    st.data(),
)
def test_a_cut_through_an_escape_does_not_hide_it(
    start: str, rest: str, data: st.DataObject
) -> None:
    for escaped in (
        escape(start + rest),
        quote(start + rest),
        quote(escape(start + rest)),
    ):
        length = data.draw(st.integers(len(start), len(escaped)))
        assert may_be(start + rest, escaped[:length])


@pytest.mark.parametrize(
    "shown",
    [
        "ORD-1001-2",
        "ORD-1002-1",
        "ord-1002-1",
        "PL-1788525144316",
        "ORD-2",
        "1",
        "-",
        "",
        "OTHER",
        "D-10",
    ],
)
def test_another_reference_of_the_shop_is_no_doubt(shown: str) -> None:
    assert not may_be("ORD-1001-1", shown)


@pytest.mark.parametrize("shown", ["&", "%", "&#", "%E", "\\u12", "é", "?????"])
def test_a_text_of_which_nothing_is_left_is_not_taken_for_every_reference(
    shown: str,
) -> None:
    assert not may_be("ORD-1001-1", shown)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert may_be(one, one)
    assert may_be(one, other) in (True, False)
