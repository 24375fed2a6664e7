"""A process that makes the same call with the stock client. Arguments: origin, key, id of the link."""

import sys

from plexy_pay_stock import AuthenticatedClient
from plexy_pay_stock.api.payment_links import retrieve_payment_link

origin, key, link_id = sys.argv[1:]
client = AuthenticatedClient(base_url=origin, token=key, prefix="")
link = retrieve_payment_link.sync(link_id, client=client)
print(link.order_reference)

with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmRSS")))
