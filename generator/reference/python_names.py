"""Write the pages of Python's public names outside the model, which mkdocstrings fills in from docstrings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..emit.package import PUBLIC
from . import markdown

DIRECTORY = "reference/python"


@dataclass(frozen=True)
class Page:
    """A page of names.

    Attributes:
        title: Its title.
        text: The text before the names.
        names: The names, each with its module.
    """

    title: str
    text: str
    names: tuple[str, ...]


def _of(*modules: str) -> tuple[str, ...]:
    """Return the names that `from plexy_pay import ...` offers from modules of the runtime."""
    return tuple(f"plexy_pay.{name}" for module in modules for name in PUBLIC[module])


def _in(module: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in names)


_MODULES = """\
| Name | Contents |
| --- | --- |
| `plexy_pay.api` | the functions below the clients, a module for each operation; [its page](../index.md) names it |
| `plexy_pay.cards` | [card data on your own page](cards.md) |
| `plexy_pay.errors` | [every error](errors.md) |
| `plexy_pay.models` | [what requests and responses are made of](../models/index.md) |
| `plexy_pay.params` | the same as dictionaries, for requests |
| `plexy_pay.webhooks` | [proofs and receivers](webhooks.md), [events](../events.md), [adapters](adapters.md) |
| `plexy_pay.__version__` | the version of the package, as text |

Importing `plexy_pay` loads none of them. Each is loaded when it is first used."""

PAGES: Mapping[str, Page] = {
    "package": Page("The package", _MODULES, ("plexy_pay.preload",)),
    "clients": Page(
        "Clients",
        "[Keys and origins](../configuration.md) says where settings come from, [Clients](../../docs/clients.md) how "
        "threads, tasks and processes share one.",
        (
            "plexy_pay.PlexyPay",
            "plexy_pay.AsyncPlexyPay",
            *_of("_core.auth", "_core.keys"),
        ),
    ),
    "calls": Page(
        "Calls",
        "These classes are about one call: its options, its time limits, its response, its pages.",
        _of("_core.types", "_core.pagination", "_core.next_action"),
    ),
    "money": Page(
        "Money", "[Money](../../docs/money.md) is the guide.", _of("_core.money")
    ),
    "errors": Page(
        "Errors",
        "[When a call fails](../../docs/errors.md) says what each error means for the money and what to do. All of "
        "them are in `plexy_pay.errors`, too.",
        _of("errors", "_core.deprecation"),
    ),
    "reconciliation": Page(
        "Reconciliation and drift",
        "[When a payment's outcome is unknown](../../docs/reconciling.md) is the guide, "
        "[tolerance](../../docs/tolerance.md) that of drift.",
        _of("_core.reconciliation", "_core.drift"),
    ),
    "cards": Page(
        "Cards",
        "The module `plexy_pay.cards` needs `plexy-pay[cards]`. [Cards](../../docs/cards.md) is the guide.",
        _in(
            "plexy_pay.cards",
            *("Card", "Padding", "browser_details", "InvalidCardError"),
            *("ThreeDSCallback", "read_three_ds_callback", "ThreeDSCallbackError"),
        ),
    ),
    "webhooks": Page(
        "Webhooks",
        "[Webhooks](../../docs/webhooks.md) is the guide. [Events](../events.md) has the class of each event.",
        _in(
            "plexy_pay.webhooks",
            *("TokenSecret", "BodySecret", "FieldsSecret", "unwrap", "sign"),
            *("WebhookVerificationError", "Reason"),
            *("Receiver", "Reply", "Store", "Claim", "MemoryStore"),
            *("WebhookEvent", "UnknownEvent", "AnyEvent", "EVENTS"),
        ),
    ),
    "adapters": Page(
        "Webhooks in a framework",
        "Each of these modules imports its framework, and no other module does. The one for AWS imports nothing.",
        (
            "plexy_pay.webhooks.fastapi.webhook_router",
            "plexy_pay.webhooks.django.webhook_view",
            "plexy_pay.webhooks.flask.webhook_view",
            "plexy_pay.webhooks.aiohttp.webhook_handler",
            "plexy_pay.webhooks.aws.body_and_headers",
        ),
    ),
    "testing": Page(
        "Testing",
        "`plexy-pay[sandbox]` brings the package `plexy_pay_sandbox` and its fixtures for pytest. "
        "[Testing](../../docs/testing.md) is the guide.",
        (
            *_in(
                "plexy_pay_sandbox",
                *("RunningSandbox", "SandboxClock", "create_app"),
                *("pay_on_page", "PayerEnd", "answer_challenge"),
                *("WebhookControl", "AppWebhooks", "AppResponse", "SentWebhook"),
                *("FaultControl", "SetFault"),
            ),
            *_in(
                "plexy_pay_sandbox.pytest_plugin",
                *("plexy_sandbox", "plexy_client", "plexy_async_client"),
                *("plexy_clock", "plexy_webhooks", "plexy_faults"),
            ),
        ),
    ),
}


def pages() -> dict[str, str]:
    """Return the pages by their paths."""
    return {
        f"{DIRECTORY}/{name}.md": markdown.joined(_parts(page))
        for name, page in PAGES.items()
    }


def _parts(page: Page) -> Iterator[str]:
    yield f"# {page.title}"
    yield page.text
    for name in page.names:
        yield f"::: {name}"
