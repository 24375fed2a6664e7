"""The control of webhooks over HTTP, for tests; `control` has the same for programs.

| path below `/_sandbox/webhooks` | what it does |
| --- | --- |
| GET | lists the latest deliveries, the events that had no address, and the settings |
| POST `/settings` | changes settings: the names of `Settings`, each optional |
| POST `/emit` | sends a new event: `name`, and what `WebhookControl.emit` can be given besides |
| POST `/{id}/redeliver` | sends once more what that delivery has sent |
| POST `/hold` | keeps back what would be sent from now on |
| POST `/release` | sends what was held: `order` is a list of ids, or `reversed` |
| POST `/due` | lists what is due in a sandbox that posts nothing itself: `headers` and `body` as they would be posted |
| POST `/{id}/report` | tells the `status` with which a due delivery was responded to |
| POST `/wait` | responds when nothing is on its way but what is held or delayed, or 504 after `seconds` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import wire
from ..control_requests import Read, or_none, read_fields, telling_mistakes, text
from ..kept_requests import only_reads
from ..responses import json_response, pay_error
from ..suggestions import near
from .payloads import Names
from .samples import Samples
from .sender import Delivery, WebhookSender
from .signing import Authorization, Scheme

PATH: Final = "/_sandbox/webhooks"

_MOST_COPIES: Final = 10
_LONGEST_DELAY: Final = 30 * 24 * 3600
_LONGEST_WAIT: Final = 600
_WAIT: Final = 30

_Body = Mapping[str, Any]
_Word = TypeVar("_Word", bound=StrEnum)


def routes(sender: WebhookSender, samples: Samples) -> list[Route]:
    """Return the routes of the webhooks.

    Args:
        sender: Who delivers.
        samples: The events that can be sent on demand.
    """

    async def show(request: Request) -> Response:
        deliveries = [delivery.show() for delivery in sender.deliveries()]
        lost = [event.show() for event in sender.lost.all()]
        return json_response(
            {"deliveries": deliveries, "without_address": lost} | _state(sender)
        )

    async def settings(request: Request) -> Response:
        sender.configure(**read_fields(await request.body(), _SETTINGS))
        return json_response(_state(sender))

    async def emit(request: Request) -> Response:
        body = read_fields(await request.body(), _EVENT)
        return _listed(_emit(sender, samples, body), 201)

    async def redeliver(request: Request) -> Response:
        return _listed([sender.redeliver(request.path_params["id"])], 201)

    async def hold(request: Request) -> Response:
        sender.hold()
        return json_response(_state(sender))

    async def release(request: Request) -> Response:
        body = read_fields(await request.body(), {"order": _order})
        return _listed(sender.release(body.get("order", ())))

    async def wait(request: Request) -> Response:
        body = read_fields(
            await request.body(), {"seconds": _number_up_to(_LONGEST_WAIT)}
        )
        if not await sender.idle(body.get("seconds", _WAIT)):
            return pay_error(504, 1, "deliveries are still on their way", "sandbox")
        return _listed(sender.deliveries())

    return [
        Route(PATH, show, methods=["GET"]),
        Route(f"{PATH}/settings", telling_mistakes(settings), methods=["POST"]),
        Route(f"{PATH}/emit", telling_mistakes(emit), methods=["POST"]),
        Route(f"{PATH}/hold", hold, methods=["POST"]),
        Route(f"{PATH}/release", telling_mistakes(release), methods=["POST"]),
        Route(f"{PATH}/wait", telling_mistakes(wait), methods=["POST"]),
        *_outbox_routes(sender),
        Route(
            f"{PATH}/{{id}}/redeliver", telling_mistakes(redeliver), methods=["POST"]
        ),
    ]


def _outbox_routes(sender: WebhookSender) -> list[Route]:
    """Return the routes for those who hand webhooks over themselves."""

    async def due(request: Request) -> Response:
        only_reads(request)
        return json_response({"due": sender.due()})

    async def report(request: Request) -> Response:
        body = read_fields(await request.body(), {"status": _status})
        if "status" not in body:
            raise ValueError("status is required")
        reported = sender.report(request.path_params["id"], body["status"])
        return _listed([reported])

    return [
        Route(f"{PATH}/due", telling_mistakes(due), methods=["POST"]),
        Route(f"{PATH}/{{id}}/report", telling_mistakes(report), methods=["POST"]),
    ]


def _emit(sender: WebhookSender, samples: Samples, body: _Body) -> list[Delivery]:
    if "name" not in body:
        raise ValueError("name is required")
    if "data" in body and "payload" in body:
        raise ValueError(
            "send data, which goes into the sample of the event, or payload, which is the whole body"
        )
    name: str = body["name"]
    if not {"scheme", "payload"} & body.keys():
        _refuse_misspelling(name, samples)
    scheme: Scheme = body.get("scheme") or samples.scheme_of(name)
    url = body.get("url") or sender.settings.url_for(scheme)
    if url is None:
        setting = {
            Scheme.TOKEN: "url",
            Scheme.FIELDS: "callback_url",
            Scheme.BODY: "checkout_url",
        }[scheme]
        raise ValueError(f"there is no address for it: send url, or set {setting}")
    forged = body.get("forged", False)
    if "payload" in body:
        given = {field: body.get(field) for field in ("names", "wrappers")}
        return sender.emit(name, scheme, url, body["payload"], forged=forged, **given)
    return sender.emit(
        name,
        scheme,
        url,
        samples.made(name, scheme, body.get("data")),
        names=body.get("names", sender.settings.names),
        wrappers=body.get("wrappers", sender.settings.wrappers),
        forged=forged,
    )


def _refuse_misspelling(name: str, samples: Samples) -> None:
    """Refuse a name that is likely a misspelt one. An event of another name is made by naming its scheme.

    Raises:
        ValueError: if the name is near to one of the document's events.
    """
    known = samples.names()
    likely = None if name in known else near(name, known)
    if likely is not None:
        raise ValueError(
            f"there is no event {name!r}: did you mean {likely!r}? Send scheme, too, for an event of that name"
        )


def _state(sender: WebhookSender) -> dict[str, Any]:
    settings = asdict(sender.settings)
    return {
        "settings": settings | {"delay": wire.exact(settings["delay"])},
        "holding": sender.holding,
    }


def _listed(deliveries: list[Delivery], status: int = 200) -> Response:
    return json_response(
        {"deliveries": [delivery.show() for delivery in deliveries]}, status
    )


def _anything(name: str, value: object) -> object:
    return value


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def _copies(name: str, value: object) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not 1 <= value <= _MOST_COPIES
    ):
        raise ValueError(f"{name} must be a number from 1 to {_MOST_COPIES}")
    return value


def _status(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
        raise ValueError(f"{name} must be the status of a response")
    return value


def _order(name: str, value: Any) -> Any:
    members: object = [] if value == "reversed" else value
    if not isinstance(members, list) or not all(
        isinstance(one, str) for one in cast("list[object]", members)
    ):
        raise ValueError(f'{name} must be a list of ids, or "reversed"')
    return value


def _number_up_to(most: int) -> Read:
    def read(name: str, value: object) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, Decimal))
            or not 0 <= value <= most
        ):
            raise ValueError(f"{name} must be a number of seconds from 0 to {most}")
        return float(value)

    return read


def _one_of(words: type[_Word]) -> Read:
    def read(name: str, value: object) -> _Word:
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        raise ValueError(f"{name} must be one of {', '.join(words)}")

    return read


_SETTINGS: Final[Mapping[str, Read]] = {
    "url": or_none(text),
    "checkout_url": or_none(text),
    "callback_url": or_none(text),
    "authorization": _one_of(Authorization),
    "copies": _copies,
    "delay": _number_up_to(_LONGEST_DELAY),
    "names": or_none(_one_of(Names)),
    "wrappers": or_none(_truth),
}
_EVENT: Final[Mapping[str, Read]] = {
    "name": text,
    "data": _anything,
    "payload": _anything,
    "url": text,
    "scheme": _one_of(Scheme),
    "names": or_none(_one_of(Names)),
    "wrappers": or_none(_truth),
    "forged": _truth,
}
