"""Bodies and answers: which of the media types that a document offers is used, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document import Located, Pointer, is_mapping, mapping
from .adapting import Adapting
from .shapes import Shapes

Json = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_LEAVE_OUT = "leave the operation out with `skip` in the config"


def essence(media: str) -> str:
    """A media type without its parameters, in lower case."""
    return media.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether values of a media type are JSON."""
    name = essence(media)
    return name in ("application/json", "text/json", "*/*", "application/*") or name.endswith("+json")


def is_text(media: str) -> bool:
    """Whether values of a media type are text."""
    return essence(media).startswith("text/")


def _is_stream(media: str) -> bool:
    return essence(media) == "text/event-stream"


def _rank_of_body(media: str) -> int:
    """Which of several media types a request is sent in: the lowest."""
    return 0 if is_json(media) else {FORM: 1, MULTIPART: 2}.get(essence(media), 3)


def _rank_of_answer(media: str) -> int:
    """Which of several media types is asked for: JSON, then text, then whatever comes first; a stream last."""
    if is_json(media):
        return 1 if "*" in media else 0
    return 4 if _is_stream(media) else 2 if is_text(media) else 3


def body(adapting: Adapting, shapes: Shapes, operation: Located, name: str) -> Json:
    """What an operation sends: `requestBody` and `x-body`, or nothing.

    `x-body` has the `kind`: `model` for an object of JSON whose properties are parameters, `json` for any other JSON,
    `form` and `multipart` for forms whose fields are parameters, `raw` for text or bytes.
    """
    if "requestBody" not in operation.value:
        return {}
    found = adapting.object((*operation.pointer, "requestBody"))
    contents = {media: mapping(content) for media, content in mapping(found.value.get("content")).items()}
    if not contents:
        return {}
    media = min(contents, key=_rank_of_body)
    if len(contents) > 1:
        adapting.note("requests are sent in one of several media types", (*found.pointer, "content", media))
    place: Pointer = (*found.pointer, "content", media)
    has_schema = "schema" in contents[media]
    schema = shapes.at((*place, "schema"), f"{name}Request") if has_schema else {}
    wire = "application/json" if essence(media) in ("*/*", "application/*") else media
    made: Json = {
        "required": found.value.get("required") is True,
        "content": {"application/json": {"schema": schema}},
    }
    if "description" in found.value:
        made["description"] = found.value["description"]
    if is_json(media):
        kind = "model" if _is_object(shapes, schema) else "json"
    elif essence(media) in (FORM, MULTIPART):
        kind = "form" if essence(media) == FORM else "multipart"
        wire = essence(media)
        if not _is_object(shapes, schema):
            adapting.cannot(
                place, f"the fields of this {media} body are not described", f"describe them, or {_LEAVE_OUT}"
            )
            return {}
        styles = _form_styles(adapting, shapes, Located(place, contents[media]), schema, kind)
        return {"requestBody": made, "x-body": {"kind": kind, "media": wire, "styles": styles}}
    elif essence(media).startswith("multipart/"):
        adapting.cannot(place, f"the client writes no body of {media}", f"offer {MULTIPART}, or {_LEAVE_OUT}")
        return {}
    else:
        kind = "raw"
        made["content"]["application/json"]["schema"] = {}
        wire = "application/octet-stream" if "*" in media else media
    return {"requestBody": made, "x-body": {"kind": kind, "media": wire, "text": is_text(media)}}


def _is_object(shapes: Shapes, schema: Json) -> bool:
    return "$ref" in schema and not schema.get("x-enum")


