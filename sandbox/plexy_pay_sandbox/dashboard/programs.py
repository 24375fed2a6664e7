"""Write the program that makes a request: with the client, or else with curl."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .. import wire
from ..access import PAY, Access
from ..hiding import HIDDEN
from ..request_log import LoggedRequest
from ..responses import CHECKOUT
from ..validation import Contract, Operation
from ..webhooks.sender import is_loopback
from .client_calls import ClientCall, NoCall, call_of
from .python_text import call_lines, imported_names

#: The modules that names come from, in the order of their imports.
_MODULES: Final = {
    "datetime": ("UTC", "date", "datetime"),
    "decimal": ("Decimal",),
    "plexy_pay": ("Money", "PlexyPay"),
}
_OWN: Final = "plexy_pay"
_NOT_KEPT: Final = f"The sandbox keeps no card data: write yours in place of {HIDDEN}."


@dataclass(frozen=True, slots=True)
class Program:
    """Represent a program.

    Attributes:
        language: `Python` or `curl`.
        text: The program.
        note: What is to be known about it, such as why it is none of the client.
    """

    language: str
    text: str
    note: str | None = None


def program_of(
    contract: Contract, logged: LoggedRequest, access: Access, base_url: str
) -> Program:
    """Return the program that makes a request.

    Args:
        contract: The document, read.
        logged: The request.
        access: The keys; those that were given are not shown.
        base_url: The origin of the sandbox.
    """
    try:
        call = call_of(contract, logged)
    except NoCall as reason:
        return Program("curl", _curl(contract, logged, access, base_url), str(reason))
    text = _python(call, access, base_url)
    return Program("Python", text, _NOT_KEPT if HIDDEN in text else None)


def _python(call: ClientCall, access: Access, base_url: str) -> str:
    client = _client(call.operation, access, base_url)
    before, after = "result = ", ""
    if call.pages:
        before, after = "for item in ", ":"
    lines = call_lines(
        f"{before}client.{call.name}(", call.positional, call.named, after
    )
    if call.pages:
        lines.append("    print(item)")
    imports = _imports(imported_names(call.values) | {"PlexyPay"})
    return "\n".join([*imports, "", *client, *lines]) + "\n"


def _imports(names: set[str]) -> list[str]:
    lines: list[str] = []
    for module, known in _MODULES.items():
        found = [name for name in known if name in names]
        if not found:
            continue
        if module == _OWN and lines:
            lines.append("")
        lines.append(f"from {module} import {', '.join(found)}")
    return lines


def _client(operation: Operation, access: Access, base_url: str) -> list[str]:
    """Return the lines that make the client. A key that was given is left to its environment variable."""
    shown = access.shown()
    named: dict[str, object] = {}
    positional: list[object] = []
    if operation.family == CHECKOUT:
        named |= _if_shown(access, "checkout_key", "checkout_api_key")
    elif operation.family == PAY:
        positional = [shown["key"]] if shown["key"] == access.key else []
    else:
        named |= _if_shown(access, "gate_key", "gate_api_key")
        named |= _if_shown(access, "agent_id", "agent_id")
    named["base_url"] = base_url
    host = urlsplit(base_url).hostname or ""
    if base_url.startswith("http://") and not is_loopback(host):
        # The client takes any collection of names; a list is what is written here.
        named["plain_http_hosts"] = [host]
    return call_lines("client = PlexyPay(", positional, named, "")


def _if_shown(access: Access, name: str, argument: str) -> dict[str, object]:
    """Return the argument of a key that everybody may see."""
    shown = access.shown()[name]
    return {argument: shown} if shown == getattr(access, name) else {}


def _curl(
    contract: Contract, logged: LoggedRequest, access: Access, base_url: str
) -> str:
    # curl would take brackets and braces for a pattern.
    globs = ["--globoff"] if set("[]{}") & set(logged.path) else []
    parts = ["curl", *globs, "-X", logged.method, f"{base_url}{logged.path}"]
    family = contract.family_near(logged.path.partition("?")[0]) or PAY
    shown = access.shown()
    keys = {PAY: shown["key"], CHECKOUT: shown["checkout_key"]}
    header = contract.key_headers.get(family, "Authorization")
    parts += ["-H", f"{header}: {keys.get(family, shown['gate_key'])}"]
    if logged.idempotency_key is not None:
        parts += ["-H", f"Idempotency-Key: {logged.idempotency_key}"]
    if logged.body is not None:
        parts += ["-H", "Content-Type: application/json"]
        parts += ["-d", wire.dumps(logged.body).decode()]
    return shlex.join(parts) + "\n"
