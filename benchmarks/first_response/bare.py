"""A process that makes the same call with bare httpx and an attrs class. Arguments: origin, key, id of the link."""

import sys

import attrs
import httpx


@attrs.define
class Link:
    order_reference: str


origin, key, link_id = sys.argv[1:]
client = httpx.Client()
response = client.request(
    "GET", f"{origin}/v1/payment-links/{link_id}", headers={"Authorization": key}
).json()
link = Link(order_reference=response["orderReference"])
print(link.order_reference)

with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmRSS")))
