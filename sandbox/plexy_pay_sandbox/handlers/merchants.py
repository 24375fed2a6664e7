"""The merchant, its customers and beneficiaries, and what it pays them. Amounts are in major units.

Stand-in choices in the responses, made because no public source says otherwise:

* The merchant's id is `merchant_sandbox`, as in the webhooks.
* The response to a split request has the fields of its request that the document knows, and an `id`.
* The documents of these operations require next to nothing; what the sandbox cannot do without is refused
  with 422 when it is missing.
"""

from __future__ import annotations

from ..beneficiaries import Beneficiary
from ..customers import Customer
from ..payouts import Payout
from ..records import MERCHANT_ID, MERCHANT_NAME, CardFace, Transaction
from ..refusals import NotFound
from ..settlement_orders import SettlementOrder
from ..split_requests import Split
from ..wire import to_seconds
from .calls import Call, Json, bare_page, card_fields, handles, page, present

# --- the merchant -------------------------------------------------------------------------------------------


@handles("merchants", "retrieve")
def retrieve_merchant(call: Call) -> Json:
    """Retrieve Merchant's Details."""
    if call.id != MERCHANT_ID:
        raise NotFound("merchant not found", "merchants")
    return {"id": MERCHANT_ID, "name": MERCHANT_NAME}


# --- customers ----------------------------------------------------------------------------------------------


@handles("customers", "create")
def create_customer(call: Call) -> Json:
    """Create Customer."""
    body = call.request.body
    return _customer(
        call.world.customers.create(body.get("email", ""), body.get("phone", ""))
    )


@handles("customers", "list")
def list_customers(call: Call) -> Json:
    """List Customers."""
    return page(call, call.world.customers.all(), _customer)


@handles("customers", "retrieve")
def retrieve_customer(call: Call) -> Json:
    """Get Customer by ID."""
    return _customer(call.world.customers.get(call.id))


@handles("customers", "card_tokens")
def customer_card_tokens(call: Call) -> list[Json]:
    """Get Customer's Card Tokens."""
    return [
        _card(token, face)
        for token, face in call.world.customers.cards(call.id).items()
    ]


@handles("customers", "transactions")
def customer_transactions(call: Call) -> Json:
    """Get Customer's Transactions."""
    return page(call, call.world.customers.transactions(call.id), _transaction)


# --- payouts ------------------------------------------------------------------------------------------------


@handles("payouts", "save_card")
def save_card_for_payouts(call: Call) -> Json:
    """Save Card for Payouts."""
    [card] = call.required("payouts", "cardData")
    face = call.world.card_reader.for_a_payout(card)
    saved = call.world.customers.save_card(call.request.body.get("customerId"), face)
    return _card(saved.token_id, face)


@handles("payouts", "create")
def process_payout(call: Call) -> Json:
    """Process Payout."""
    amount, currency, card = call.required(
        "payouts", "amount", "currency", "cardTokenId"
    )
    return _payout(call.world.payouts.create(amount, currency, card))


@handles("payouts", "list")
def list_payouts(call: Call) -> list[Json]:
    """Retrieve Payout Transactions."""
    return bare_page(call, call.world.payouts.all(), _payout)


# --- beneficiaries ------------------------------------------------------------------------------------------


@handles("beneficiaries", "create")
def create_beneficiary(call: Call) -> Json:
    """Create a beneficiary."""
    body = call.request.body
    return _beneficiary(
        call, call.world.beneficiaries.create(body.get("name"), body.get("iban"))
    )


@handles("beneficiaries", "update")
def update_beneficiary(call: Call) -> Json:
    """Update a beneficiary."""
    body = call.request.body
    return _beneficiary(
        call,
        call.world.beneficiaries.update(call.id, body.get("name"), body.get("iban")),
    )


@handles("beneficiaries", "retrieve")
def retrieve_beneficiary(call: Call) -> Json:
    """Retrieve a beneficiary; the docs call it "Gey By Id"."""
    return _beneficiary(call, call.world.beneficiaries.get(call.id))


@handles("beneficiaries", "list")
def list_beneficiaries(call: Call) -> list[Json]:
    """List beneficiaries."""
    return bare_page(
        call, call.world.beneficiaries.all(), lambda row: _beneficiary(call, row)
    )


