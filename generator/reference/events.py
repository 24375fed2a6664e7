"""Write the page of the webhook events: when each is sent, what it holds, and a function that takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..emit.python_names import in_python
from ..model.api import Api, Event
from . import markdown
from .models import Places
from .types import linked

PATH = "reference/events.md"
#: The path from the page to the directory of the reference.
HOME = ""
_PROOFS = {
    "TokenSecret": "the token in `Authorization`",
    "BodySecret": "a signature over the whole body",
    "FieldsSecret": "a signature over five fields; the others are not proved",
}


def handler(event: Event) -> str:
    """Return the program with the function that takes an event."""
    lines = [
        "from plexy_pay.webhooks import AnyEvent, " + event.class_name,
        "",
        "",
        "def handle(event: AnyEvent) -> None:",
        "    match event:",
        f"        case {event.class_name}(data=data):",
        "            print(event.dedup_id, data)",
        "        case _:",
        "            pass  # Acknowledge the events that you do not use.",
    ]
    return "\n".join(lines)


def payload(event: Event) -> str:
    """Return the body of a delivery, as the document shows it; nothing where it shows none."""
    if event.example is None:
        return ""
    return json.dumps(event.example.value, indent=2, ensure_ascii=False)


def page(api: Api, placed: Places) -> str:
    """Return the page."""
    links = placed.links(HOME)
    renamed = in_python(api)
    rows = [
        (
            f"[`{event.name or event.key}`](#{event.class_name})",
            f"`{event.class_name}`",
            event.summary,
            f"[`{event.secret}`](python/webhooks.md#plexy_pay.webhooks.{event.secret})",
            markdown.badge(event.evidence, HOME),
        )
        for event in api.events
    ]
    told = (
        "[The guide](../docs/webhooks.md) receives deliveries in your framework. Each class is in "
        "`plexy_pay.webhooks`. A delivery of another name is an `UnknownEvent`."
    )
    head = ("Event", "Class", "Meaning", "Secret", "Evidence")
    parts = ["# Webhook events", told, markdown.table(head, rows)]
    for event in api.events:
        described = markdown.prose(renamed(event.description))
        parts += _section(event, described, linked(event.model.name, links))
    return markdown.joined(parts)


def _section(event: Event, described: str, model: str) -> Iterator[str]:
    yield f"## `{event.name or event.key}` {{ #{event.class_name} }}"
    yield f"**{event.summary.rstrip('.')}** {markdown.badge(event.evidence, HOME)}"
    yield described
    same = ", ".join(f"`{one[1:].replace('/', '.')}`" for one in event.identity)
    secret = f"python/webhooks.md#plexy_pay.webhooks.{event.secret}"
    facts = [
        ("Class", f"`plexy_pay.webhooks.{event.class_name}`"),
        ("`event.data`", model),
        ("Proved by", f"[`{event.secret}`]({secret}): {_PROOFS[event.secret]}"),
        ("Same `dedup_id`", f"Deliveries that agree in {same}."),
        ("Source", ", ".join(markdown.prose(one) for one in event.sources)),
    ]
    yield markdown.table(("Fact", "Value"), facts)
    yield markdown.tabs(
        (
            ("Payload", markdown.fenced("json", payload(event))),
            ("Handler", markdown.fenced("python", handler(event))),
        )
    )
