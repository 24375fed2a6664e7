"""What the `repr` of a model shows: ids, references and free text; nothing that is secret or personal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.description import DESCRIPTION
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import models
from plexy_pay._core.key_mask import KeyMask
from plexy_pay._core.keys import MASK
from plexy_pay._core.log_masks import Masker
from plexy_pay._log_allowlist import HIDDEN, VALUES

DOCUMENT: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
IDS = (
    "orderReference",
    "merchantReference",
    "reference",
    "externalReference",
    "external_ref",
    "cartReference",
)
NEEDED = sorted(
    {
        name
        for schema in SCHEMAS.values()
        for name, node in schema.get("properties", {}).items()
        if (name in IDS or name.lower().endswith("id")) and not node.get("x-sensitive")
    }
)
FREE = {
    name
    for schema in SCHEMAS.values()
    for name, node in schema.get("properties", {}).items()
    if "x-free-text" in node
}
PERSONAL = ["a.b@shop.kz", "+7 701 123 45 67", "4111 1111 1111 1111"]


def plain(name: str) -> str:
    return name.lower().replace("_", "")


def logged(data: Any) -> Any:
    return json.loads(Masker(KeyMask([])).body(json.dumps(data).encode()))


@pytest.mark.parametrize("name", NEEDED)
def test_ids_and_references_are_shown_in_logs(name: str) -> None:
    assert plain(name) in VALUES
    assert logged({name: "ORD-1001"}) == {name: "ORD-1001"}


def test_ids_are_all_there_and_only_tokens_and_accounts_of_persons_are_hidden() -> None:
    assert {
        "customerId",
        "orderReference",
        "paymentId",
        "transactionId",
        "request_id",
    } <= set(NEEDED)
    hidden = {name for name in HIDDEN if name.endswith(("id", "reference", "ref"))}
    assert hidden == {"cardtokenid", "tokenid"}


def test_a_shop_s_own_id_of_a_customer_is_shown() -> None:
    session = models.CheckoutSession.from_dict(
        {"id": "CS1", "shopperReference": "customer-1"}
    )
    assert repr(session) == "CheckoutSession(id='CS1', shopper_reference='customer-1')"
    assert logged({"shopperReference": "customer-1"}) == {
        "shopperReference": "customer-1"
    }


def test_free_text_is_shown_by_repr_and_masked_in_logs() -> None:
    assert sorted(FREE) == [
        "description",
        "failure_message",
        "reason",
        "seller_message",
    ]
    data = {
        "id": "L1",
        "description": "Cake for Aigul Seitova",
        "orderReference": "ORD-1",
    }
    link = models.PaymentLink.from_dict(data)
    assert "Aigul" in repr(link)
    assert logged(data) == {**data, "description": MASK}


@given(st.text(max_size=10), st.sampled_from(PERSONAL), st.text(max_size=10))
def test_what_looks_personal_in_a_reference_is_masked_wherever_it_is_shown(
    before: str, personal: str, after: str
) -> None:
    reference = f"{before} {personal} {after}"
    link = models.PaymentLink.from_dict(
        {"orderReference": reference, "description": reference}
    )
    assert personal not in repr(link)
    assert personal not in f"{logged({'orderReference': reference})}"
    assert link.order_reference == reference