def _form_styles(
    adapting: Adapting, shapes: Shapes, content: Located, schema: Json, kind: str
) -> dict[str, str]:
    """How the fields of a form are written that are no plain text: `file`, `json` or `deep`."""
    styles: dict[str, str] = {}
    encodings = mapping(content.value.get("encoding"))
    for wire, (place, shape) in shapes.fields(schema).items():
        encoding = mapping(encodings.get(wire))
        node = mapping(adapting.document.follow(place).value) if place else {}
        items = mapping(adapting.document.follow((*place, "items")).value) if place else {}
        inner = shape["items"] if shape.get("type") == "array" else shape
        media = str(encoding.get("contentType", ""))
        is_file = any(
            one.get("format") == "binary"
            or "contentMediaType" in one
            or one.get("contentEncoding") == "binary"
            for one in (node, items)
        )
        if kind == "multipart" and (is_file or (media and not is_json(media) and not is_text(media))):
            styles[wire] = "file"
        elif _is_object(shapes, inner) or (not inner and kind == "multipart") or inner.get("type") == "array":
            is_deep = kind == "form" and encoding.get("style") == "deepObject" and inner is shape
            styles[wire] = "deep" if is_deep and not is_json(media) else "json"
            if kind == "form" and not is_deep and not is_json(media):
                adapting.note(f"nested fields of {FORM} are written as JSON", place or content.pointer)
    return styles


def answers(adapting: Adapting, shapes: Shapes, operation: Located, name: str, method: str) -> Json:
    """What an operation answers: `responses` for people, and `x-answer` with what a success is read as.

    `x-answer` has the `kind` (`json`, `text`, `bytes` or `none`), the `media` that is asked for, and `optional` if a
    success may have no body at all.
    """
    statuses = mapping(operation.value.get("responses"))
    responses: Json = {}
    for status in statuses:
        found = adapting.object((*operation.pointer, "responses", status))
        responses[str(status)] = {"description": str(found.value.get("description", ""))}
        if mapping(found.value.get("links")):
            adapting.note("links between operations are not followed", (*found.pointer, "links"))
    successes = [status for status in map(str, statuses) if status[:1] == "2"] or [
        status for status in map(str, statuses) if status == "default"
    ]
    offered = [_offers(adapting, operation, status) for status in sorted(successes)]
    # A media type in which the client can read each success that has a body.
    picked = [_pick(adapting, offers) for offers in offered if offers]
    if method == "head" or not picked:
        return {"responses": responses, "x-answer": {"kind": "none", "media": "application/json"}}
    kinds = {_kind(place[-1]) for place in picked}
    for place in picked:
        if _is_stream(str(place[-1])):
            adapting.cannot(
                place, "the answer is a stream of events, and the client reads answers whole", _LEAVE_OUT
            )
    kind = kinds.pop() if len(kinds) == 1 else "bytes"
    media = "application/json" if is_json(str(picked[0][-1])) else str(picked[0][-1])
    answer: Json = {"kind": kind, "media": media, "optional": len(picked) < len(offered)}
    status = next(status for status, offers in zip(sorted(successes), offered, strict=True) if offers)
    if kind == "json":
        described = [place for place in picked if "schema" in mapping(adapting.document.get(place))]
        schema = (
            shapes.either([(*place, "schema") for place in described], f"{name}Response") if described else {}
        )
        responses[status]["content"] = {"application/json": {"schema": schema}}
    return {"responses": responses, "x-answer": answer}


def _offers(adapting: Adapting, operation: Located, status: str) -> list[Pointer]:
    found = adapting.object((*operation.pointer, "responses", status))
    contents = mapping(found.value.get("content"))
    return [(*found.pointer, "content", media) for media, content in contents.items() if is_mapping(content)]


def _pick(adapting: Adapting, offers: list[Pointer]) -> Pointer:
    """The media type that is asked for."""
    best = min(offers, key=lambda place: _rank_of_answer(str(place[-1])))
    if len(offers) > 1:
        adapting.note("answers are asked for in one of several media types", best)
    return best


def _kind(media: str | int) -> str:
    return "json" if is_json(str(media)) else "text" if is_text(str(media)) else "bytes"


def event_body(adapting: Adapting, operation: Located) -> Iterator[Pointer]:
    """Where the JSON body of a webhook or callback is described."""
    found = adapting.document.follow((*operation.pointer, "requestBody"))
    for media, content in mapping(mapping(found.value).get("content")).items():
        if is_json(media) and "schema" in mapping(content):
            yield (*found.pointer, "content", media, "schema")
