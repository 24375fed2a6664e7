"""A merchant mixes up the clients."""

import httpx
import httpx2
from plexy_pay import AsyncPlexyPay, PlexyPay

PlexyPay("key", http_client=httpx.AsyncClient())  # mistake: an async client
PlexyPay("key", http_client=httpx2.AsyncHTTPTransport())  # mistake: an async transport
PlexyPay("key", http_client=httpx.Client)  # mistake: a class
PlexyPay(
    "key",
    http_client="http://proxy.internal:3128",  # mistake: the address of a proxy
)
AsyncPlexyPay("key", http_client=httpx2.Client())  # mistake: a sync client
AsyncPlexyPay("key", http_client=httpx.HTTPTransport())  # mistake: a sync transport
