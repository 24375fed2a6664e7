"""A process that makes one call with plexy_pay. Arguments: origin, key, id of the link."""

import sys

from plexy_pay import PlexyPay

origin, key, link_id = sys.argv[1:]
client = PlexyPay(key, base_url=origin)
link = client.payment_links.retrieve(link_id)
print(link.order_reference)

with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmRSS")))