@handles("beneficiaries", "transfer_to_merchant")
def transfer_to_merchant(call: Call) -> None:
    """Transfer from beneficiary balance to merchant balance."""
    beneficiary = call.world.beneficiaries.get(call.id)
    amount, currency = call.required("paymentBeneficiaries", "amount", "currency")
    call.world.beneficiaries.transfer_to_merchant(beneficiary.id, amount, currency)


@handles("beneficiaries", "settle")
def settle_beneficiary(call: Call) -> Json:
    """Create manual settlement for beneficiary."""
    beneficiary = call.world.beneficiaries.get(call.id)
    amount, currency = call.required("paymentBeneficiaries", "amount", "currency")
    settlement = call.world.beneficiaries.settle(beneficiary.id, amount, currency)
    return {
        "id": settlement.id,
        "amount": settlement.amount,
        "currency": settlement.currency,
        "status": "created",
        "createdAt": to_seconds(settlement.created_at),
    }


# --- split requests -----------------------------------------------------------------------------------------


@handles("split_requests", "create")
def create_split_request(call: Call) -> Json:
    """Create a split request."""
    return _split(call.world.split_requests.create(call.request.body))


@handles("split_requests", "list")
def list_split_requests(call: Call) -> list[Json]:
    """List split requests."""
    return bare_page(call, call.world.split_requests.all(), _split)


@handles("split_requests", "update")
def update_split_request(call: Call) -> Json:
    """Update a split request."""
    return _split(call.world.split_requests.update(call.id, call.request.body))


@handles("split_requests", "retrieve")
def retrieve_split_request(call: Call) -> Json:
    """Get a split request by its id."""
    return _split(call.world.split_requests.get(call.id))


@handles("split_requests", "delete")
def delete_split_request(call: Call) -> None:
    """Delete a split request."""
    call.world.split_requests.delete(call.id)


# --- settlement payment orders ------------------------------------------------------------------------------


@handles("settlement_orders", "create")
def create_settlement_order(call: Call) -> Json:
    """Create a settlement payment order."""
    return _settlement_order(call.world.settlement_orders.create(call.request.body))


@handles("settlement_orders", "retrieve")
def retrieve_settlement_order(call: Call) -> Json:
    """Get a settlement payment order by its id."""
    return _settlement_order(call.world.settlement_orders.get(call.id))


@handles("settlement_orders", "list")
def list_settlement_orders(call: Call) -> list[Json]:
    """List settlement payment orders."""
    return bare_page(call, call.world.settlement_orders.all(), _settlement_order)


# --- how things look ----------------------------------------------------------------------------------------


def _customer(customer: Customer) -> Json:
    return {
        "id": customer.id,
        "email": customer.email,
        "phone": customer.phone,
        "createdAt": to_seconds(customer.created_at),
    }


def _card(token_id: str, face: CardFace) -> Json:
    return {"cardTokenId": token_id} | card_fields(face)


def _transaction(transaction: Transaction) -> Json:
    return {
        "transactionId": transaction.id,
        "amount": transaction.amount,
        "currency": transaction.currency,
        "status": transaction.status,
        "createdAt": to_seconds(transaction.created_at),
    }


def _payout(payout: Payout) -> Json:
    return {
        "id": payout.id,
        "amount": payout.amount,
        "currency": payout.currency,
        "status": "created",
        "createdAt": to_seconds(payout.created_at),
    }


def _beneficiary(call: Call, beneficiary: Beneficiary) -> Json:
    return present(
        id=beneficiary.id,
        name=beneficiary.name,
        iban=beneficiary.iban,
        balance=call.world.beneficiaries.balance(beneficiary),
        currency=beneficiary.currency,
    )


def _split(split: Split) -> Json:
    return {
        "id": split.id,
        "transactionId": split.transaction_id,
        "beneficiaryId": split.beneficiary.id,
        "amount": split.amount,
        "currency": split.currency,
    }


def _settlement_order(order: SettlementOrder) -> Json:
    return {
        "id": order.id,
        "requestId": order.request_id,
        "beneficiaryId": order.beneficiary.id,
        "amount": order.amount,
        "currency": order.currency,
        "status": order.status,
    }
