"""Models read and write with functions that are compiled when they are first used."""

from __future__ import annotations

import linecache
import threading
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from attrs import define
from plexy_pay import UNSET, Unset
from plexy_pay.models import Customer, PaymentLink, RefundPayment


class Stopping(Mapping[str, Any]):
    """An object with all fields, whose values raise."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("here")

    def __iter__(self) -> Iterator[str]:
        return iter(("amount", "orderReference", "description"))

    def __len__(self) -> int:
        return 3


def test_a_traceback_shows_the_line_of_a_compiled_function() -> None:
    with pytest.raises(RuntimeError) as caught:
        RefundPayment.from_dict(Stopping())
    shown = "".join(traceback.format_exception(caught.value))
    assert "from_dict of plexy_pay.models.refund_payment.RefundPayment" in shown
    assert "model.amount = data['amount']" in shown


def test_a_compiled_function_says_where_it_is_written() -> None:
    RefundPayment.from_dict({})
    (lines,) = [
        entry[2]
        for name, entry in linecache.cache.items()
        if name == "<from_dict of plexy_pay.models.refund_payment.RefundPayment>"
        and len(entry) == 4
    ]
    assert "plexy_pay._core.decoders" in lines[0]


@define(kw_only=True)
class ShopLink(PaymentLink):
    """A model of a merchant's, with a field that this version of the client does not know."""

    shop_number: int | Unset = UNSET


@pytest.mark.parametrize("first", [PaymentLink, ShopLink])
def test_a_subclass_has_its_own_fields_whichever_class_is_used_first(
    first: type[PaymentLink],
) -> None:
    first.from_dict({}).to_dict()
    link = ShopLink.from_dict({"id": "pl_1", "shopNumber": 7})
    assert (link.id, link.shop_number) == ("pl_1", 7)
    assert link.to_dict() == {"id": "pl_1", "shopNumber": 7}
    plain = PaymentLink.from_dict({"id": "pl_1", "shopNumber": 7})
    assert plain.additional_properties == {"shopNumber": 7}


class Screen(PaymentLink):
    """A class of a merchant's that is no model itself; only type checkers know what it names."""

    window: Window  # type: ignore[name-defined]  # noqa: F821


def test_annotations_of_a_class_that_is_no_model_are_not_looked_at() -> None:
    assert Screen.from_dict({"id": "pl_1"}).to_dict() == {"id": "pl_1"}


def test_many_threads_may_use_a_model_for_the_first_time() -> None:
    start = threading.Barrier(8)
    found: list[str] = []

    def use() -> None:
        start.wait()
        found.append(str(Customer.from_dict({"id": "c"}).to_dict()))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["{'id': 'c'}"] * 8
