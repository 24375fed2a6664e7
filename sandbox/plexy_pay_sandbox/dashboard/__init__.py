"""The dashboard: pages for the developer of a shop, who sees there why an order was not paid.

The first page is at `/`, the others lie under `/_sandbox/dashboard/`. To read a page changes nothing: nothing that is
due happens, and nothing is logged. What changes something is posted to `/_sandbox/dashboard/...` and does what the
routes of the command do, by the same functions.

`orders` says how each payment and link stands and why, `timeline` what happened to it, `requests` and `deliveries` what
was sent, `programs` the code for it, and `signatures` how a delivery is proved. `pages` renders, `routes` and `forms`
serve.

`static/htmx.min.js` is htmx 2.0.11 as npm has it (`htmx.org`), with its licence beside it. It asks every two seconds
for what is new. Without JavaScript the pages are the same, and stand still.
"""

from __future__ import annotations
