"""Webhooks: the events of the document, and the callback of 2023, posted to the merchant's endpoint.

Documented: the names of the events, the shape of each body, what proves each scheme (`Authorization: Bearer <token>`;
`Plexy-Signature` over the body; in 2023 `x-signature` over five fields), that 200 acknowledges, that v2 waits 30
seconds for the response and may deliver an event more than once. Observed: the token without `Bearer` and with two of
them, and plain ids where the documentation has `{"Value": ...}`.

Stand-in choices, made because no public source says otherwise:

* The callback URL is the link's `metadata.callbackUrl`. A payment that the merchant initiates with a saved
  card reports to the callback URL of the payment in which the card was saved. Everything else of the Pay API goes to
  the sandbox's one `url`, if it has one: links without a callback URL, host-to-host payments, and settlement payment
  orders. Each scheme has an endpoint of its own: events of v2 go to `checkout_url`, and to nowhere without one.
* Webhooks about settlement payment orders carry the same token. Both `merchant_id` are the sandbox's.
* Amounts are in major units, as in transactions; the documentation leaves the unit open. Events of v2 are in minor
  units, as its payments are, and their `data.id` is the payment's `pspReference`.
* v2 has no operation that refunds, so no payment leads to `refund.succeeded`: it is sent on demand alone.
* With a `callback_url`, host-to-host payments report by the callback of 2023 in place of `transaction.*`: once they
  are authorized (`success`), once they are charged (`success` and `settled`), or once they are rejected (neither).
  `externalReference` is the retrieval reference number. Refunds and cancellations send no callback.
* The private key that signs callbacks is the first key of the Pay API.
* One address gets its events one after another, in order. An event that is not acknowledged with 200 within 30
  seconds is sent again after 0.5, 2 and 8 seconds, and then given up. Each attempt is signed anew.
* Addresses do not wait for each other, up to a hundred at once. A connection is kept for a second, if the receiver
  keeps it, and carries one event at a time.
* 3-D Secure is no event: `transaction.3d` is not among the documented names.

The sandbox posts to loopback addresses only, unless it was told of other hosts: a test must not send
"authorized" to a shop's real endpoint because its callback URL was left in the configuration.

`sender` delivers, `posting` keeps the connections, `payloads` and `samples` say what, `signing` proves it, `routes` and
`control` let a test cause duplicates, delays, another order, and any event it likes. `faults` has the same for events
that happen by themselves. `apps` hands events to an application of the test's own process, where nothing is posted.
"""

from __future__ import annotations
