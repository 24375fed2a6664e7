"""A field that may be missing, tested as Python tests things: it must pass pyright strict and mypy strict."""

from __future__ import annotations

from plexy_pay import UNSET, PlexyPay, Unset
from plexy_pay.models import PaymentLink


def redirect(url: str) -> str:
    return f"Location: {url}"


def pay(client: PlexyPay) -> str:
    link = client.payment_links.create(amount=2_200_000, currency="KZT")
    if link.url:
        return redirect(link.url)
    raise RuntimeError("the API gave no page")


def page(link: PaymentLink) -> str:
    return redirect(link.url or "https://shop.kz/order")


def page_at_once(link: PaymentLink) -> str:
    if not link.url:
        return "nowhere"
    return redirect(link.url)


def pages(links: list[PaymentLink]) -> list[str]:
    return [redirect(link.url) for link in links if link.url]


def is_given(value: str | Unset) -> bool:
    nothing: bool = bool(UNSET)
    return bool(value) or nothing
