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
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import wire
from ..control_requests import Read, or_none, read_fields, telling_mistakes, text
from ..responses import json_response
from .kinds import KINDS
from .rules import Faults

PATH: Final = "/_sandbox/faults"

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
        fault = faults.set(**_read(await request.body()))
        return json_response({"faults": [fault.show()]}, 201)

    async def clear(request: Request) -> Response:
        faults.clear()
        return json_response({"faults": []})

    async def remove(request: Request) -> Response:
        faults.remove(request.path_params["id"])
        return await show(request)

    return [
        Route(PATH, show, methods=["GET"]),
        Route(PATH, telling_mistakes(add), methods=["POST"]),
        Route(PATH, clear, methods=["DELETE"]),
        Route(f"{PATH}/{{id}}", telling_mistakes(remove), methods=["DELETE"]),
    ]


def _shown(name: str) -> dict[str, Any]:
    kind = KINDS[name]
    return {
        "fault": kind.name,
        "strikes": kind.strikes,
        "seconds": None if kind.seconds is None else wire.exact(kind.seconds),
        "happens": kind.happens,
    }


def _read(content: bytes) -> dict[str, Any]:
    given = read_fields(content, _FIELDS)
    for name in ("target", "fault"):
        if name not in given:
            raise ValueError(f"{name} is required: {_EXAMPLE}")
    return given


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError(f"{name} must be a number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} is too large") from None


_FIELDS: Final[Mapping[str, Read]] = {
    "target": text,
    "fault": text,
    "times": or_none(_whole),
    "probability": or_none(_number),
    "seed": or_none(_whole),
    "seconds": or_none(_number),
}
