"""What the measurements send and are answered: the examples of the bundled document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "generated" / "plexy_pay"
DESCRIPTION = PROJECT / "sandbox" / "plexy_pay_sandbox" / "openapi.json"

KEY = "pr_0a1B2c3D4e5F6g7H8i9J"
LINKS = "/v1/payment-links"
LINK_ID = "pl_5e9f8f8f9d9e9e9d9e9f8f8f8f9d9e9f"
TRANSACTIONS = "/v1/transactions"


@cache
def bundled() -> dict[str, Any]:
    """Return the document that the package was generated from."""
    document: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return document


def example(method: str, path: str, status: int) -> Any:
    """The example of a response."""
    operation = bundled()["paths"][path][method.lower()]
    return operation["responses"][str(status)]["content"]["application/json"]["example"]


def new_link() -> dict[str, Any]:
    """The example of the body that makes a payment link."""
    media: dict[str, Any] = bundled()["paths"][LINKS]["post"]["requestBody"]["content"][
        "application/json"
    ]
    return dict(media["example"])
