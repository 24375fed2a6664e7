"""Any event on demand: made from the samples of the document, and from what a test wants in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast
from uuid import UUID, uuid4

from ..records import MERCHANT_ID
from ..timing import Clock
from .signing import HEADERS, Scheme

CALLBACK: Final = "callback-2023"
"""The name that the document gives to the callback of 2023; on the wire it has none."""

_IDS: Final = ("id", "payment_order_id")


class Sample(NamedTuple):
    """An event of the document: what proves it, and the body that the document shows, if it shows one."""

    scheme: Scheme
    payload: Mapping[str, Any] | None


class Samples:
    """The events of the document.

    Args:
        document: The OpenAPI document.
        clock: The time of the sandbox.
        new_id: Makes the ids.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        clock: Clock,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        webhooks: Mapping[str, Any] = document.get("webhooks") or {}
        self._samples = {
            name: _sample(document, item["post"]) for name, item in webhooks.items()
        }
        self._clock = clock
        self._new_id = new_id

    def names(self) -> list[str]:
        """Return the names of the document's events."""
        return list(self._samples)

    def scheme_of(self, name: str) -> Scheme:
        """Return what proves an event: what the document says, and the token for a name that it does not have."""
        return self._samples[name].scheme if name in self._samples else Scheme.TOKEN

    def made(self, name: str, scheme: Scheme, data: object = None) -> dict[str, Any]:
        """Make the body of a new event.

        Args:
            name: The event's name; the document need not have it.
            scheme: The scheme to sign it with, which shapes an event that the document does not have.
            data: Fields that replace those of the document's sample; what is no object replaces all of it.

        Raises:
            ValueError: if the data of a callback is no object; it has nothing around its fields.
        """
        sample = self._samples[name].payload if name in self._samples else None
        payload = dict(_shape(name, scheme) if sample is None else sample)
        if "data" not in payload:
            if data is not None and not isinstance(data, Mapping):
                raise ValueError("the data of a callback must be an object")
            return self._with_new_id(payload) | dict(
                cast("Mapping[str, Any]", data or {})
            )
        if data is None or isinstance(data, Mapping):
            shown = self._with_new_id(payload["data"])
            payload["data"] = shown | dict(cast("Mapping[str, Any]", data or {}))
        else:
            payload["data"] = data
        own: dict[str, Any] = {
            "id": f"evt_{self._new_id().hex}",
            "created": int(self._clock.now().timestamp()),
            "merchantId": MERCHANT_ID,
            "merchant_id": MERCHANT_ID,
        }
        return payload | {
            field: value for field, value in own.items() if field in payload
        }

    def _with_new_id(self, sample: Mapping[str, Any]) -> dict[str, Any]:
        """Make a sample about another thing than the one before, so that its event is no duplicate."""
        return dict(sample) | {
            name: str(self._new_id()) for name in _IDS if name in sample
        }


def _shape(name: str, scheme: Scheme) -> dict[str, Any]:
    """Return what is around the data of an event that the document does not show."""
    if scheme is Scheme.FIELDS:
        return {}
    if scheme is Scheme.BODY:
        return {"id": "", "type": name, "created": 0, "data": {}}
    return {"name": name, "merchantId": "", "data": {}}


def _sample(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Sample:
    content: Mapping[str, Any] = operation["requestBody"]["content"]["application/json"]
    return Sample(_scheme(document, operation), content.get("example"))


def _scheme(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Scheme:
    """Return the scheme whose header the document names as the event's security."""
    for wanted in operation.get("security") or ():
        for name in wanted:
            described: Mapping[str, Any] = document["components"]["securitySchemes"][
                name
            ]
            header = str(described.get("name", "authorization")).lower()
            if header in HEADERS:
                return HEADERS[header]
    return Scheme.TOKEN
