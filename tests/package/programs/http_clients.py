"""A merchant hands over clients and transports, of httpx and of httpx2."""

import httpx
import httpx2
from plexy_pay import AsyncPlexyPay, PlexyPay


def respond(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


PlexyPay("key", http_client=httpx.Client())
PlexyPay("key", http_client=httpx.HTTPTransport())
PlexyPay("key", http_client=httpx.MockTransport(respond))
PlexyPay("key", http_client=httpx2.Client())
PlexyPay("key", http_client=httpx2.HTTPTransport())
AsyncPlexyPay("key", http_client=httpx.AsyncClient())
AsyncPlexyPay("key", http_client=httpx.AsyncHTTPTransport())
AsyncPlexyPay("key", http_client=httpx2.AsyncClient())
AsyncPlexyPay("key", http_client=httpx2.AsyncHTTPTransport())
