"""Write the page of the configuration: origins, keys, environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from ..emit.clients import arguments
from ..model.api import Api
from . import markdown

#: The variables that the runtime itself reads: the name, what reads it, what it does.
OWN_VARIABLES = (
    (
        "PLEXY_BASE_URL",
        "the clients, at `base_url`",
        "The origin of all operations: a sandbox, or a gateway of yours. Without it the client calls the origin of its "
        "`environment`.",
    ),
    (
        "PLEXY_LOG",
        "the clients, the receivers of webhooks",
        "`info` or `debug` turns logs on: [Logging](../docs/logging.md).",
    ),
    (
        "PLEXY_EAGER_IMPORT",
        "`import plexy_pay`",
        "`1` imports everything at once, as `plexy_pay.preload()` does: for serverless functions.",
    ),
    (
        "PLEXY_WEBHOOK_SECRET",
        "`python -m plexy_pay.webhooks`",
        "The secret with which the command checks a delivery that was saved.",
    ),
)


def page(api: Api) -> str:
    """Return the page."""
    return markdown.joined(
        (
            "# Configuration",
            "A client takes its settings when it is made. An argument counts before its environment variable. "
            "[Clients](python/clients.md) has every argument.",
            "## Environment variables",
            markdown.table(("Variable", "Read by", "Meaning"), _variables(api)),
            "The package reads the token of webhooks from no variable: your program passes it to the receiver. The "
            "guides read it from `PLEXY_WEBHOOK_TOKEN`. A wrong value is a `ConfigurationError` when the client is "
            "made, and nothing is sent.",
            "## Families, keys and origins",
            "An operation belongs to a family. No family uses the key of another.",
            markdown.table(("Family", "Key", "Header", "Origins"), _families(api)),
            "## Arguments that belong to a family",
            markdown.table(("Argument", "Meaning"), _arguments(api)),
        )
    )


def _variables(api: Api) -> Iterator[tuple[str, str, str]]:
    for family in api.families:
        read = f"the clients, at `{family.argument}`"
        yield f"`{family.variable}`", read, f"The key of the {family.name} API."
    for setting in api.settings:
        if setting.variable is not None:
            read = f"the clients, at `{setting.argument}`"
            yield f"`{setting.variable}`", read, markdown.prose(setting.text)
    for name, read, meaning in OWN_VARIABLES:
        yield f"`{name}`", read, meaning


def _families(api: Api) -> Iterator[tuple[str, str, str, str]]:
    for family in api.families:
        origins = [f"{name}: `{origin}`" for name, origin in family.origins.items()]
        yield (
            family.name,
            f"`{family.argument}`",
            f"`{family.header}`",
            ", ".join(origins) or f"None is documented: pass `{family.base_url}`.",
        )


def _arguments(api: Api) -> Iterator[tuple[str, str]]:
    for argument in arguments(api):
        yield f"`{argument.name}`", markdown.prose(argument.text)
