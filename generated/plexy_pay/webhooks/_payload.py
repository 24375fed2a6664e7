# plexy-pay runtime, written by hand in runtime/webhooks/_payload.py; the generator copies it unchanged.
"""Turn the JSON of a delivery into its event, with one shape for all spellings and one identity for redeliveries."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .._core.decoding import ObjectBody, decode_datetime
from .._core.encoding import encode_datetime, is_object
from .._core.misfits import Watch
from .._core.schema import schema_of
from .._core.wire_types import MOMENT
from ._event import Kind, UnknownEvent, WebhookEvent
from ._events import EVENTS

_NAMED_BY = tuple(dict.fromkeys(named_by for named_by, _ in EVENTS if named_by))
_WRAPPER = "Value"
# A datetime holds six digits at most.
_FRACTION = re.compile(r"[.,]([0-9]+)(?=(?:Z|[+-][0-9:]+)\Z)", re.ASCII)


def callback_of(
    payload: Mapping[str, Any], signed: bytes, scheme: str
) -> WebhookEvent[Any]:
    """Return the event of a body without a name: the callback of 2023.

    Its identity is the signed text, and whether `settled` is true. Any other field is unsigned or can be written in
    several ways, so an attacker who intercepted a delivery could turn it into new events.
    """
    callback = EVENTS["", ""]
    fields = callback_fields(payload)
    return callback(
        name="",
        data=_decode(callback.kind, fields),
        dedup_id=_hashed(
            callback.kind.prefix,
            [signed.decode("utf-8", "surrogatepass"), fields.get("settled") is True],
        ),
        payload=payload,
        scheme=scheme,
    )


def callback_fields(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a callback in the one shape that is verified and decoded."""
    return one_shape(payload, _names(EVENTS["", ""].kind))


def event_of(payload: Mapping[str, Any], body: bytes, scheme: str) -> WebhookEvent[Any]:
    """Return the event that a body names; an `UnknownEvent` if this version knows no event of that name and shape."""
    event = event_class(payload)
    shaped = {} if event is None else _enveloped(payload, event.kind)
    if event is not None:
        if is_object(shaped.get(event.kind.data)):
            return _event(event, shaped, payload, body, scheme)
        _report(event.kind, shaped.get(event.kind.data))
    merchant = payload.get("merchantId", payload.get("merchant_id"))
    return UnknownEvent(
        name=_name(payload),
        data=payload.get("data"),
        dedup_id=_of_body(body),
        id=_text(payload.get("id")),
        merchant_id=_text(merchant),
        payload=payload,
        scheme=scheme,
    )


def event_class(payload: Mapping[str, Any]) -> type[WebhookEvent[Any]] | None:
    """Return the class of the event that a body names; None if this version does not know the event."""
    for named_by in _NAMED_BY:
        name = payload.get(named_by)
        if isinstance(name, str) and (named_by, name) in EVENTS:
            return EVENTS[named_by, name]
    return None


def one_shape(fields: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return the fields under the names of the spec. They may arrive in camel case or snake case, wrapped or plain.

    Another spelling never replaces a field that arrived under the spec's name.
    """
    spellings = {_spelling(name): name for name in known}
    shaped: dict[str, Any] = {}
    for name, value in fields.items():
        plain = value
        if is_object(value) and value.keys() == {_WRAPPER}:
            plain = value[_WRAPPER]
        meant = name if name in known else spellings.get(_spelling(name), name)
        if meant in fields or meant in shaped:
            meant = name
        shaped[meant] = plain
    return shaped


def _spelling(name: str) -> str:
    return name.replace("_", "").lower()


def _names(kind: Kind) -> Collection[str]:
    return schema_of(kind.model()).types.keys()


def _enveloped(payload: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    return one_shape(
        payload, {kind.named_by, kind.data, kind.merchant, kind.created, "id"} - {""}
    )


def _event(
    event: type[WebhookEvent[Any]],
    shaped: dict[str, Any],
    payload: Mapping[str, Any],
    body: bytes,
    scheme: str,
) -> WebhookEvent[Any]:
    kind = event.kind
    shaped[kind.data] = data = one_shape(shaped[kind.data], _names(kind))
    return event(
        name=kind.name,
        data=_decode(kind, data),
        dedup_id=_dedup_id(kind, shaped) or _of_body(body),
        id=_text(shaped.get("id")),
        merchant_id=_text(shaped.get(kind.merchant)) if kind.merchant else None,
        created_at=_moment(shaped.get(kind.created)) if kind.created else None,
        payload=payload,
        scheme=scheme,
    )


def _decode(kind: Kind, data: Mapping[str, Any]) -> Any:
    """Return the model of the data. Differences from the spec go to the drift logger, as they do for responses."""
    with Watch() as watch:
        decoded = kind.model().from_dict(data)
    if watch.found:
        _report(kind, data)
    return decoded


def _report(kind: Kind, data: Any) -> None:
    from .._core.drift import differences, report

    report(
        f"webhooks.{kind.name or 'callback'}",
        differences(ObjectBody(kind.model()), data),
    )


def _dedup_id(kind: Kind, shaped: Mapping[str, Any]) -> str | None:
    """Return the identity of an event, from the values that the spec lists; None if one of them is missing.

    Without that value, two events could share an identity, and the second would never be handled.
    """
    values: list[Any] = []
    for pointer in kind.identity:
        value = _comparable(kind, pointer, _at(shaped, pointer))
        if value is None or value == "" or isinstance(value, (dict, list)):
            return None
        values.append(value)
    return _hashed(kind.prefix, values)


def _comparable(kind: Kind, pointer: str, value: Any) -> Any:
    """Return a value in a form in which equal moments are equal texts."""
    place, _, name = pointer.rpartition("/")
    type_ = schema_of(kind.model()).types.get(name)
    is_moment = (
        place.removeprefix("/") == kind.data
        and type_ is not None
        and MOMENT in type_.parts
    )
    return _moment_text(value) if is_moment and isinstance(value, str) else value


def _moment_text(text: str) -> str:
    """Return a moment in UTC, without trailing zeros in its seconds. A text that is not a moment stays unchanged."""
    fraction = _FRACTION.search(text)
    digits = fraction[1].rstrip("0") if fraction else ""
    moment = decode_datetime(_FRACTION.sub("", text))
    written = encode_datetime(moment) if isinstance(moment, datetime) else ""
    if not written.endswith("Z"):
        return text
    return f"{written[:-1]}.{digits}Z" if digits else written


def _hashed(prefix: str, values: list[Any]) -> str:
    text = json.dumps([_exact(value) for value in values], separators=(",", ":"))
    return f"{prefix}:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def _of_body(body: bytes) -> str:
    return f"body:{hashlib.sha256(body).hexdigest()}"


def _at(shaped: Any, pointer: str) -> Any:
    for name in pointer.split("/")[1:]:
        shaped = shaped.get(name) if is_object(shaped) else None
    return shaped


def _exact(value: Any) -> Any:
    """Return a value in a form in which equal numbers are equal: 1000 and 1000.00 become the same."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return value
    sign, digits, exponent = Decimal(value).as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    significant = written.rstrip("0")
    if not significant:
        return {"number": "0"}
    minus = "-" if sign else ""
    shift = int(exponent) + len(written) - len(significant)
    return {"number": f"{minus}{significant}e{shift}"}


def _name(payload: Mapping[str, Any]) -> str:
    for named_by in _NAMED_BY:
        name = payload.get(named_by)
        if isinstance(name, str):
            return name
    return ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
