"""The control of faults over HTTP; `control` has the same for programs.

| path below `/_sandbox/faults` | what it does |
| --- | --- |
| GET | lists the faults that are set, with how often each has struck, and all faults there are |
| POST | sets a fault: `target` and `fault`, and `times`, `probability`, `seed`, `seconds` if wanted |
| DELETE | removes all |
| DELETE `/{id}` | removes one |
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import wire
from ..responses import json_response, pay_error
from .kinds import KINDS
from .rules import Faults, UnknownFault

PATH: Final = "/_sandbox/faults"

_TEXTS: Final = ("target", "fault")
_WHOLE: Final = ("times", "seed")
_NUMBERS: Final = ("probability", "seconds")
_EXAMPLE: Final = (
    'send {"target": "payments.capture", "fault": "response_lost", "times": 1}'
)


def routes(faults: Faults) -> list[Route]:
    """Return the routes of the faults.

    Args:
        faults: The faults that are set.
    """

    async def show(request: Request) -> Response:
        kinds = [_shown(name) for name in KINDS]
        listed = [fault.show() for fault in faults.list()]
        return json_response({"faults": listed, "known": kinds})

    async def add(request: Request) -> Response:
        try:
            fault = faults.set(**_read(await request.body()))
        except ValueError as error:
            return pay_error(422, 5, str(error), "sandbox")
        return json_response({"faults": [fault.show()]}, 201)

    async def clear(request: Request) -> Response:
        faults.clear()
        return json_response({"faults": []})

    async def remove(request: Request) -> Response:
        try:
            faults.remove(request.path_params["id"])
        except UnknownFault as error:
            return pay_error(404, 4, str(error), "sandbox")
        return await show(request)

    return [
        Route(PATH, show, methods=["GET"]),
        Route(PATH, add, methods=["POST"]),
        Route(PATH, clear, methods=["DELETE"]),
        Route(f"{PATH}/{{id}}", remove, methods=["DELETE"]),
    ]


def _shown(name: str) -> dict[str, Any]:
    kind = KINDS[name]
    return {
        "fault": kind.name,
        "strikes": kind.strikes,
        "seconds": None if kind.seconds is None else Decimal(str(kind.seconds)),
        "happens": kind.happens,
    }


def _read(content: bytes) -> dict[str, Any]:
    body = wire.loads(content or b"{}")
    if not isinstance(body, dict):
        raise ValueError(f"the body must be a JSON object: {_EXAMPLE}")
    given = cast("dict[str, object]", body)
    known = (*_TEXTS, *_WHOLE, *_NUMBERS)
    for name in given:
        if name not in known:
            raise ValueError(f"{name!r} is not known here; there is {', '.join(known)}")
    texts = {name: _text(given, name) for name in _TEXTS}
    whole = {name: _whole(given, name) for name in _WHOLE}
    numbers = {name: _number(given, name) for name in _NUMBERS}
    return texts | whole | numbers


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text: {_EXAMPLE}")
    return value


def _whole(given: Mapping[str, object], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    return value


def _number(given: Mapping[str, object], name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError(f"{name} must be a number")
    return float(value)
