"""A local stand-in for the Plexy Pay API, for development and tests.

It serves all operations of the bundled OpenAPI document with state in memory: payment links that can be paid
on a page of its own, host-to-host payments with 3-D Secure, captures, cancellations and refunds, beneficiaries,
payouts and settlements, the wallet, the checkout of v2, the Gate, and webhooks. Start it with
`python -m plexy_pay_sandbox`, or inside a program with `RunningSandbox`.

What the public documentation says, the sandbox does. Where it says nothing, the sandbox does something
plausible, and the first lines of each module name those choices: do not take them for facts about the real
API.
"""

from __future__ import annotations

try:
    from .app import create_app
    from .faults.control import FaultControl, SetFault
    from .payer import answer_challenge
    from .serving import RunningSandbox
    from .webhooks.control import SentWebhook, WebhookControl
except ModuleNotFoundError as error:
    name = (error.name or "").partition(".")[0]
    if name in ("cryptography", "starlette", "uvicorn", "jsonschema", "referencing"):
        raise ModuleNotFoundError(
            f"The sandbox needs {name}. Install it with: pip install 'plexy-pay[sandbox]'",
            name=name,
        ) from error
    raise

__all__ = [
    "FaultControl",
    "RunningSandbox",
    "SentWebhook",
    "SetFault",
    "WebhookControl",
    "answer_challenge",
    "create_app",
]
