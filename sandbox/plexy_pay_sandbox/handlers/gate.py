"""The Gate. Amounts are decimal text in major units; the prices of products are numbers."""

from __future__ import annotations

from datetime import datetime

from .. import gate
from ..money import decimal_text
from ..wire import to_seconds
from .calls import Call, Json, cut, handles, present


@handles("gate", "health")
def health(call: Call) -> None:
    """Return the health of the API."""


@handles("gate.product_types", "list")
def list_product_types(call: Call) -> list[Json]:
    """List product types."""
    return [
        {"id": id, "code": code, "name": name}
        for id, (code, name) in gate.PRODUCT_TYPES.items()
    ]


@handles("gate.product_categories", "list")
def list_product_categories(call: Call) -> list[Json]:
    """List product categories."""
    return [{"id": id, "name": name} for id, name in gate.PRODUCT_CATEGORIES.items()]


@handles("gate.products", "list")
def list_products(call: Call) -> list[Json]:
    """List products."""
    return [_product(product) for product in gate.PRODUCTS.values()]


@handles("gate.products", "retrieve")
def retrieve_product(call: Call) -> Json:
    """Get product."""
    return _product(call.world.gate.product(call.request.path["product_id"]))


@handles("gate.orders", "list")
def list_orders(call: Call) -> Json:
    """List orders."""
    query = call.request.query
    rows = call.world.gate.orders(query.get("status"), query.get("product_id"))
    number, size, shown = cut(call, rows, "pageSize")
    return {
        "items": [_order(order) for order in shown],
        "page": number,
        "pageSize": size,
        "total": len(rows),
    }


@handles("gate.orders", "create")
def create_order(call: Call) -> Json:
    """Create order."""
    key = call.request.headers.get("Idempotency-Key", "")
    return _order(call.world.gate.order(key, call.request.body))


@handles("gate.orders", "retrieve")
def retrieve_order(call: Call) -> Json:
    """Get order by ID."""
    return _order(call.world.gate.get(call.request.path["order_id"]))


@handles("gate.balance", "retrieve")
def retrieve_balance(call: Call) -> Json:
    """Get balance."""
    available = decimal_text(call.world.gate.balance())
    updated_at = to_seconds(call.world.gate.balance_changed_at)
    return {
        "items": [
            {
                "currency_code": gate.CURRENCY,
                "available": available,
                "updated_at": updated_at,
            }
        ]
    }


@handles("gate.deposits", "list")
def list_deposits(call: Call) -> Json:
    """List deposit history."""
    rows = call.world.gate.deposits(call.request.query.get("status"))
    number, size, shown = cut(call, rows, "pageSize")
    return {
        "items": [_deposit(deposit) for deposit in shown],
        "page": number,
        "pageSize": size,
        "total": len(rows),
    }


def _product(product: gate.Product) -> Json:
    top_up = product.top_up
    return present(
        id=product.id,
        name=product.name,
        slug=product.slug,
        category_id=product.category_id,
        product_type_id=product.type_id,
        region_code="GLOBAL",
        currency_code=gate.CURRENCY,
        price=product.price,
        min_amount=top_up.least if top_up else None,
        max_amount=top_up.most if top_up else None,
        step=top_up.step if top_up else None,
        description=product.description,
        is_active=product.active,
    )


def _order(order: gate.Order) -> Json:
    content = {"vendor_order_id": order.vendor_order_id}
    if order.has_voucher:
        content["voucher_code"] = order.voucher_code
    completed = order.status is gate.OrderStatus.COMPLETED
    return {
        "id": order.id,
        "product_id": order.product.id,
        "external_ref": order.external_ref,
        "idempotency_key": order.idempotency_key,
        "status": order.status,
        "order_content": content,
        "currency_code": gate.CURRENCY,
        "charged_amount": decimal_text(order.charged),
        "balance_before": decimal_text(order.balance_before),
        "balance_after": decimal_text(order.balance_after),
        "is_test": True,
        "region_code": "GLOBAL",
        "created_at": to_seconds(order.created_at),
        "completed_at": _moment(order.finished_at if completed else None),
        "failed_at": _moment(None if completed else order.finished_at),
    }


def _deposit(deposit: gate.Deposit) -> Json:
    return {
        "id": deposit.id,
        "currency_code": gate.CURRENCY,
        "amount": decimal_text(deposit.amount),
        "method": deposit.method,
        "status": deposit.status,
        "external_ref": deposit.external_ref,
        "created_at": to_seconds(deposit.created_at),
        "posted_at": _moment(deposit.posted_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else to_seconds(moment)
