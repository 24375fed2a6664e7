"""A local stand-in for the Plexy Pay API, for development and tests.

It serves all operations of the bundled OpenAPI document with state in memory, or in a file: payment links that can
be paid on a page of its own, host-to-host payments with 3-D Secure, captures, cancellations and refunds, beneficiaries,
payouts and settlements, the wallet, the checkout of v2, the Gate, and webhooks. Start it with
`python -m plexy_pay_sandbox`, or inside a program with `RunningSandbox`.

What the public documentation says, the sandbox does. Where it says nothing, the sandbox does something
plausible, and the first lines of each module name those choices: do not take them for facts about the real
API.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .app import create_app
    from .faults.control import FaultControl, SetFault
    from .payer import PayerEnd, answer_challenge, pay_on_page
    from .serving import RunningSandbox, SandboxClock
    from .webhooks.apps import AppResponse, AppWebhooks
    from .webhooks.control import SentWebhook, WebhookControl

__all__ = [
    "AppResponse",
    "AppWebhooks",
    "FaultControl",
    "PayerEnd",
    "RunningSandbox",
    "SandboxClock",
    "SentWebhook",
    "SetFault",
    "WebhookControl",
    "answer_challenge",
    "create_app",
    "pay_on_page",
]

#: Imported once they are asked for: pytest loads `pytest_plugin` also where nothing uses it.
_MODULES: Final = {
    "AppResponse": ".webhooks.apps",
    "AppWebhooks": ".webhooks.apps",
    "FaultControl": ".faults.control",
    "PayerEnd": ".payer",
    "RunningSandbox": ".serving",
    "SandboxClock": ".serving",
    "SentWebhook": ".webhooks.control",
    "SetFault": ".faults.control",
    "WebhookControl": ".webhooks.control",
    "answer_challenge": ".payer",
    "create_app": ".app",
    "pay_on_page": ".payer",
}
_NEEDED: Final = (
    "cryptography",
    "jinja2",
    "jsonschema",
    "markupsafe",
    "referencing",
    "starlette",
    "uvicorn",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found = getattr(import_module(_MODULES[name], __name__), name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _NEEDED:
            raise
        raise ModuleNotFoundError(
            f"The sandbox needs {missing}. Install it with: pip install 'plexy-pay[sandbox]'",
            name=missing,
        ) from error
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
