"""As `bare.py`, but without the certificates that plain http does not need. Arguments: origin, key, id of the link."""

import ssl
import sys

import attrs
import httpx


@attrs.define
class Link:
    order_reference: str


origin, key, link_id = sys.argv[1:]
client = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
response = client.request(
    "GET", f"{origin}/v1/payment-links/{link_id}", headers={"Authorization": key}
).json()
link = Link(order_reference=response["orderReference"])
print(link.order_reference)

with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmRSS")))
