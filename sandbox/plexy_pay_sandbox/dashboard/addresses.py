"""Know where each page of the dashboard lies."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

OVERVIEW: Final = "/"
BASE: Final = "/_sandbox/dashboard"
REQUESTS: Final = f"{BASE}/requests"
WEBHOOKS: Final = f"{BASE}/webhooks"
CONTROLS: Final = f"{BASE}/controls"
RESET: Final = f"{BASE}/reset"
ADVANCE: Final = f"{BASE}/advance"
FAULTS: Final = f"{BASE}/faults"
STATIC: Final = f"{BASE}/static"


def order(some_id: str) -> str:
    """Return the page of a payment or a link."""
    return f"{BASE}/orders/{quote(some_id, safe='')}"


def request(number: int) -> str:
    """Return the page of a request."""
    return f"{REQUESTS}/{number}"


def delivery(delivery_id: str) -> str:
    """Return the page of a delivery."""
    return f"{WEBHOOKS}/{quote(delivery_id, safe='')}"


def resend(delivery_id: str) -> str:
    """Return where the form that sends a delivery once more is posted to."""
    return f"{delivery(delivery_id)}/resend"


def remove_fault(fault_id: str) -> str:
    """Return where the form that removes a fault is posted to."""
    return f"{FAULTS}/{quote(fault_id, safe='')}/remove"


def is_page(address: str) -> bool:
    """Return whether an address is one of the dashboard, and leads nowhere else."""
    return address == OVERVIEW or address.startswith(f"{BASE}/")
