"""A field that may be missing, used as if it could not be; both type checkers must name each mistake on its line."""

from __future__ import annotations

from plexy_pay import PlexyPay


def redirect(url: str) -> str:
    return f"Location: {url}"


link = PlexyPay().payment_links.create(amount=2_200_000, currency="KZT")
redirect(link.url)  # mistake: it may be UNSET
if not link.url:
    redirect(link.url)  # mistake: it may be UNSET here, too
if link.id:
    redirect(link.url)  # mistake: another field was looked at
