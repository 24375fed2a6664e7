"""Five typical mistakes; both type checkers must name each, on the line that says so, and nothing else."""

from __future__ import annotations

from plexy_pay import PlexyPay

client = PlexyPay()

client.payment_links.create(amount="22000", currency="KZT")  # mistake: wrong type
create = client.payment_links.create
create(amount=1, currency="KZT", order_refrence="1")  # mistake: misspelt keyword
client.payment_links.create(currency="KZT")  # mistake: missing field
client.payment_links.create(
    amount=1,
    currency="KZT",
    recurring={"type": "cof_inital"},  # mistake: wrong enum
)
link = client.payment_links.create(amount=2_200_000, currency="KZT")
print("pay at " + link.url)  # mistake: UNSET as text
