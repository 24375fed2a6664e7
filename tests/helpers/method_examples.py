"""The examples in the docstrings of the methods of the package, as programs."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Literal

from plexy_pay import AsyncPlexyPay, PlexyPay

Flavour = Literal["sync", "async"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "async")
#: The section of a docstring with the example, up to the next section.
_SECTION = re.compile(
    r"^Example:\n    ```python\n(.*?)^    ```\n\n(?=Args:)", re.M | re.S
)
_HEAD = '''\
"""The examples of all methods. Each has its own function, so that what one imports helps no other."""

# pyright: reportUnusedVariable=false

from plexy_pay import AsyncPlexyPay, PlexyPay
'''


def methods(flavour: Flavour) -> dict[str, Any]:
    """Return every method of every resource of a client, by how a user calls it."""
    client: Any = PlexyPay if flavour == "sync" else AsyncPlexyPay
    settings = {"checkout_api_key": "ck_1", "gate_api_key": "gk_1", "agent_id": "a"}
    made = client("pr_1", base_url="http://127.0.0.1:1", **settings)
    names = vars(client)
    resources = [name for name in names if not name.startswith(("_", "with_"))]
    found: dict[str, Any] = {}
    for name in resources:
        found |= dict(_below(name, attrgetter(name)(made)))
    return found


def _below(path: str, resource: Any) -> Iterator[tuple[str, Any]]:
    for name, value in vars(type(resource)).items():
        if isinstance(value, property):
            yield from _below(f"{path}.{name}", getattr(resource, name))
        elif not name.startswith("_"):
            yield f"{path}.{name}", getattr(resource, name)


def example_of(method: Any) -> str:
    """Return the program in the docstring of a method."""
    found = _SECTION.findall(inspect.getdoc(method) or "")
    assert len(found) == 1, f"{method.__qualname__} has {len(found)} examples"
    return textwrap.dedent(found[0])


def all_examples() -> str:
    """Return one program with the examples of all methods of both clients."""
    programs = [
        _function(flavour, call, example_of(method), number)
        for flavour in FLAVOURS
        for number, (call, method) in enumerate(methods(flavour).items())
    ]
    return _HEAD + "".join(programs)


def _function(flavour: Flavour, call: str, example: str, number: int) -> str:
    define, client = "def", "PlexyPay"
    if flavour == "async":
        define, client = "async def", "AsyncPlexyPay"
    first = f"{define} {flavour}_{number}(client: {client}) -> None:"
    body = textwrap.indent(f'"""{call}"""\n\n{example}', "    ")
    return f"\n\n{first}\n{body}"
