"""Faults on demand: what networks, gateways and receivers do to a payment, by operation or event.

Everything here is the sandbox's own: nothing of it is documented, and no fault says how often or whether the real API
fails in that way. `kinds` has all faults with what each means for the money, `rules` decides which one strikes,
`middleware` strikes requests with the help of `connection`, `webhooks.sender` strikes events, `routes` and `control`
set, list and remove.
"""

from __future__ import annotations
