"""The dashboard: pages that explain to the developer of a shop why an order was not paid.

The first page is at `/`, the others are under `/_sandbox/dashboard/`. Reading a page changes nothing: no due event
happens, and nothing is logged. Forms are posted to `/_sandbox/dashboard/...` and call the same functions as the routes
of the command.

`orders` describes the status of each payment and link with its reason, `timeline` its history. `requests` and
`webhook_news` describe the traffic, `programs` writes the client's code for a request, and `signatures` explains how a
delivery is signed. `pages` renders, `routes` and `forms` serve.

`static/htmx.min.js` is htmx 2.0.11 from npm (`htmx.org`), with its licence beside it. It polls every two seconds.
Without JavaScript the pages are the same, but static.
"""

from __future__ import annotations
