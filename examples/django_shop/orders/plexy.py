"""Hold the client: one for each process, for all of its threads."""

from __future__ import annotations

from functools import cache

from plexy_pay import PlexyPay


@cache
def plexy() -> PlexyPay:
    """Return the client. Its key is in PLEXY_API_KEY, which is read at the first call."""
    return PlexyPay()
